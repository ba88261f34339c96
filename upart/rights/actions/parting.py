# SPDX-License-Identifier: MIT
"""Erase a part of what is held: planned when it is asked for, begun at once or after a human has decided."""

from __future__ import annotations

from upart.accounts.models import Person
from upart.db import session
from upart.events.noting import Kind, note
from upart.rights.actions.carrying_out import schedule
from upart.rights.actions.history import enter
from upart.rights.actions.steps import plan_steps
from upart.rights.engine.holdings import holdings
from upart.rights.models import Act, RequestKind, RequestState, RightsRequest
from upart.rights.purposes import part_for, purpose_of
from upart.rights.states import move


def plan_part(request: RightsRequest) -> None:
    """Write down the steps of an objection or a withdrawal: one per table that holds something for its purpose on its basis."""
    held = holdings()
    session.add_all(plan_steps(held, request, part_for(held, request.kind, purpose_of(request))))
    move(request, RequestState.PLANNED)


def begin_part(request: RightsRequest, person: Person) -> None:
    """Let a worker erase the part. The person stays."""
    move(request, RequestState.RUNNING)
    enter(request, Act.BEGUN)
    note_part(request, person, begun=True)
    schedule(request.id, person.id, person.account_id)


def note_part(request: RightsRequest, person: Person, *, begun: bool) -> None:
    """Let the ledger keep an objection or a withdrawal; `begun`: its part is being erased."""
    kind = Kind.OBJECTION if request.kind is RequestKind.OBJECT else Kind.WITHDRAWAL
    note(kind, person.id, addresses=tuple(request.addresses), reference=request.id if begun else None, purpose=purpose_of(request).value)
