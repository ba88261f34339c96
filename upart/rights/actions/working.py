# SPDX-License-Identifier: MIT
"""Carry out what is no erasure: a request's steps, each done by the one function that its holder's name stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from upart.accounts.models import Person
from upart.context import context
from upart.db import reading, session
from upart.errors import Problem
from upart.jobs.actions import enqueue, hasten_everywhere, hasten_here
from upart.rights.actions.attempting import Finish, attempt, open_steps, settle
from upart.rights.actions.history import enter
from upart.rights.models import Act, RequestState, RightsRequest, RightsStep
from upart.rights.states import move
from upart.theming.locales import gettext as _

WORK = "rights.work"
"""The task that carries a request out."""

ERASE = "rights.erase"
"""The task that carries an erasure out."""

Step = Callable[..., Finish | None]
"""Does one step of the request with this id, outside of any transaction; what it returns runs with the mark that it is done.

Of a holder with two halves ("store:choir") it gets the second one too.
"""


def plan(request: RightsRequest, holders: Sequence[str]) -> None:
    """Write down the steps of a request."""
    session.add_all(RightsStep(request_id=request.id, position=at, holder=holder) for at, holder in enumerate(holders))
    move(request, RequestState.PLANNED)


def begin(request: RightsRequest, person: Person | None, holders: Sequence[str] = ()) -> None:
    """Plan these steps, if they are not planned yet, and let a worker do them."""
    if holders:
        plan(request, holders)
    move(request, RequestState.RUNNING)
    enter(request, Act.BEGUN)
    schedule(request.id, person)


def schedule(request: UUID, person: Person | None, run_at: datetime | None = None) -> None:
    """Let a worker carry a request out."""
    enqueue(WORK, person=person, run_at=run_at, request=request)


def working(steps: dict[str, Step]) -> Callable[[str], Finish]:
    """The task: do all open steps. `steps`: what the first half of a holder's name stands for."""

    def work(request: str) -> Finish:
        id, tries = UUID(request), 0
        with reading(context.academy):
            waiting = open_steps(id)
        for step, holder, attempts in waiting:
            tries = max(tries, attempts + 1)
            first, _, rest = holder.partition(":")
            attempt(step, holder, partial(steps[first], id, *filter(None, [rest])))
        return partial(_settle, id, tries)

    return work


def _settle(request: UUID, tries: int) -> None:
    row = session.get_one(RightsRequest, {"academy_id": context.academy.id, "id": request})
    person = session.get(Person, {"academy_id": context.academy.id, "id": row.person_id}) if row.person_id else None
    if row.state in (RequestState.RUNNING, RequestState.PARTIALLY_DONE):
        settle(request, tries, partial(schedule, request, person))


def hasten(request: RightsRequest) -> None:
    """Let the open steps of a request be tried now. Raises Problem 409 when it is not at work."""
    if request.state not in (RequestState.RUNNING, RequestState.PARTIALLY_DONE):
        raise Problem(409, _("No step of this request is open now."), remedy=_("Look at where it is."))
    hasten_here(WORK, ERASE, request=request.id)


def hasten_all() -> None:
    """Let every job of a request be done now that waits after a failure, at all academies."""
    hasten_everywhere(WORK, ERASE)
