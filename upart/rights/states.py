# SPDX-License-Identifier: MIT
"""What may follow what in the life of a request. Nothing but all steps done leads to done."""

from __future__ import annotations

from sqlalchemy import event, select
from sqlalchemy.orm import object_session

from upart import clock
from upart.db import session
from upart.errors import UpartError
from upart.keys import pseudonym
from upart.rights.models import RequestState, RightsRequest, RightsStep, StepState

S = RequestState

FOLLOWS: dict[RequestState, frozenset[RequestState]] = {
    S.RECEIVED: frozenset({S.VERIFYING, S.PLANNED, S.CANCELLED}),
    S.VERIFYING: frozenset({S.PLANNED, S.CANCELLED}),
    S.PLANNED: frozenset({S.NEEDS_DECISION, S.NEEDS_TRANSFER, S.RUNNING, S.CANCELLED}),
    S.NEEDS_DECISION: frozenset({S.NEEDS_TRANSFER, S.RUNNING, S.REFUSED, S.CANCELLED}),
    S.NEEDS_TRANSFER: frozenset({S.RUNNING, S.CANCELLED}),
    S.RUNNING: frozenset({S.PARTIALLY_DONE, S.DONE, S.REFUSED, S.CANCELLED}),
    S.PARTIALLY_DONE: frozenset({S.RUNNING, S.DONE, S.REFUSED, S.CANCELLED}),
    S.DONE: frozenset(),
    S.REFUSED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""The states that may come after each. What runs is cancelled only when its person is erased meanwhile."""

ENDED = tuple(state for state, after in FOLLOWS.items() if not after)
"""States that a request never leaves."""

BEFORE_WORK = (S.RECEIVED, S.VERIFYING, S.PLANNED, S.NEEDS_DECISION, S.NEEDS_TRANSFER)
"""States in which it can still be taken back: nothing has been changed yet, or, of the only owner of an academy, the owner is still there."""


class Impossible(UpartError):
    """A request cannot come from the state that it is in to that one."""


def move(request: RightsRequest, to: RequestState) -> None:
    """Take a request on. Raises Impossible when `to` may not follow, and for `done` while a step is open or all were refused.

    After its end a request knows no address any more: of nobody's it keeps the pseudonym, by which it can still be found.
    """
    _check(request.state, to)
    session.flush()
    states = session.scalars(select(RightsStep.state).where(RightsStep.request_id == request.id)).all()
    if to is S.DONE and (StepState.DONE not in states or not set(states) <= {StepState.DONE, StepState.REFUSED}):
        raise Impossible("A request is done when all its parts are.", remedy="Carry out what is open, or refuse it with a reason.")
    request.state = to
    if to in ENDED:
        request.done_at = clock.now()
        if request.person_id is None and request.addresses:
            request.address_digest = pseudonym(request.addresses[0])
        request.addresses = []


def settled(request: RightsRequest) -> RequestState:
    """Where a request has come to whose steps were all tried: done, refused as a whole, or only in part."""
    states = set(session.scalars(select(RightsStep.state).where(RightsStep.request_id == request.id)).all())
    if states & {StepState.WAITING, StepState.FAILED}:
        return S.PARTIALLY_DONE
    return S.REFUSED if states == {StepState.REFUSED} else S.DONE


def _check(before: RequestState, to: RequestState) -> None:
    if to not in FOLLOWS[before]:
        raise Impossible(f"A request that is '{before.value}' cannot become '{to.value}'.", remedy="Look at where it is, and take the next step from there.")


@event.listens_for(RightsRequest.state, "set")
def _guard(request: RightsRequest, value: RequestState, before: object, initiator: object) -> None:
    """No door around `move`: a stored request takes only states that may follow."""
    if object_session(request) is not None and isinstance(before, RequestState) and before is not value:
        _check(before, RequestState(value))
