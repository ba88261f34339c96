# SPDX-License-Identifier: MIT
"""What a right sets in motion besides its own steps: messages that wait, pages that are kept, recipients that have to hear of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import or_, select

from upart.academies.actions import raise_epoch
from upart.accounts.models import Person
from upart.consent.gate import MAIL, is_agreed
from upart.context import context
from upart.db import session
from upart.disclosure import correcting
from upart.events.actions import emit
from upart.mail.actions import give_up
from upart.privacy.taxonomy import MARKETING, Purpose
from upart.rights.actions.proving import conclude
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.restricting.actions import lift_all, restrict
from upart.rights.restricting.models import Ground, Scope

PASSES = (Purpose.RIGHTS, Purpose.SECURE, Purpose.ACCOUNT, Purpose.PAY)
"""Messages that go through whatever somebody has objected to: about rights, safety, the account and money."""

STANDS = tuple(state for state in RequestState if state not in (RequestState.REFUSED, RequestState.CANCELLED))
"""An objection holds from its first moment on, unless it was refused or taken back."""


def restrict_purpose(request: RightsRequest, person: Person, purpose: Purpose) -> None:
    """From this transaction on nothing is done for a purpose that somebody has objected to; what waits to be mailed for it is given up."""
    if purpose not in PASSES:
        give_up(person, purpose)
    restrict(person, Ground.OBJECTION, scope=Scope.PURPOSE, name=purpose.value, goes_on=True, request_id=request.id, tell=False)


def ended(request: RightsRequest) -> None:
    """A request has come to its end: what it restricted is free again (the person hears of it first if it was refused), and values
    that were corrected are forgotten. What proves an erasure is concluded."""
    conclude(request)
    lift_all(request, told=request.state is not RequestState.REFUSED)
    if request.kind is RequestKind.RECTIFY and request.state is not RequestState.REFUSED:
        request.details = {**request.details, "values": dict.fromkeys(request.details.get("values", ()))}


def corrected(request: RightsRequest, person: Person, fields: Collection[str]) -> None:
    """Values of a person were put right: pages are made anew, and whoever listens hears of it. `fields`: "table.column"."""
    raise_epoch(session(), context.academy.id)
    correcting.corrected(person, fields)
    emit("rights.corrected", request)


def objected_mail(message: Any) -> list[str]:
    """Has its recipient objected to what a waiting message is for? Who has asked for news and offers since then gets them again."""
    if message.purpose in PASSES or (message.purpose in MARKETING and message.person_id is not None and is_agreed(message.person_id, message.purpose, MAIL)):
        return []
    person = select(Person.id).where(or_(Person.id == message.person_id, Person.email == message.recipient))
    mine = select(RightsRequest).where(RightsRequest.person_id.in_(person), RightsRequest.kind == RequestKind.OBJECT, RightsRequest.state.in_(STANDS))
    return ["The recipient has objected to this."] if any(row.details.get("name") == message.purpose for row in session.scalars(mine)) else []
