# SPDX-License-Identifier: MIT
"""What officers do with requests: take, note, answer, extend, grant, refuse. Every act is a line of its history."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.events.actions import emit
from upart.privacy.taxonomy import Reason
from upart.rights import dates, naming
from upart.rights.actions.attempting import OPEN
from upart.rights.actions.beginning import begin_erasure
from upart.rights.actions.correcting import check_correction
from upart.rights.actions.history import enter, taken_by
from upart.rights.actions.joining import ended
from upart.rights.actions.parting import begin_part
from upart.rights.actions.telling import tell
from upart.rights.actions.working import begin
from upart.rights.models import Act, RequestKind, RequestState, RightsRequest, RightsStep, StepState
from upart.rights.states import ENDED, move, settled
from upart.theming.locales import gettext as _

BEGINS: dict[RequestKind, Callable[[RightsRequest, Person], None]] = {RequestKind.ERASE: begin_erasure, RequestKind.OBJECT: begin_part}
"""How what is granted begins where it is not the work of steps that have a function each."""

DECISION = "decision"
"""Holder of the only step of a request that was refused before anything was planned."""

WORKING = (RequestState.NEEDS_DECISION, RequestState.RUNNING, RequestState.PARTIALLY_DONE)
"""States in which something is there that can be refused."""


def take(request: RightsRequest) -> None:
    """The acting officer is at work on it. Raises Problem 409 while a colleague is."""
    _alone(request)
    _open(request)
    holder = taken_by([request.id]).get(request.id)
    if holder == context.person.id:
        return
    if holder is not None:
        raise Problem(409, _("A colleague has taken this request."), remedy=_("Ask them to give it back, or write a note."))
    enter(request, Act.TAKEN)


def release(request: RightsRequest) -> None:
    """The acting officer is at work on it no more. Raises Problem 409 when they were not."""
    _alone(request)
    _open(request)
    if taken_by([request.id]).get(request.id) != context.person.id:
        raise Problem(409, _("You have not taken this request."), remedy=_("Look at who has it."))
    enter(request, Act.RELEASED)


def note(request: RightsRequest, words: str) -> None:
    """A note between colleagues. The person gets it only with a copy of their data."""
    enter(request, Act.NOTED, words)


def answer(request: RightsRequest, words: str) -> None:
    """Write to the person, by mail; it stands on their page too."""
    enter(request, Act.ANSWERED, words)
    tell(request, "answer", words=words)


def extend(request: RightsRequest, words: str) -> None:
    """Take two months more, say why, and tell the person at once (GDPR art. 12(3)). Raises Problem 409 after the first month."""
    _alone(request)
    _open(request)
    dates.extend(request)
    enter(request, Act.EXTENDED, words)
    tell(request, "extended", words=words)


def grant(request: RightsRequest, words: str = "") -> None:
    """Let a request be carried out that waits for a decision. Raises Problem 409 when it does not, and for a correction whose line is gone or has changed."""
    _alone(request)
    if request.state is not RequestState.NEEDS_DECISION:
        raise Problem(409, _("This request does not wait for a decision."), remedy=_("Look at where it is."))
    person = session.scalars(select(Person).where(Person.id == request.person_id)).first()
    if request.kind is RequestKind.RECTIFY:
        check_correction(request)
    enter(request, Act.GRANTED, words)
    if request.kind in BEGINS and person is not None:
        BEGINS[request.kind](request, person)
    else:
        begin(request, person)


def refuse(request: RightsRequest, reason: Reason, words: str, steps: Collection[UUID] = ()) -> None:
    """Refuse the open steps, or these of them, and tell the person why, with where to complain (GDPR art. 12(4)).

    The request is refused when all its steps are; else it goes on with those that are left. `words` belong to the
    decision: an empty reason raises Problem 422.
    """
    if not words.strip():
        raise Problem(422, _("Say in words why it is refused."), remedy=_("The person has a right to know the reason."))
    _alone(request)
    _open(request)
    if request.state not in WORKING:
        raise Problem(409, _("This request is not at work yet; there is nothing to refuse."), remedy=_("Wait until it has begun, or write to the person."))
    _have_a_step(request)
    mine = select(RightsStep).where(RightsStep.request_id == request.id, RightsStep.state.in_(OPEN))
    refused = [step for step in session.scalars(mine) if not steps or step.id in steps]
    if not refused:
        raise Problem(409, _("Nothing of this request is open."), remedy=_("Look at what was done."))
    for step in refused:
        step.state, step.refusal, step.changed_at = StepState.REFUSED, reason, clock.now()
    session.flush()
    enter(request, Act.REFUSED, words)
    tell(request, "refused", words=words, reason=naming.REASONS[reason])
    if (to := settled(request)) is not RequestState.PARTIALLY_DONE:
        if to is RequestState.DONE and request.state is RequestState.NEEDS_DECISION:
            move(request, RequestState.RUNNING)
        move(request, to)
        ended(request)
        emit("rights.done", request)


def _open(request: RightsRequest) -> None:
    if request.state in ENDED:
        raise Problem(409, _("This request has ended."), remedy=_("Write to the person if something is left to say."))


def _have_a_step(request: RightsRequest) -> None:
    """What waits for a decision may have no steps yet; the refusal is written beside one."""
    if session.scalar(select(RightsStep.id).where(RightsStep.request_id == request.id).limit(1)) is None:
        session.add(RightsStep(request_id=request.id, position=0, holder=DECISION))
        session.flush()


def _alone(request: RightsRequest) -> None:
    """Of two officers at once the second sees what the first has done."""
    session.scalars(select(RightsRequest).where(RightsRequest.id == request.id).with_for_update().execution_options(populate_existing=True)).one()
