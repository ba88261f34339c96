# SPDX-License-Identifier: MIT
"""On the platform: academies in its custody, and who takes each over. Nothing of what is in them is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from flask import Response, current_app, request, url_for
from wtforms import SelectField

from upart.academies.custody import kept
from upart.accounts.limits import MAILS, count_try
from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import NotHere
from upart.hooks.matters import Matter
from upart.hooks.routes import Blueprint, may
from upart.rights.actions.custody import name_owner
from upart.rights.answering import NewOwnerForm
from upart.theming import wording
from upart.theming.forms import Form, options, show
from upart.theming.locales import gettext as _

keeping = Blueprint("keeping", __name__)

CUSTODY = "academies.custody"
"""Permission to name a new owner of an academy in custody."""

PRIVATE = may(CUSTODY, fresh=True)


@keeping.get("/manage/custody/", policy=PRIVATE, query=("saved",))
def everything() -> Response:
    """The academies in custody."""
    return _page(NewOwnerForm())


@keeping.post("/manage/custody/", policy=PRIVATE)
def invite() -> Response:
    """Invite somebody to own one of them."""
    form = NewOwnerForm.posted()
    if not _offer(form).validate():
        return _page(form)
    count_try("invite", [str(context.person.id)], limit=5 * MAILS)
    academy = current_app.extensions["upart"].directory.by_slug(form["academy"].data)
    name_owner(academy, form["email"].data, form["name"].data.strip(), by=context.person.name)
    return to(url_for(".everything", saved="invited"))


def _page(form: Form) -> Response:
    said = _("The invitation is on its way.") if request.args.get("saved") == "invited" else ""
    return show("rights/custody.html", _offer(form), academies=kept(), said=said)


def _offer(form: Form) -> Form:
    """The academies to choose from. Only the platform has custody of others."""
    if not context.academy.is_platform:
        raise NotHere
    cast(SelectField, form["academy"]).choices = options({one.slug: one.name for one in kept()})
    return form


def today() -> Iterator[Matter]:
    """What waits for the platform's owner, for the staff's first page."""
    for one in kept() if context.academy.is_platform else ():
        yield Matter(
            title=_("%(name)s has no owner", name=one.name), text=_("It is paused and in your custody since %(day)s.", day=wording.day(one.since)),
            icon="user-plus", url=url_for("keeping.everything"), verb=_("Name an owner"),
            since=one.since, label=_("Name an owner of %(name)s", name=one.name),
        )  # fmt: skip
