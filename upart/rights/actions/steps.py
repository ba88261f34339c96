# SPDX-License-Identifier: MIT
"""The steps of an erasure: one per table and subject, in an order that can be taken up at any of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.db import everywhere, session
from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.engine.fates import Fate
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.engine.planning import plan_in_numbers
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import DataSubject, Finder
from upart.rights.models import RightsRequest, RightsStep, StepState
from upart.rights.parted import holders_of_part
from upart.rights.purposes import purpose_of
from upart.rights.receivers import BY_HAND, STORE, holders_of
from upart.rights.subjects import subjects_of

__all__ = ["BYTES", "RESIDUAL", "answer", "plan_in_numbers", "plan_steps", "scope_of", "steps_in_numbers"]

BYTES, RESIDUAL = "bytes", "residual"
"""Holders of the last steps: what is erased must leave the disk too; and, when a person was erased, is anything left of them?"""


def plan_steps(held: Holdings, request: RightsRequest, only: Selection | None = None) -> list[RightsStep]:
    """One step per table and subject, per store, one for the bytes and one for what may be left: what names the person comes last.

    `only`: steps for the tables of a part, and for those who received something of it.
    """
    subjects = subjects_of(request, request.person_id, request.account_id)
    kept = {f"{scope}:{table}": counts for scope, table, counts in _kept(held, subjects, only)}
    holders = [(scope_of(subject), entry) for subject, entry in in_order(held, subjects, only)]
    names = [f"{scope}:{entry.table}" for scope, entry in holders if _rank(entry) == 0]
    names += holders_of(request.person_id) if only is None else holders_of_part(request.person_id, purpose_of(request), only)
    names += [f"{scope}:{entry.table}" for scope, entry in holders if _rank(entry) > 0]
    names += [BYTES, RESIDUAL] if only is None else [BYTES]
    return [RightsStep(request_id=request.id, position=at, holder=name, **kept.get(name, {})) for at, name in enumerate(names)]


def _kept(held: Holdings, subjects: list[DataSubject], only: Selection | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """How many rows stay, why and until when: it can be read only while the rows still name the person."""
    with everywhere("see until when a law keeps what stays") as opened:
        for subject in subjects:
            finder = Finder(held, subject)
            for entry in (entry for entry in finder.tables() if only is None or entry.table in only.tables):
                if any(match.policy.act == "keep" for match in finder.matches(entry)) and (counts := Fate(finder, entry).count(opened))["kept"]:
                    until = counts["kept_until"]
                    kept = {entry.table: {"kept": counts["kept"]}}
                    yield (
                        scope_of(subject),
                        entry.table,
                        {"counts": kept, "reason": counts["reason"], "kept_until": date.fromisoformat(until) if until else None},
                    )


def scope_of(subject: DataSubject) -> str:
    """The first half of a holder's name: an academy's rows, or the platform's."""
    return "platform" if subject.academy_id is None else "academy"


def in_order(held: Holdings, subjects: Sequence[DataSubject], only: Selection | None = None) -> list[tuple[DataSubject, TableEntry]]:
    """The tables with rows about these subjects, in the order in which they are erased."""
    found = [(subject, entry) for subject in subjects for entry in Finder(held, subject).tables() if only is None or entry.table in only]
    return sorted(found, key=lambda one: _rank(one[1]))


def _rank(entry: TableEntry) -> int:
    """The request itself knows the addresses until all else is done; the row of the person is what everything links to."""
    return 2 if entry.table in PEOPLE else 1 if entry.table == RightsRequest.__tablename__ else 0


def answer(request: UUID) -> dict[str, Any]:
    """What has been done so far, for the person, the officer and `upart rights erase --json` (contract 4.2)."""
    row = session.scalars(select(RightsRequest).where(RightsRequest.id == request)).one()
    steps = session.scalars(select(RightsStep).where(RightsStep.request_id == request).order_by(RightsStep.position)).all()
    return {
        "request": row.id, "state": row.state.value, "received_on": row.received_at.date(), "due_on": row.due_on, "tables": _done(steps),
        "stores": [{"name": name, "state": step.state.value} for scope, name, step in _outside(steps) if scope == STORE],
        "recipients": [{"name": name, "state": step.state.value} for scope, name, step in _outside(steps) if scope == BY_HAND],
        "open": [{"holder": step.holder, "attempts": step.attempts, "problem": step.problem} for step in steps if step.state is not StepState.DONE],
    }  # fmt: skip


def steps_in_numbers(request: UUID) -> list[dict[str, Any]]:
    """The steps of a request, as `upart rights show --json` has them: numbers and kinds of problems, never contents."""
    mine = select(RightsStep).where(RightsStep.request_id == request).order_by(RightsStep.position)
    return [
        {"holder": step.holder, "state": step.state.value, "attempts": step.attempts, "counts": step.counts, "kept_until": step.kept_until,
         "reason": step.reason or None, "problem": step.problem or None, "refusal": step.refusal.value if step.refusal else None}
        for step in session.scalars(mine)
    ]  # fmt: skip


def _outside(steps: Sequence[RightsStep]) -> list[tuple[str, str, RightsStep]]:
    parts = [(*step.holder.partition(":")[::2], step) for step in steps]
    return [(scope, name, step) for scope, name, step in parts if scope in (STORE, BY_HAND)]


def _done(steps: Sequence[RightsStep]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    entries = holdings().register.tables
    for step in steps:
        name = step.holder.partition(":")[2]
        for table, fates in step.counts.items():
            row = rows.setdefault(table, {
                "plugin": entries[table].plugin if table in entries else "", "table": table,
                "deleted": 0, "unlinked": 0, "kept": 0, "kept_until": None, "reason": None,
            })  # fmt: skip
            for fate, number in fates.items():
                row[fate] = row.get(fate, 0) + number
        if step.reason and name in rows:
            rows[name] |= {"kept_until": step.kept_until, "reason": step.reason}
    return list(rows.values())
