# SPDX-License-Identifier: MIT
"""Ask for one's own data to be restricted, and let that end (GDPR art. 18)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.db import session
from upart.errors import NotHere
from upart.events.actions import emit
from upart.rights.actions.asking import received
from upart.rights.actions.history import enter
from upart.rights.actions.pending import lock
from upart.rights.actions.working import plan
from upart.rights.models import Act, RequestKind, RequestState, RightsRequest, RightsStep, StepState
from upart.rights.restricting.actions import lift, restrict, restrictions_of
from upart.rights.restricting.models import Ground, Restriction
from upart.rights.states import move

RESTRICTION = "restriction"
"""Holder of the only step."""


def ask_to_restrict(person: Person, ground: Ground, words: str = "", *, goes_on: bool = True) -> RightsRequest:
    """From this transaction on, data about a person are only stored; others see none of them. Needs a write session.

    Safe to repeat: what is restricted on this ground already stays so. `goes_on`: their own use goes on; else they are
    signed out. Nobody has to agree first; the academy may lift it later, and tells the person before.
    """
    lock(person)
    request = received(person, RequestKind.RESTRICT, details={"ground": ground.value, "scope": "all"}, words=words)
    plan(request, [RESTRICTION])
    restrict(person, ground, goes_on=goes_on, request_id=request.id)
    move(request, RequestState.RUNNING)
    enter(request, Act.BEGUN)
    step = session.scalars(select(RightsStep).where(RightsStep.request_id == request.id)).one()
    step.state, step.attempts, step.changed_at = StepState.DONE, 1, clock.now()
    move(request, RequestState.DONE)
    enter(request, Act.DONE)
    emit("rights.done", request)
    return request


def ask_to_lift(person: Person, restriction: UUID) -> None:
    """End one's own restriction, now: whoever asks for it has been told. Raises NotHere for one that is not theirs, or over."""
    mine = next((one for one in restrictions_of(person) if one.id == restriction), None)
    if mine is None:
        raise NotHere
    lift(mine, told=True)


def comes_before_erasure(restriction: Restriction) -> bool:
    """Does it hide somebody in the 72 hours before their data are deleted?"""
    mine = select(RightsRequest.kind).where(RightsRequest.id == restriction.request_id)
    return restriction.request_id is not None and session.scalar(mine) is RequestKind.ERASE
