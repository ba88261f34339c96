# SPDX-License-Identifier: MIT
"""Where a request may go from where it is: nothing but all parts done leads to done."""

from __future__ import annotations

from itertools import product

import pytest
from erasing import who

from upart.rights.actions.asking import received
from upart.rights.models import RequestKind, RequestState, RightsRequest, RightsStep, StepState
from upart.rights.states import ENDED, FOLLOWS, Impossible, move, settled

S = RequestState
PAIRS = list(product(S, S))


@pytest.fixture
def asked(portal):
    """`asked(state, *states of its steps)`: Lena's request in this state, inside an open door that keeps nothing."""
    with portal.writing("athena") as session:
        lena = who(session, "Lena")

        def asked(state: RequestState, *steps: StepState) -> RightsRequest:
            request = received(lena, RequestKind.RESTRICT)
            session.add_all(RightsStep(request_id=request.id, position=n, holder=f"store:{n}", state=one) for n, one in enumerate(steps))
            session.flush()
            session.execute(
                RightsRequest.__table__.update().where(RightsRequest.id == request.id, RightsRequest.academy_id == lena.academy_id).values(state=state)
            )
            session.refresh(request)
            return request

        yield asked


def test_a_request_goes_only_where_it_may_from_every_state_to_every_other(asked):
    for before, to in PAIRS:
        request = asked(before, StepState.DONE)
        if to in FOLLOWS[before]:
            move(request, to)
            assert (request.state, request.done_at is not None) == (to, to in ENDED)
            continue
        with pytest.raises(Impossible, match=f"'{before.value}' cannot become '{to.value}'"):
            move(request, to)
        assert request.state is before


def test_there_is_no_door_around(asked):
    for before, to in PAIRS:
        if before is not to and to not in FOLLOWS[before]:
            with pytest.raises(Impossible):
                asked(before).state = to


@pytest.mark.parametrize("steps", [s for n in (1, 2, 3) for s in product(StepState, repeat=n)])
def test_done_comes_only_when_every_part_is_done_or_refused(asked, steps):
    request = asked(S.RUNNING, *steps)
    open_ones = {StepState.WAITING, StepState.FAILED} & set(steps)
    assert settled(request) is (S.PARTIALLY_DONE if open_ones else S.REFUSED if set(steps) == {StepState.REFUSED} else S.DONE)
    if open_ones or StepState.DONE not in steps:
        with pytest.raises(Impossible, match="all its parts"):
            move(request, S.DONE)
    else:
        move(request, S.DONE)
        assert request.state is S.DONE


def test_a_request_without_parts_is_never_done(asked):
    with pytest.raises(Impossible):
        move(asked(S.RUNNING), S.DONE)


def test_every_state_but_the_first_can_be_reached_and_every_one_ends():
    assert {after for states in FOLLOWS.values() for after in states} == set(S) - {S.RECEIVED}
    reach = {S.RECEIVED}
    for _ in S:
        reach |= {after for state in reach for after in FOLLOWS[state]}
    assert reach == set(S)
    assert set(ENDED) == {S.DONE, S.REFUSED, S.CANCELLED}
