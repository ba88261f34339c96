# SPDX-License-Identifier: MIT
"""The page on which a parent or guardian answers for a child, by a mailed link. Opening it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import select

from upart.accounts.models import MailToken, Person, TokenPurpose
from upart.accounts.views.doors import to, token_in
from upart.consent.actions import answer_for
from upart.consent.folding import Key, band_of, state_of
from upart.consent.guardians import children_of, name_of
from upart.consent.models import Band, Choice
from upart.consent.purposes import by_key
from upart.consent.showing import CHANNELS, value_of
from upart.db import session, unmasked
from upart.errors import Problem
from upart.hooks.routes import Blueprint, anyone_uncached
from upart.theming.locales import gettext as _
from upart.theming.render import render

guarding = Blueprint("guarding", __name__)

SHOWN = "a child has named whoever opens the mailed link, or they have answered for the child before"
ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to be answered. `answer`: "yes", "no", or empty while nobody has decided."""

    value: str
    text: str
    channel: str
    answer: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child and what it asks for."""

    id: UUID
    name: str
    rows: Sequence[Asked]


@guarding.get("/privacy/choices/guardian", policy=anyone_uncached, query=("token", "saved"), shows=SHOWN)
@unmasked(SHOWN, keep=True)
def look() -> Response:
    """What a child asks for, or what somebody has agreed to for it."""
    token = request.args.get("token", "")[:400]
    _row, children = _opened(token)
    return _page(token, children, saved=_("Your answer is saved. It counts from now on.") if request.args.get("saved") else "")


@guarding.post("/privacy/choices/guardian", policy=anyone_uncached, shows=SHOWN)
@unmasked(SHOWN, keep=True)
def answer() -> Response:
    """Save yes or no to each thing. A yes says as well that parental responsibility is held."""
    token = request.form.get("token", "")[:400]
    row, children = _opened(token)
    child, keys = next(((child, keys) for child, keys in children if str(child.id) == request.form.get("child")), (None, []))
    if child is None:
        raise Problem(422, _("Nobody waits for this answer."), remedy=_("Open the link in the mail again."))
    answers = {key: ANSWERS.get(request.form.get(value_of(key), "")) for key in keys}
    decided = {key: given for key, given in answers.items() if given is not None}
    if not decided:
        return _page(token, children, wrong=_("Say yes or no."))
    if any(decided.values()) and not request.form.get("responsible"):
        return _page(token, children, wrong=_("Only somebody who holds parental responsibility can say yes. Say that you do, or say no."), answers=decided)
    if any(decided.values()) and _is_young(row):
        wrong = _("You have told us that you are under 18. A yes has to come from a parent or guardian. You can say no.")
        return _page(token, children, wrong=wrong, answers=decided)
    answer_for(child, decided, row)
    if not children_of(row):
        return render("consent/guarded.html", name=name_of(child))
    return to(url_for(".look", token=token, saved="y"))


def _is_young(row: MailToken) -> bool:
    """Has whoever has this mailbox told us here that they are under 18?"""
    known = session.scalars(select(Person.id).where(Person.email == row.email)).first()
    return known is not None and band_of(known) in (Band.CHILD, Band.YOUNG)


def _opened(token: str) -> tuple[MailToken, list[tuple[Person, list[Key]]]]:
    row = token_in(token, TokenPurpose.GUARDIAN, TokenPurpose.CHOICES)
    children = children_of(row)
    if not children:
        raise Problem(410, _("Nobody here waits for your answer any more."), remedy=_("The child no longer asks for it, or is old enough to decide alone."))
    return row, children


def _page(token: str, children: list[tuple[Person, list[Key]]], *, saved: str = "", wrong: str = "", answers: dict[Key, bool] | None = None) -> Response:
    shown = [Child(child.id, name_of(child), [_asked(child, key, answers or {}) for key in keys]) for child, keys in children]
    return render("consent/guardian.html", 422 if wrong else 200, token=token, children=shown, saved=saved, wrong=wrong)


def _asked(child: Person, key: Key, answers: dict[Key, bool]) -> Asked:
    one, last = by_key(key[0]), state_of(child).get(key)
    given = answers.get(key, None if last is None else True if last.stands is Choice.GIVEN else False if last.source == "guardian" else None)
    text = _(one.text) if one is not None else key[0]
    return Asked(value_of(key), text, _(CHANNELS[key[1]]) if key[1] else "", "" if given is None else "yes" if given else "no")
