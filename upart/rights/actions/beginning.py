# SPDX-License-Identifier: MIT
"""The first transaction of an erasure: signed out, no longer seen, and a job for the rest; or taken back before that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.academies.actions import raise_epoch
from upart.accounts import sessions
from upart.accounts.models import Account, Person
from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.events.noting import Kind, note
from upart.hooks.guards import objections
from upart.jobs.actions import NotNow, enqueue
from upart.rights.actions.carrying_out import schedule
from upart.rights.actions.history import enter
from upart.rights.actions.holding_back import hold_back, is_held_back, take_up
from upart.rights.actions.joining import ended
from upart.rights.actions.pending import lock
from upart.rights.actions.proving import note_wanted
from upart.rights.actions.steps import plan_steps
from upart.rights.actions.telling import tell
from upart.rights.engine.erasing import hide
from upart.rights.engine.holdings import holdings
from upart.rights.engine.subjects import Finder
from upart.rights.ledger.book import book
from upart.rights.models import Act, RequestKind, RequestState, RightsRequest, RightsStep
from upart.rights.states import BEFORE_WORK, ENDED, move
from upart.rights.subjects import subjects_of
from upart.theming.locales import gettext as _

BEGIN = "rights.begin"
"""The task that begins an erasure which has had to wait."""

AGAIN = timedelta(minutes=1)
"""How long an erasure waits for the ledger before it is tried again."""


def begin_erasure(request: RightsRequest, person: Person) -> None:
    """Begin; of the only owner of an academy with what an owner does not need, and the rest waits for a new owner."""
    lock(person)
    if not is_held_back(request, person):
        begin_whole(request, person)
    elif request.state is not RequestState.NEEDS_TRANSFER:
        hold_back(request, person)


def begin_whole(request: RightsRequest, person: Person) -> None:
    """Begin: from this transaction on nobody sees the person, and nobody signs in with an account that goes."""
    if request.with_account and (account := session.get(Account, person.account_id)) is not None:
        account.suspended_at = clock.now()
    _overtake(request)
    held = holdings()
    note_wanted(held, request, person.id, person.account_id)
    if request.state is RequestState.NEEDS_TRANSFER:
        steps = take_up(request)
    else:
        steps = plan_steps(held, request)
        session.add_all(steps)
    enter(request, Act.BEGUN)
    move(request, RequestState.RUNNING)
    note(Kind.ERASURE, person.id, addresses=tuple(request.addresses), reference=request.id, with_account=str(request.with_account))
    _sign_out(person, steps)
    hide(session(), Finder(held, subjects_of(request, person.id, person.account_id)[0]))
    raise_epoch(session(), context.academy.id)
    schedule(request.id, person.id, person.account_id)


def held_up(request: RightsRequest, person: Person) -> bool:
    """Can the ledger not be written now? Then the erasure waits as it was asked for, and a job takes it up later."""
    if book().can_be_written():
        return False
    enqueue(BEGIN, person=person, run_at=clock.now() + AGAIN, dedupe_key=f"{BEGIN} {request.id}", request=request.id)
    return True


def is_held_up(request: RightsRequest) -> bool:
    """Should an erasure have begun, or hide somebody, and does it wait for the ledger?"""
    if request.kind is not RequestKind.ERASE or request.state is not RequestState.PLANNED:
        return False
    return (request.begins_at is None or request.begins_at <= clock.now()) and not book().can_be_written()


def begin_waiting(request: str, cool: Callable[[RightsRequest, Person], None]) -> None:
    """Begin an erasure whose 72 hours are over; `cool` lets them begin where they could not yet. What stands against it now is for a human to decide.

    Raises NotNow while the ledger cannot be written.
    """
    row = session.scalars(select(RightsRequest).where(RightsRequest.id == UUID(request))).first()
    if row is None or row.state is not RequestState.PLANNED or (row.begins_at is not None and row.begins_at > clock.now()):
        return
    if not book().can_be_written():
        raise NotNow("The ledger cannot be written.", wait=AGAIN, remedy="See to the disk of UPART_LEDGER_URL.")
    if row.begins_at is None:
        cool(row, session.scalars(select(Person).where(Person.id == row.person_id)).one())
        return
    person = session.scalars(select(Person).where(Person.id == row.person_id)).one()
    if reasons := objections("rights.erase", person, person, strict=True):
        enter(row, Act.NOTED, " ".join(reasons))
        move(row, RequestState.NEEDS_DECISION)
        return
    begin_erasure(row, person)


def _overtake(request: RightsRequest) -> None:
    """What the person asked for besides ends with them: there is nothing left to give, correct or restrict."""
    others = select(RightsRequest).where(RightsRequest.person_id == request.person_id, RightsRequest.id != request.id, RightsRequest.state.not_in(ENDED))
    for other in session.scalars(others).all():
        move(other, RequestState.CANCELLED)
        enter(other, Act.CANCELLED)


def _sign_out(person: Person, steps: Iterable[RightsStep]) -> None:
    """End all sessions now; they count as erased by the step that will find none."""
    if ended := sessions.end_all(person):
        for step in (step for step in steps if step.holder == f"academy:{sessions.TABLE}"):
            step.counts = {sessions.TABLE: {"deleted": ended}}


def cancel(request: RightsRequest) -> None:
    """Take a request back, as long as its person is still there as before. Raises Problem 409 afterwards."""
    if request.state not in BEFORE_WORK or request.kind is RequestKind.AUTHORITY:
        raise Problem(409, _("This request has begun or ended; it cannot be taken back."), remedy=_("Look at what was done, and write to the academy."))
    tell(request, "cancelled")
    move(request, RequestState.CANCELLED)
    enter(request, Act.CANCELLED)
    ended(request)
