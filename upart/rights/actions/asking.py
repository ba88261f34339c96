# SPDX-License-Identifier: MIT
"""Use a right. Callers open the door and commit; the work is done by a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.db import everywhere, session
from upart.events.actions import emit
from upart.events.noting import Kind, note
from upart.hooks.guards import unopposed
from upart.jobs.actions import enqueue
from upart.rights.actions import beginning
from upart.rights.actions.beginning import BEGIN, begin_erasure, held_up
from upart.rights.actions.history import enter
from upart.rights.actions.pending import lock, unfinished
from upart.rights.actions.proving import link_of
from upart.rights.actions.telling import tell
from upart.rights.dates import COOLING, due
from upart.rights.models import Act, AskedBy, RequestKind, RequestState, RightsRequest
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground
from upart.rights.states import move
from upart.rights.subjects import addresses_of


def received(
    person: Person, kind: RequestKind, *, at: datetime | None = None, asked_by: AskedBy = AskedBy.PERSON, details: Mapping[str, Any] | None = None,
    words: str = "",
) -> RightsRequest:  # fmt: skip
    """A new request of a person, with its deadline and the first line of its history."""
    now = at or clock.now()
    request = RightsRequest(
        kind=kind, person_id=person.id, account_id=person.account_id, addresses=addresses_of(person), received_at=now, due_on=due(now),
        asked_by=asked_by, details=dict(details or {}), words=words,
    )  # fmt: skip
    return kept(request)


def kept(request: RightsRequest) -> RightsRequest:
    """A new request, stored, with the first line of its history."""
    session.add(request)
    session.flush()
    enter(request, Act.RECEIVED)
    emit("rights.received", request)
    return request


def ask_to_erase(
    person: Person, *, with_account: bool = False, received_at: datetime | None = None, waits: bool = False, asked_by: AskedBy = AskedBy.PERSON, words: str = ""
) -> RightsRequest:
    """Erase a person of this academy, if wished with the account. Needs a write session. GDPR art. 17.

    `waits`: begin after 72 hours, in which they can take it back or begin at once; otherwise they are signed out and
    no longer seen by anybody from this transaction on; the only owner of an academy keeps what an owner needs until
    somebody else is one, or until day 30. `received_at`: when it came, if not now. Asking again while it
    waits or runs returns that request, and without `waits` begins it. Raises Problem 409 with what stands against it
    (the platform's last owner must hand over first).
    """
    lock(person)
    request = unfinished(person, RequestKind.ERASE)
    if request is None:
        unopposed("rights.erase", person)
        request = received(person, RequestKind.ERASE, at=received_at, asked_by=asked_by, words=words)
        request.with_account = with_account
        move(request, RequestState.PLANNED)
        if waits:
            wait(request, person)
    if request.state is RequestState.PLANNED and not waits:
        unopposed("rights.erase", person)
        if held_up(request, person):
            request.begins_at = clock.now()
        else:
            begin_erasure(request, person)
    return request


def wait(request: RightsRequest, person: Person) -> None:
    """Let an erasure begin in 72 hours, hide the person from others until then, and tell them how to stop or hasten it.

    While the ledger cannot be written nothing of that happens yet: a job tries it again.
    """
    if held_up(request, person):
        return
    request.begins_at = request.received_at + COOLING
    restrict(person, Ground.OBJECTION, goes_on=True, request_id=request.id, tell=False)
    enqueue(BEGIN, person=person, run_at=request.begins_at, request=request.id)
    note(Kind.ERASURE, person.id, addresses=tuple(request.addresses), with_account=str(request.with_account), waits="True")
    tell(request, "waits", begins=request.begins_at, proof=link_of(request))


def begin_waiting(request: str) -> None:
    """Task: begin an erasure whose time has come, or the 72 hours before it."""
    beginning.begin_waiting(request, wait)


def is_last_person(person: Person) -> bool:
    """Has the account no other person, at any academy? Then it may go with this one."""
    with everywhere("has an account other people?") as opened:
        others = select(Person.id).where(Person.account_id == person.account_id, Person.id != person.id)
        return person.account_id is not None and opened.scalar(others.limit(1)) is None
