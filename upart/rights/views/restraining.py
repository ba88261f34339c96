# SPDX-License-Identifier: MIT
"""Have one's own data restricted, see what is, and let it end."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import Response, url_for

from upart.accounts import sessions
from upart.accounts.views.doors import to
from upart.context import context
from upart.hooks.routes import Blueprint, fresh
from upart.rights import naming
from upart.rights.actions.restraining import ask_to_lift, ask_to_restrict, comes_before_erasure
from upart.rights.forms import RestrictForm
from upart.rights.restricting.actions import restrictions_of
from upart.rights.restricting.models import Ground
from upart.theming.forms import Form, show
from upart.theming.locales import gettext as _

restraining = Blueprint("restraining", __name__)


@restraining.get("/privacy/mine/restrict", policy=fresh)
def choose() -> Response:
    """On which ground; and what is restricted already."""
    return _show(RestrictForm(goes_on=True))


@restraining.post("/privacy/mine/restrict", policy=fresh)
def ask() -> Response:
    """Restrict: others see nothing of the person from here on."""
    form = RestrictForm.posted()
    if not form.validate():
        return _show(form)
    goes_on = bool(form["goes_on"].data)
    asked = ask_to_restrict(context.person, Ground(form["ground"].data), (form["words"].data or "").strip(), goes_on=goes_on)
    page = url_for("requests.one", id=asked.id)
    if goes_on:
        return to(page)
    sessions.clear_cookies()
    return to(f"/sign-in?{urlencode({'next': page})}")


@restraining.post("/privacy/mine/restrict/<uuid:id>/lift", policy=fresh)
def end(id: UUID) -> Response:
    """End a restriction of one's own."""
    ask_to_lift(context.person, id)
    return to(url_for(".choose"))


def _show(form: Form) -> Response:
    running = [(one, _(naming.UNTIL_ERASED if comes_before_erasure(one) else naming.GROUNDS[one.ground])) for one in restrictions_of(context.person)]
    return show("rights/restrict.html", form, running=running)
