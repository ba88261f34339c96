# SPDX-License-Identifier: MIT
"""Object to a purpose, or withdraw consent to it: what rests on it goes, by the same steps as when all is erased."""

from __future__ import annotations

from sqlalchemy import select

from upart.accounts.models import Person
from upart.consent.actions import end
from upart.db import session
from upart.privacy.taxonomy import MARKETING, Purpose
from upart.rights.actions.asking import received
from upart.rights.actions.joining import STANDS, restrict_purpose
from upart.rights.actions.parting import begin_part, note_part, plan_part
from upart.rights.actions.pending import lock
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.states import ENDED, move

GROUND = "objection"
"""Ground of the restriction until an objection has been weighed: GDPR art. 18(1)(d)."""


def ask_to_object(person: Person, purpose: Purpose, words: str = "") -> RightsRequest:
    """Object to a purpose that rests on a legitimate interest or a public task. Needs a write session; safe to repeat. GDPR art. 21.

    The purpose is restricted from this transaction on, and a human weighs the objection. Offers and news end at once,
    for good, with nobody weighing anything.
    """
    lock(person)
    for known in _of(person, RequestKind.OBJECT, purpose):
        if known.state not in ENDED or (purpose in MARKETING and known.state in STANDS):
            return known
    details = {"scope": "purpose", "name": purpose.value, "ground": GROUND}
    request = received(person, RequestKind.OBJECT, details=details, words=words)
    plan_part(request)
    restrict_purpose(request, person, purpose)
    if purpose in MARKETING:
        end(person, purpose)
        begin_part(request, person)
    else:
        note_part(request, person, begun=False)
        move(request, RequestState.NEEDS_DECISION)
    return request


def ask_to_withdraw(person: Person, purpose: Purpose) -> RightsRequest:
    """Withdraw consent to a purpose: what rests on that consent alone goes at once. Needs a write session; safe to repeat. GDPR art. 7(3)."""
    lock(person)
    for known in _of(person, RequestKind.WITHDRAW, purpose):
        if known.state not in ENDED:
            return known
    request = received(person, RequestKind.WITHDRAW, details={"scope": "purpose", "name": purpose.value})
    end(person, purpose)
    plan_part(request)
    begin_part(request, person)
    return request


def is_asked(person: Person, kind: RequestKind, purpose: Purpose) -> bool:
    """Is an objection to this purpose, or a withdrawal, at work already?"""
    return any(known.state not in ENDED for known in _of(person, kind, purpose))


def _of(person: Person, kind: RequestKind, purpose: Purpose) -> list[RightsRequest]:
    """What the person has asked for about this purpose, oldest first."""
    mine = select(RightsRequest).where(RightsRequest.person_id == person.id, RightsRequest.kind == kind).order_by(RightsRequest.received_at)
    return [row for row in session.scalars(mine) if row.details.get("name") == purpose.value]
