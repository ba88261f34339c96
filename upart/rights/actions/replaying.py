# SPDX-License-Identifier: MIT
"""Do again what the ledger says, by the same actions as when it was asked for; each in the write session of its academy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from upart.academies import ending
from upart.accounts.models import Person
from upart.consent.actions import refuse_again
from upart.context import context
from upart.db import session
from upart.events.actions import emit
from upart.events.noting import Kind
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import received, wait
from upart.rights.actions.beginning import begin_erasure, cancel
from upart.rights.actions.history import enter
from upart.rights.actions.objecting import ask_to_object, ask_to_withdraw
from upart.rights.actions.parting import begin_part
from upart.rights.actions.pending import lock, unfinished
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.engine.holdings import holdings
from upart.rights.ledger.book import book
from upart.rights.ledger.lines import LedgerRefused, Line
from upart.rights.models import Act, RequestKind, RequestState, RightsRequest
from upart.rights.restricting.actions import lift, restrict, restrictions_of
from upart.rights.restricting.models import Ground, Restriction, Scope
from upart.rights.states import BEFORE_WORK, move

WORDS = "Done again from the ledger, after an older database was put back."
"""Note in the history of a request; for officers, as all notes."""


def replay(line: Line, person: Person) -> RightsRequest | None:
    """Do what a line says to this person. Needs a write session; safe to repeat. Returns a request whose work has begun.

    Raises LedgerRefused for a kind of act that this version does not know.
    """
    lock(person)
    act = ACTS.get(line.kind)
    if act is None:
        raise LedgerRefused(
            f"The ledger says '{line.kind}', which this version cannot do again.", remedy="Start the version of UPART, with all plugins, that wrote it."
        )
    request = act(line, person)
    if request is not None:
        enter(request, Act.NOTED, WORDS)
    emit("rights.replayed", request if request is not None else person, kind=line.kind)
    return request if request is not None and request.state is RequestState.RUNNING else None


def _erase(line: Line, person: Person) -> RightsRequest | None:
    """The academy's objections were heard when it was asked for; only what the ledger knows to have begun comes here."""
    request, waits = unfinished(person, RequestKind.ERASE), line.what.get("waits") == "True"
    if request is None:
        request = received(person, RequestKind.ERASE, at=line.since)
        request.with_account = line.what.get("with_account") == "True"
        move(request, RequestState.PLANNED)
        if waits:
            wait(request, person)
    elif request.state in (RequestState.RECEIVED, RequestState.VERIFYING):
        move(request, RequestState.PLANNED)
    if not waits and request.state in BEFORE_WORK:
        begin_erasure(request, person)
    return request


def _object(line: Line, person: Person) -> RightsRequest:
    """What had been granted begins; what had not is weighed by a human."""
    request = ask_to_object(person, Purpose(line.what["purpose"]))
    if line.who and line.id and request.state is RequestState.NEEDS_DECISION:
        begin_part(request, person)
    return request


def _withdraw(line: Line, person: Person) -> RightsRequest:
    return ask_to_withdraw(person, Purpose(line.what["purpose"]))


def _restrict(line: Line, person: Person) -> RightsRequest | None:
    """A row that is not there needs no restriction."""
    ground, scope, goes_on = Ground(line.what["ground"]), Scope(line.what["scope"]), line.what["goes_on"] == "True"
    row = _row(line)
    if any(_is_same(one, line) for one in restrictions_of(person)) or (line.row and row is None):
        return None
    if line.what["asked"] == "True" and scope is Scope.ALL:
        return ask_to_restrict(person, ground, goes_on=goes_on)
    restrict(person, ground, scope=scope, name=line.what["name"], row_id=row, goes_on=goes_on, tell=False)
    return None


def _row(line: Line) -> UUID | None:
    """The row that a restriction is about, if it is about one only."""
    if not line.row:
        return None
    table = holdings().tables[line.what["name"]]
    ids = session.scalars(select(table.c.id).where(table.c.academy_id == context.academy.id))
    return next((id for id in ids if book().digest(id, context.academy.id) == line.row), None)


def _is_same(one: Restriction, line: Line) -> bool:
    row = book().digest(one.row_id, context.academy.id) if one.row_id is not None else ""
    return (one.ground.value, one.scope.value, one.name, row) == (line.what["ground"], line.what["scope"], line.what["name"], line.row)


def _lift(line: Line, person: Person) -> None:
    """An erasure that was taken back is taken back; what an objection holds stays, since a human has to weigh that again."""
    for one in (one for one in restrictions_of(person) if _is_same(one, line)):
        request = session.scalars(select(RightsRequest).where(RightsRequest.id == one.request_id)).first()
        if request is not None and request.kind is RequestKind.ERASE and request.state in BEFORE_WORK:
            cancel(request)
        elif request is None or request.kind is not RequestKind.OBJECT:
            lift(one, told=True)


def _refuse(line: Line, person: Person) -> None:
    """What somebody has taken back, or stopped, since."""
    refuse_again(person, line.what["purpose"], line.what["channel"], Kind(line.kind), line.since)


def replay_of_academy(line: Line) -> None:
    """Do what a line says about the whole academy of this door. Needs a write session; safe to repeat. Its people are not told again."""
    if line.kind == Kind.CLOSING:
        changed = ending.announce(session(), context.academy.id, datetime.fromisoformat(line.what["closes_at"]))
    else:
        changed = ending.take_back(session(), context.academy.id, at=line.since)
    if changed:
        emit("rights.replayed", kind=line.kind)


OF_ACADEMIES = (Kind.CLOSING, Kind.GOING_ON)
"""Kinds of lines that are about a whole academy."""

ACTS: Mapping[str, Callable[[Line, Person], RightsRequest | None]] = {
    Kind.ERASURE: _erase, Kind.OBJECTION: _object, Kind.WITHDRAWAL: _withdraw, Kind.RESTRICTION: _restrict, Kind.LIFTING: _lift,
    Kind.REFUSAL: _refuse, Kind.SUPPRESSION: _refuse,
}  # fmt: skip
"""What can be done again, by kind of line."""
