# SPDX-License-Identifier: MIT
"""Staff write down a request: on somebody's behalf, or an authority's letter."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, url_for

from upart.accounts.models import Person
from upart.accounts.views.doors import to
from upart.db import unmasked
from upart.errors import Problem
from upart.hooks.routes import Blueprint, may
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.behalf import Letter, Wish, ask_for, note_letter
from upart.rights.actions.reminding import ANSWER
from upart.rights.answering import BehalfForm, LetterForm
from upart.rights.models import AskedBy, RequestKind, RightsRequest
from upart.rights.restricting.models import Ground
from upart.rights.subjects import person_at
from upart.theming.forms import Form, refuse, show
from upart.theming.locales import gettext as _

WORK = "an officer is at work on requests"

entering = Blueprint("entering", __name__)
PRIVATE = may(ANSWER, fresh=True)


@entering.get("/manage/requests/new", policy=PRIVATE)
@unmasked(WORK)
def new() -> Response:
    """Ask whose right is used, and who asks."""
    return show("rights/enter.html", BehalfForm())


@entering.post("/manage/requests/new", policy=PRIVATE)
@unmasked(WORK)
def enter() -> Response:
    """Use the right."""
    form = BehalfForm.posted()

    def write(person: Person) -> RightsRequest:
        data = form.data
        by, kind = AskedBy(data["asked_by"]), RequestKind(data["kind"])
        purpose = Purpose(data["purpose"]) if data["purpose"] else None
        wish = Wish(data["words"] or "", data["now"], Ground(data["ground"] or Ground.ACCURACY), purpose)
        return ask_for(person, kind, by, wish, identity=data["identity"])

    return _written(form, "rights/enter.html", "person", write)


@entering.get("/manage/requests/letter", policy=PRIVATE)
@unmasked(WORK)
def letter() -> Response:
    """Ask what the authority wrote."""
    return show("rights/letter.html", LetterForm())


@entering.post("/manage/requests/letter", policy=PRIVATE)
@unmasked(WORK)
def note() -> Response:
    """Write the letter down."""
    form = LetterForm.posted()

    def write(person: Person) -> RightsRequest:
        data = form.data
        return note_letter(person, Letter(data["authority"], data["base"], data["reference"], data["why_later"] or ""), data["wanted"], tell_on=data["tell_on"])

    return _written(form, "rights/letter.html", "about", write)


def _written(form: Form, template: str, field: str, write: Callable[[Person], RightsRequest]) -> Response:
    """To the page of the new request; else the form again with what was typed. Whom another academy knows is nobody here."""
    status = 422
    if form.validate():
        person = person_at(form[field].data)
        try:
            if person is not None:
                return to(url_for("queue.one", id=write(person).id))
            refuse(form, field, _("Nobody is known here by this address. Look for the person under People."))
        except Problem as problem:
            status = problem.status
            refuse(form, field, f"{problem.message} {problem.remedy}")
    return show(template, form, status)
