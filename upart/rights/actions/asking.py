# SPDX-License-Identifier: MIT
"""Ask to be erased, or for the archive. Callers open the door and commit; the work is done by a job."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from upart import clock
from upart.academies.actions import raise_epoch
from upart.accounts import sessions
from upart.accounts.models import Account, Person
from upart.context import context
from upart.db import everywhere, session
from upart.events.actions import emit
from upart.hooks.guards import unopposed
from upart.rights.actions.carrying_out import schedule
from upart.rights.actions.steps import plan_steps
from upart.rights.engine.erasing import hide
from upart.rights.engine.holdings import holdings
from upart.rights.engine.subjects import Finder
from upart.rights.models import RequestKind, RequestState, RightsRequest, RightsStep
from upart.rights.subjects import addresses_of, subjects_of

ANSWER_WITHIN = relativedelta(months=1)
"""GDPR art. 12(3): one month from receipt; the end of the month where the day does not exist."""


def ask_to_erase(person: Person, *, with_account: bool = False, received_at: datetime | None = None) -> RightsRequest:
    """Begin to erase a person of this academy, if wished with the account. Needs a write session.

    They are signed out and no longer seen by anybody from this transaction on, and nobody signs in with an
    account that goes; a job does the rest. `received_at`: when it came, if not now. Asking again while it
    runs returns the request that runs. Raises Problem 409 with what stands against it (the last owner must
    hand over first). GDPR art. 17.
    """
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    if (running := unfinished(person, RequestKind.ERASE)) is not None:
        return running
    unopposed("rights.erase", person)
    request = received(person, RequestKind.ERASE, addresses_of(person), received_at)
    request.with_account = with_account
    if with_account and (account := session.get(Account, person.account_id)) is not None:
        account.suspended_at = request.received_at
    session.flush()
    held = holdings()
    steps = plan_steps(held, request)
    session.add_all(steps)
    emit("rights.received", request)
    session.flush()
    _sign_out(person, steps)
    hide(session(), Finder(held, subjects_of(request, person.id, person.account_id)[0]))
    raise_epoch(session(), context.academy.id)
    schedule(request.id, person.id, person.account_id)
    return request


def _sign_out(person: Person, steps: Iterable[RightsStep]) -> None:
    """End all sessions now; they count as erased by the step that will find none."""
    if ended := sessions.end_all(person):
        for step in (step for step in steps if step.holder == f"academy:{sessions.TABLE}"):
            step.counts = {sessions.TABLE: {"deleted": ended}}


def unfinished(person: Person, kind: RequestKind) -> RightsRequest | None:
    """The person's request of this kind that is being carried out, or None."""
    mine = select(RightsRequest).where(RightsRequest.person_id == person.id, RightsRequest.kind == kind, RightsRequest.state != RequestState.DONE)
    return session.scalars(mine.order_by(RightsRequest.received_at)).first()


def received(person: Person, kind: RequestKind, addresses: Iterable[str], at: datetime | None = None) -> RightsRequest:
    """A new request, with its deadline."""
    now = at or clock.now()
    request = RightsRequest(
        kind=kind, person_id=person.id, account_id=person.account_id, addresses=list(addresses), received_at=now, due_on=(now + ANSWER_WITHIN).date()
    )
    session.add(request)
    return request


def is_last_person(person: Person) -> bool:
    """Has the account no other person, at any academy? Then it may go with this one."""
    with everywhere("has an account other people?") as opened:
        others = select(Person.id).where(Person.account_id == person.account_id, Person.id != person.id)
        return person.account_id is not None and opened.scalar(others.limit(1)) is None
