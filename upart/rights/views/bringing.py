# SPDX-License-Identifier: MIT
"""A copy from another installation: send it, read what would become of it, bring it in or let it go."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from upart.accounts.limits import count_try
from upart.accounts.models import Person
from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import Problem
from upart.hooks.routes import Blueprint, fresh
from upart.rights.actions.importing import LARGEST, confirm, keep, kept, let_go, plan_of
from upart.rights.forms import BringForm, SendForm
from upart.rights.importing.opened import NotWhole, opened_copy
from upart.rights.models import RightsImport
from upart.rights.showing.bringing import report
from upart.storage.places import place
from upart.theming.forms import Form, refuse, show
from upart.theming.locales import gettext as _
from upart.theming.render import render

bringing = Blueprint("bringing", __name__)

OFTEN = 20
"""Copies that somebody may send within a quarter of an hour: reading one takes a while."""


@bringing.get("/privacy/mine/import", policy=fresh)
def look() -> Response:
    """What would become of the copy that was sent; without one, where to send it."""
    row = kept(context.person.id)
    if row is None or row.file_id is None:
        return show("rights/bring.html", SendForm())
    try:
        with place().open(row.academy_id, row.file_id) as source, opened_copy(source, known=True) as copy:
            plan = plan_of(copy, context.person.id, context.person)
    except (NotWhole, FileNotFoundError):
        return show("rights/bring.html", SendForm())
    return _report(row, report(plan))


def _report(row: RightsImport, found: object) -> Response:
    return show("rights/bring-report.html", BringForm(copy=str(row.id)), report=found, ends=row.ends_at)


@bringing.post("/privacy/mine/import", policy=fresh, body=LARGEST)
def send() -> Response:
    """Keep a copy until its report was read. One that is no copy, or not whole, is not kept."""
    form, person = SendForm.posted(), context.person
    if not form.validate():
        return _again(form)
    _not_too_often(person)
    sent = form["copy"].data
    try:
        with opened_copy(sent.stream) as copy:
            plan_of(copy, person.id, person)
    except NotWhole as problem:
        refuse(form, "copy", str(problem))
        return _again(form)
    keep(sent, sent.filename, person)
    return to(url_for("bringing.look"))


def _not_too_often(person: Person) -> None:
    try:
        count_try("bring along", [str(person.id)], limit=OFTEN)
    except Problem as problem:
        raise Problem(429, _("You have sent many copies."), remedy=_("Wait a quarter of an hour and try again."), retry=problem.retry) from None


def _again(form: Form) -> Response:
    return show("rights/bring.html", form)


@bringing.post("/privacy/mine/import/bring", policy=fresh)
def bring() -> Response:
    """Bring in all that fits, in one go; nothing that is here is overwritten."""
    plan = confirm(context.person, _sent(BringForm.posted()))
    return render("rights/brought.html", report=report(plan))


def _sent(form: Form) -> UUID:
    try:
        return UUID(form["copy"].data or "")
    except ValueError:
        raise Problem(422, _("This form does not say which copy is meant."), remedy=_("Open the report again and confirm it there.")) from None


@bringing.post("/privacy/mine/import/leave", policy=fresh)
def leave() -> Response:
    """Do not bring it in; what was sent is deleted."""
    let_go(context.person)
    return to(url_for("mine.held"))
