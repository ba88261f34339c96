# SPDX-License-Identifier: MIT
"""Try one step of a request, and settle the request when all were tried: any failure is noted, and tried again later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.context import context
from upart.db import session, writing
from upart.db.scrub import scrub
from upart.disclosure.actions import wait_after
from upart.events.actions import emit
from upart.rights.actions.history import enter
from upart.rights.actions.joining import ended
from upart.rights.models import Act, RequestState, RightsRequest, RightsStep, StepState
from upart.rights.receivers import BY_HAND, STORE
from upart.rights.states import ENDED, move, settled

log = logging.getLogger("upart.rights")

OPEN = (StepState.WAITING, StepState.FAILED)
"""Steps that are still to be done."""

STUBBORN = 10
"""After so many tries a step is shown to officers as one that needs them; it is tried on all the same."""

Finish = Callable[[], None]
"""What belongs into the transaction that marks a step as done."""


def open_steps(request: UUID) -> list[tuple[UUID, str, int]]:
    """The steps that are to be done, in their order: id, holder, how often they were tried."""
    mine = select(RightsStep).where(RightsStep.request_id == request, RightsStep.state.in_(OPEN)).order_by(RightsStep.position)
    return [(step.id, step.holder, step.attempts) for step in session.scalars(mine)]


def attempt(step: UUID, holder: str, do: Callable[[], Finish | None]) -> bool:
    """Do a step outside of any transaction; what it returns runs with the mark. True if it is done."""
    try:
        finish = do()
        with writing(context.academy):
            _mark(step, "")
            if finish is not None:
                finish()
        return True
    except Exception as error:  # one part that fails must not stop the others, and must not look done
        said = holder.startswith((f"{STORE}:", f"{BY_HAND}:"))  # what others say may name people, which logs do not
        log.error("%s failed in a request: %s", holder, type(error).__name__, exc_info=not said)
        if isinstance(error, OperationalError):
            _make_room()
        with writing(context.academy):
            _mark(step, type(error).__name__)
        return False


def _make_room() -> None:
    """The disk may be full: SQLite's log goes to where it belongs in the database, so that it can be noted how far the step came."""
    with suppress(Exception):  # then the note says what is the matter
        scrub(())


def _mark(step: UUID, problem: str) -> None:
    row = session.scalars(select(RightsStep).where(RightsStep.id == step)).one()
    if problem and row.state not in OPEN:
        return  # somebody has told them by hand meanwhile, or refused this part
    row.state, row.problem, row.changed_at = StepState.FAILED if problem else StepState.DONE, problem, clock.now()
    row.attempts += 1


def settle(request: UUID, tries: int, again: Callable[[datetime], None]) -> RightsRequest:
    """The request is done, or `again` lets a job go on at an instant: 2 s after the first failure, an hour at most."""
    row = session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one()
    if row.state in ENDED:
        return row
    to = settled(row)
    if to is RequestState.PARTIALLY_DONE:
        if row.state is not to:
            move(row, to)
        again(clock.now() + wait_after(tries))
        return row
    move(row, to)
    enter(row, Act.DONE)
    ended(row)
    emit("rights.done", row)
    return row
