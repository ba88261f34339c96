# SPDX-License-Identifier: MIT
"""What closing the academy would do, in numbers, and how far it has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from upart.accounts.models import Person
from upart.context import context
from upart.db import everywhere, session
from upart.privacy.register import TableEntry
from upart.rights import naming
from upart.rights.engine.emptying import Emptier
from upart.rights.engine.holdings import holdings
from upart.rights.models import RightsRequest
from upart.rights.parts import CORE, by_part
from upart.rights.states import ENDED
from upart.storage.models import File
from upart.theming import wording
from upart.theming.locales import gettext as _


@dataclass(frozen=True, slots=True)
class PartGoes:
    """How many lines of one part of the portal go."""

    title: str
    lines: int


@dataclass(frozen=True, slots=True)
class LawKeeps:
    """Lines that a law keeps, why and, if it can be told, until when the last of them."""

    title: str
    lines: int
    why: str
    until: date | None


@dataclass(frozen=True, slots=True)
class ClosingPlan:
    """All that would happen. `lines` and `kept` are sums."""

    people: int
    files: int
    lines: int
    kept: int
    goes: tuple[PartGoes, ...]
    stays: tuple[LawKeeps, ...]


def closing_plan() -> ClosingPlan:
    """Count all that this academy holds, people and all."""
    emptier, counted = Emptier(holdings(), context.academy.id, lambda opened, counts: None), dict[str, dict[str, Any]]()
    with everywhere("count what goes when an academy closes") as opened:
        for entry in emptier.tables():
            counts = emptier.count(opened, entry)
            if counts["deleted"] or counts["kept"]:
                counted[entry.table] = counts
    entries = [emptier.held.entry(table) for table in counted]
    own = [entry for entry in entries if entry.plugin == CORE and entry.processing is None]
    goes = [PartGoes(part.title, _lines(found, counted)) for part, found in by_part(entry for entry in entries if entry not in own)]
    goes.append(PartGoes(_("Settings and roles"), _lines(own, counted)))
    lines = sum(one.lines for one in goes)
    stays = tuple(_stays(entry, counted[entry.table]) for entry in entries if counted[entry.table]["kept"])
    people, files = (counted.get(model.__tablename__, {}).get("deleted", 0) for model in (Person, File))
    return ClosingPlan(people, files, lines, sum(one.lines for one in stays), tuple(one for one in goes if one.lines), stays)


def _lines(entries: Iterable[TableEntry], counted: dict[str, dict[str, Any]]) -> int:
    return sum(counted[entry.table]["deleted"] for entry in entries)


def _stays(entry: TableEntry, counts: dict[str, Any]) -> LawKeeps:
    why = wording.law(counts["reason"]) if counts["reason"] else _("What a law keeps cannot be without it")
    return LawKeeps(_(entry.title), counts["kept"], why, counts["kept_until"])


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that has not ended yet."""

    id: UUID
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Who is still here while an academy closes, and what is still to be done."""

    people: int
    states: tuple[tuple[str, int], ...]
    requests: tuple[OpenRequest, ...]


SHOWN = 20
"""Requests that are named; of the others there is a number."""


def still_open() -> StillOpen:
    """What is left to be done before nobody is here any more, the oldest request first."""
    people = session.scalar(select(func.count()).select_from(Person)) or 0
    found = session.execute(
        select(RightsRequest.id, RightsRequest.kind, RightsRequest.state).where(RightsRequest.state.not_in(ENDED)).order_by(RightsRequest.id)
    )
    rows = [OpenRequest(row.id, _(naming.KINDS[row.kind]), _(naming.STATES[row.state][0])) for row in found]
    return StillOpen(people, tuple(Counter(one.state for one in rows).items()), tuple(rows[:SHOWN]))
