# SPDX-License-Identifier: MIT
"""Before anything is done: what an erasure would do, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from upart.db import everywhere
from upart.rights.engine.fates import FILES, Fate
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import Condition, DataSubject, Finder

FATES = ("deleted", "unlinked", "kept")
EMPTIED = "emptied"
"""Of rows that stay as they are, where only a part is erased."""


def plan_in_numbers(held: Holdings, subjects: list[DataSubject], only: Selection | None = None) -> list[dict[str, Any]]:
    """Rows that go, are unlinked, stay, per table; why and until when. Tables without rows are left out.

    The subjects are one human: what is about them in two ways is counted once. `only`: count what erasing a part would do.
    """
    rows: dict[str, dict[str, Any]] = {}
    finders = [Finder(held, subject) for subject in subjects]
    with everywhere("count what an erasure would do") as opened:
        for n, finder in enumerate(finders):
            for entry in finder.tables():
                fate, before = Fate(finder, entry, only), [match.where for other in finders[:n] for match in other.matches(entry)]
                counts = fate.count(opened, sa.not_(sa.func.coalesce(sa.or_(*before), sa.false())) if before else sa.true())
                if entry.table == FILES:
                    counts["deleted"] = opened.scalar(sa.select(sa.func.count()).select_from(fate.table).where(_files(finder, fate, only)))
                fates = [fate for fate in (*FATES, EMPTIED) if fate in counts]
                if any(counts[fate] for fate in fates):
                    row = rows.setdefault(entry.table, {"plugin": entry.plugin, "table": entry.table, "kept_until": None, "reason": None})
                    rows[entry.table] = {**row, **counts, **{fate: row.get(fate, 0) + counts[fate] for fate in fates}}
    return list(rows.values())


def _files(finder: Finder, fate: Fate, only: Selection | None) -> Condition:
    """Files that go: those about the subject, those that rows link to which go or are emptied of them, and renditions of all these."""
    file = fate.table
    going = sa.or_(fate.deleted(), *(file.c.id.in_(linked) for linked in _linked(finder, only)))
    return sa.or_(going, file.c.derived_from.in_(sa.select(file.c.id).where(going).correlate(None)))


def _linked(finder: Finder, only: Selection | None) -> Iterator[sa.Select[Any]]:
    for entry in finder.tables():
        if names := [column.name for column, d in entry.declared() if d.kind == "file"]:
            fate = Fate(finder, entry, only)
            yield from (sa.select(fate.table.c[name]).where(fate.deleted()) for name in names)
            for change in fate.changes():
                yield from (sa.select(fate.table.c[name]).where(change.where, where) for name, where in change.files.items())
