# SPDX-License-Identifier: MIT
"""What could not be told to those outside for long, or cannot be told by machine: for the officer, who tells it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from upart import clock
from upart.accounts.models import Person
from upart.db import session
from upart.disclosure.actions import note_told, overdue_notices
from upart.errors import NotHere, Problem
from upart.events.actions import emit
from upart.hooks.stores import stores
from upart.jobs.actions import hasten_here
from upart.rights.actions.attempting import OPEN
from upart.rights.actions.history import enter
from upart.rights.actions.working import ERASE
from upart.rights.models import Act, RequestKind, RightsRequest, RightsStep, StepState
from upart.rights.receivers import BY_HAND, STORE
from upart.rights.states import ENDED
from upart.rights.subjects import addresses_of
from upart.theming.locales import gettext as _

TRIES, PATIENCE = 10, timedelta(days=1)
"""A store that has failed so often, and for so long, is shown to the officer. It is asked on, at the longest wait."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that a recipient should have been told about the person of these addresses, who may have no name here any more.

    `what` is a word of `RequestKind` or `NoticeAct`; `store` is empty where nobody can tell by machine.
    """

    id: UUID
    what: str
    recipient: str
    store: str
    person_id: UUID | None
    addresses: tuple[str, ...]
    request_id: UUID | None
    attempts: int
    problem: str
    since: datetime

    @property
    def by_hand(self) -> bool:
        """Does it wait for somebody of the academy alone?"""
        return not self.store


def dead_letters() -> list[DeadLetter]:
    """All of this academy, the oldest first. Reads only."""
    return sorted([*_steps(), *_notices()], key=lambda one: one.since)


def _steps() -> Iterator[DeadLetter]:
    failed = and_(RightsStep.state == StepState.FAILED, RightsStep.attempts >= TRIES, RightsRequest.received_at < clock.now() - PATIENCE)
    shown = or_(and_(RightsStep.holder.startswith(f"{STORE}:"), failed), and_(RightsStep.holder.startswith(f"{BY_HAND}:"), RightsStep.state.in_(OPEN)))
    both = select(RightsStep, RightsRequest).join(RightsRequest, RightsStep.request_id == RightsRequest.id)
    both = both.where(shown, RightsRequest.state.not_in(ENDED))
    whose = {store.name: store.recipient for store in stores()}
    for step, request in session.execute(both):
        scope, name = step.holder.partition(":")[::2]
        store, recipient = ("", name) if scope == BY_HAND else (name, whose.get(name, ""))
        whom = (request.person_id, tuple(request.addresses), request.id)
        yield DeadLetter(step.id, request.kind.value, recipient, store, *whom, step.attempts, step.problem, request.received_at)


def _notices() -> Iterator[DeadLetter]:
    for row in overdue_notices(TRIES, clock.now() - PATIENCE):
        person = session.scalars(select(Person).where(Person.id == row.person_id)).one()
        whom = (person.id, tuple(dict.fromkeys([*addresses_of(person), *row.addresses])), None)
        yield DeadLetter(row.id, row.act.value, row.recipient, row.store, *whom, row.attempts, row.problem, row.made_at)


def told_by_hand(id: UUID) -> None:
    """Somebody of the academy has told the recipient of a dead letter: it counts as done, and its request goes on at once.

    Needs a write session. Raises NotHere (404), and Problem 409 for a copy, which a store itself must give.
    """
    letter = next((one for one in dead_letters() if one.id == id), None)
    if letter is None:
        raise NotHere
    if letter.request_id is None:
        emit("rights.told", note_told(id))
        return
    if letter.what != RequestKind.ERASE:
        raise Problem(409, "What a copy misses must come from the store itself.", remedy="Ask whoever runs it why it does not answer.")
    request = session.scalars(select(RightsRequest).where(RightsRequest.id == letter.request_id)).one()
    step = session.scalars(select(RightsStep).where(RightsStep.id == id)).one()
    step.state, step.problem, step.changed_at = StepState.DONE, "", clock.now()
    emit("rights.told", step)
    enter(request, Act.NOTED, _("Told by hand: %(recipient)s.", recipient=letter.recipient or letter.store))
    hasten_here(ERASE, request=request.id)  # not another job beside it: that would still name the person when all is done
