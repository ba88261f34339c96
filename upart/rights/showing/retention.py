# SPDX-License-Identifier: MIT
"""What goes when, as staff see it: each table's period, what goes next, what is older and stays, and what went lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart import clock
from upart.context import CurrentAcademy
from upart.db import everywhere, session
from upart.hooks.agreed import as_agreed
from upart.jobs.schedules import next_of
from upart.policy import wording as terms
from upart.privacy.register import TableEntry, policy_of
from upart.rights.actions.retaining import RETAIN, SPARES
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.engine.retaining import Periods
from upart.rights.engine.subjects import Condition
from upart.rights.models import RetentionRun
from upart.theming import wording
from upart.theming.locales import gettext as _

SHOWN = 14
"""Runs that are shown."""

LATE = timedelta(hours=2)
"""After which somebody should look why nobody works."""


@dataclass(frozen=True, slots=True)
class Line:
    """One table: what it is, what for, when its lines go; how many go next; how many are older and stay, for a law or for other reasons."""

    table: str
    title: str
    owner: str
    purpose: str
    period: str
    sooner: tuple[str, ...]
    laws: tuple[str, ...]
    going: int
    by_law: int
    spared: int


@dataclass(frozen=True, slots=True)
class Run:
    """One night in which something went: by table the lines that were deleted, and those of which something was emptied."""

    at: datetime
    went: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """When it is looked next; `late`: that time is over, so nobody works; `failed`: it could not be done."""

    next: datetime | None
    late: bool
    failed: bool


def lines(academy: CurrentAcademy) -> list[Line]:
    """What this controller keeps, by owner and title. Counts lines of all, also of restricted people: numbers only."""
    now = clock.now()
    with everywhere("count what is kept for how long") as opened:
        held = as_agreed(holdings(), opened, academy.id)
        bare, full = Periods(held, now), Periods(held, now, SPARES)
        counting = _Counting(opened, academy)
        found = [_line(held, entry, bare, full, counting) for entry in held.register.tables.values() if _concerns(entry, academy, counting, held)]
    return sorted(found, key=lambda line: (line.owner != "core", line.owner, line.title))


@dataclass(frozen=True, slots=True)
class _Counting:
    opened: Session
    academy: CurrentAcademy

    def rows(self, held: Holdings, entry: TableEntry, where: Condition | None) -> int:
        """Lines of this controller for which a condition is true; none for None."""
        if where is None:
            return 0
        table = held.tables[entry.table]
        mine = [table.c.academy_id == self.academy.id] if entry.owned else []
        return self.opened.scalar(sa.select(sa.func.count()).select_from(table).where(*mine, where)) or 0


def _concerns(entry: TableEntry, academy: CurrentAcademy, counting: _Counting, held: Holdings) -> bool:
    """Does this controller keep such lines, or could it? Tables of plugins that are off concern it while they hold some."""
    if not (entry.is_personal or entry.subjects) or entry.processing is None or not (entry.owned or academy.is_platform):
        return False
    return entry.plugin == "core" or entry.plugin in academy.plugins or counting.rows(held, entry, sa.true()) > 0


def _line(held: Holdings, entry: TableEntry, bare: Periods, full: Periods, counting: _Counting) -> Line:
    made = entry.processing
    assert made is not None
    over, law = bare.over(entry), bare.under_law(entry)
    going = counting.rows(held, entry, full.ended(entry).rows)
    by_law = counting.rows(held, entry, sa.and_(over, law)) if over is not None and law is not None else 0
    tables = held.register.tables
    laws = dict.fromkeys(policy.law for policy in (policy_of(entry, path.via, tables) for path in entry.subjects) if policy.law)
    sooner = tuple(
        _("%(column)s: emptied %(period)s", column=wording.column(column.name), period=terms.period(d.processing))
        for column, d in entry.declared()
        if d.processing is not None and d.processing.retain.is_counted and d.processing.retain != made.retain
    )
    return Line(
        entry.table, _(entry.title), entry.plugin, _(terms.purpose(made.purpose)), terms.period(made), sooner, tuple(terms.law(name) for name in laws),
        going, by_law, max(0, counting.rows(held, entry, over) - going - by_law),
    )  # fmt: skip


def runs() -> Sequence[Run]:
    """The last nights in which something of this academy went, newest first."""
    nights = session.scalars(sa.select(RetentionRun.at).distinct().order_by(RetentionRun.at.desc()).limit(SHOWN)).all()
    tables, rows = holdings().register.tables, session.scalars(sa.select(RetentionRun).where(RetentionRun.at.in_(nights)).order_by(RetentionRun.table)).all()
    named = {row.table: _(tables[row.table].title) if row.table in tables else terms.table(row.table) for row in rows}
    return [Run(at, tuple((named[row.table], row.deleted, row.emptied) for row in rows if row.at == at)) for at in nights]


def timing() -> Clock:
    """When it is looked next, for all academies at once."""
    due = next_of(RETAIN)
    return Clock(due.at, due.at + LATE < clock.now(), due.failed) if due is not None else Clock(None, late=True, failed=False)
