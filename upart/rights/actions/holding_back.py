# SPDX-License-Identifier: MIT
"""The only owner of an academy asks to be erased: all goes at once but what an owner needs, and the rest when somebody else owns it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from upart.academies import ending
from upart.accounts.actions.managing import is_last_owner
from upart.accounts.models import Person
from upart.db import everywhere, session
from upart.events.noting import Kind, note
from upart.rights.actions.carrying_out import schedule
from upart.rights.actions.history import enter
from upart.rights.actions.steps import plan_steps
from upart.rights.engine.holdings import holdings
from upart.rights.models import Act, RequestKind, RequestState, RightsRequest, RightsStep, StepState
from upart.rights.receivers import BY_HAND
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground
from upart.rights.states import move

BEFORE = (RequestState.PLANNED, RequestState.NEEDS_TRANSFER)
"""States of an erasure whose person still owns what they own."""


def is_held_back(request: RightsRequest, person: Person) -> bool:
    """Must this erasure wait for a new owner: of this academy or, if the account goes too, of one where its person is erased as well?

    An academy that closes needs none.
    """
    if is_last_owner(person) and not ending.has_begun():
        return True
    return request.with_account and person.account_id is not None and _owns_elsewhere(request, person.account_id)


def _owns_elsewhere(request: RightsRequest, account_id: UUID) -> bool:
    """Signing in is needed where a person of this account is an only owner, and asked together with this to be erased."""
    theirs = select(Person).join(RightsRequest, (RightsRequest.person_id == Person.id) & (RightsRequest.academy_id == Person.academy_id))
    with everywhere("does an account own academies that it has to hand over?") as opened:
        asked = theirs.where(
            RightsRequest.account_id == account_id, RightsRequest.academy_id != request.academy_id,
            RightsRequest.kind == RequestKind.ERASE, RightsRequest.state.in_(BEFORE), Person.suspended_at.is_(None),
            Person.academy_id.not_in(ending.those_begun()),
        )  # fmt: skip
        for person in [one for one in opened.scalars(asked) if "owner" in one.roles]:
            others = select(Person.roles).where(Person.academy_id == person.academy_id, Person.id != person.id, Person.suspended_at.is_(None))
            if not any("owner" in roles for roles in opened.scalars(others)):
                return True
    return False


def hold_back(request: RightsRequest, person: Person) -> None:
    """Let all go now that an owner does not need. Nobody is signed out, and nobody's role is taken."""
    session.add_all(plan_steps(holdings(), request))
    enter(request, Act.BEGUN)
    move(request, RequestState.NEEDS_TRANSFER)
    note(Kind.ERASURE, person.id, addresses=tuple(request.addresses), with_account=str(request.with_account))
    restrict(person, Ground.OBJECTION, goes_on=True, request_id=request.id, tell=False)
    schedule(request.id, person.id, person.account_id)


def take_up(request: RightsRequest) -> list[RightsStep]:
    """The steps of the rest: what has come about since is looked for in every table again, and who was told since is told."""
    known = {step.holder: step for step in session.scalars(select(RightsStep).where(RightsStep.request_id == request.id))}
    for step in known.values():
        if step.state is StepState.DONE and not step.holder.startswith(f"{BY_HAND}:"):
            step.state = StepState.WAITING
    late = [step for step in plan_steps(holdings(), request) if step.holder not in known]
    for step in late:
        step.position = 0
    session.add_all(late)
    return [*known.values(), *late]
