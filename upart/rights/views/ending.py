# SPDX-License-Identifier: MIT
"""Closing the academy: the plan in numbers, the word of its owner, and until the day the way back."""

from __future__ import annotations

from flask import Response, request, url_for

from upart import clock
from upart.academies.ending import NOTICE
from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import Problem
from upart.hooks.routes import Blueprint, may
from upart.rights.actions.ending import close, go_on_after_all
from upart.rights.forms import CloseAcademyForm, GoOnForm
from upart.rights.showing.ending import closing_plan, still_open
from upart.theming.forms import Form, show
from upart.theming.locales import gettext as _
from upart.theming.render import render

ending = Blueprint("ending", __name__)

CLOSE = "academies.close"
"""Permission to close the academy."""

PRIVATE = may(CLOSE, fresh=True)


@ending.get("/manage/close/", policy=PRIVATE, query=("saved",))
def plan() -> Response:
    """What would happen, or how far it has come."""
    return _page(GoOnForm() if context.academy.ending else CloseAcademyForm())


@ending.post("/manage/close/", policy=PRIVATE)
def announce() -> Response:
    """In 30 days; everybody is told."""
    form = CloseAcademyForm.posted()
    if not context.academy.is_platform and not form.validate():
        return _page(form)
    close()
    return to(url_for(".plan", saved="closes"))


@ending.post("/manage/close/back", policy=PRIVATE)
def take_back() -> Response:
    """Until the day it can be taken back; everybody is told again."""
    if context.academy.closes_at is None:
        raise Problem(409, _("The academy is not being closed."), remedy=_("Open the page again."))
    go_on_after_all(context.academy.closes_at)
    return to(url_for(".plan", saved="back"))


def _page(form: Form) -> Response:
    academy, said = context.academy, request.args.get("saved")
    if academy.is_platform:
        raise Problem(409, _("The platform cannot be closed: all academies live on it."), remedy=_("Close the academies, one by one."))
    if academy.ending:
        counted = None if academy.ending == "announced" else still_open()
        return render("rights/ending.html", closes_at=academy.closes_at, open=counted, said=said, form=form)
    return show("rights/close-academy.html", form, plan=closing_plan(), day=clock.now() + NOTICE, said=said)
