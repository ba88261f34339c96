# SPDX-License-Identifier: MIT
"""Carry out an erasure, table by table, in short transactions that can end anywhere and be taken up again (GDPR art. 17)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.db import everywhere
from upart.errors import UpartError
from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.engine.fates import FILES, Change, Fate, some_ids
from upart.rights.engine.holdings import Link
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import Finder
from upart.storage.removing import note_removal

HANGING = 5000
"""Rows that hang on those of a batch, taken at a time."""

Counts = dict[str, Counter[str]]
"""Rows per table and fate: {"courses_enrolment": Counter(deleted=3)}."""

LONGEST = 0.05
"""Seconds that one batch may hold the write lock: others write too (5-quality, 5.2, row 10)."""

AIM = 0.6 * LONGEST
"""Seconds at which a batch aims."""

FIRST, LEAST, MOST = 200, 20, 20_000
"""Rows of a batch: the first one, and how far its size follows the measured time."""


class StillKept(UpartError):
    """A row that a law keeps would go with another: then neither goes."""


class Eraser:
    """Erases one subject, or `only` a part; `note` stores the counts of a batch in the batch's own transaction."""

    def __init__(self, finder: Finder, note: Callable[[Session, Counts], None], only: Selection | None = None) -> None:
        self.finder, self.held, self.note, self.only = finder, finder.held, note, only
        self.size = FIRST

    def erase(self, entry: TableEntry) -> None:
        """Do to the rows of one table what is declared. Safe to repeat."""
        fate = Fate(self.finder, entry, self.only)
        if fate.is_person and fate.whole:
            self._batches(lambda opened, size: self._take_away(opened, fate, size))
            return
        for change in fate.changes():
            self._batches(lambda opened, size, change=change: self._change(opened, entry, change, size))  # type: ignore[misc]
        delete = self._delete if self._is_linked(entry) else self._delete_at_once
        self._batches(lambda opened, size: delete(opened, fate, size))

    def _is_linked(self, entry: TableEntry) -> bool:
        """May other rows point at rows of this table, or these at files? Then ids must be known before a batch."""
        files = any(d.kind == "file" for _, d in entry.declared())
        return files or entry.table == FILES or bool(self.held.links[entry.table]) or any(self._points_at(entry, link) for link in self.held.links[""])

    def _points_at(self, entry: TableEntry, link: Link) -> bool:
        table = self.held.tables[link.table]
        with everywhere("does a polymorphic link point at this table?") as opened:
            return opened.scalar(sa.select(sa.literal(1)).select_from(table).where(table.c[link.type_column] == entry.table).limit(1)) is not None

    def _batches(self, work: Callable[[Session, int], tuple[int, Counts]]) -> None:
        more = True
        while more:
            begun, size = time.monotonic(), self.size
            with everywhere("erase a batch of somebody's rows", write=True) as opened:
                done, counts = work(opened, size)
                if counts:
                    self.note(opened, counts)
            more = done >= size
            fitting = int(size * AIM / max(time.monotonic() - begun, 0.001))
            self.size = max(LEAST, min(MOST, fitting, size * 2))

    def _change(self, opened: Session, entry: TableEntry, change: Change, size: int) -> tuple[int, Counts]:
        table = self.held.tables[entry.table]
        where = sa.and_(change.where, change.left)
        if not change.files:
            some = sa.select(table.c.id).where(where).limit(size)
            done = rows_of(opened.execute(sa.update(table).where(table.c.id.in_(some)).values(dict(change.values))))
            return done, _counted(entry, change, done)
        ids = some_ids(opened, table, where, size)
        if not ids:
            return 0, {}
        files = self._files(opened, entry, ids, change.files)
        opened.execute(sa.update(table).where(table.c.id.in_(ids)).values(dict(change.values)))
        counts = _counted(entry, change, len(ids))
        self._drop_files(opened, files, counts)
        return len(ids), counts

    def _delete(self, opened: Session, fate: Fate, size: int) -> tuple[int, Counts]:
        ids = some_ids(opened, fate.table, fate.deleted(), size)
        counts: Counts = {}
        self.remove(opened, fate.entry, ids, counts)
        return len(ids), counts

    def _take_away(self, opened: Session, fate: Fate, size: int) -> tuple[int, Counts]:
        """Delete the row of the person, from here on locked against new links, and before it what others have written about them meanwhile."""
        opened.execute(sa.select(fate.table.c.id).where(fate.deleted()).with_for_update())
        late: Counts = {}
        for entry in (entry for entry in self.finder.tables() if entry.table not in PEOPLE):
            other = Fate(self.finder, entry)
            for change in other.changes():
                _add(late, self._change(opened, entry, change, HANGING)[1])
            _add(late, self._delete(opened, other, HANGING)[1])
        done, counts = self._delete(opened, fate, size)
        _add(counts, late)
        return done, counts

    def _delete_at_once(self, opened: Session, fate: Fate, size: int) -> tuple[int, Counts]:
        some = sa.select(fate.table.c.id).where(fate.deleted()).limit(size)
        done = rows_of(opened.execute(sa.delete(fate.table).where(fate.table.c.id.in_(some))))
        return done, {fate.entry.table: Counter(deleted=done)} if done else {}

    def remove(self, opened: Session, entry: TableEntry, ids: Sequence[UUID], counts: Counts) -> None:
        """Delete rows, what cannot be without them, and their files; cut the links of what can."""
        if not ids:
            return
        for link in (*self.held.links[entry.table], *self.held.links[""]):
            self._let_go(opened, entry, link, ids, counts)
        table = self.held.tables[entry.table]
        files = self._files(opened, entry, ids, None)
        if entry.table == FILES:
            note_removal(opened, ids)
        counts.setdefault(entry.table, Counter())["deleted"] += rows_of(opened.execute(sa.delete(table).where(table.c.id.in_(ids))))
        self._drop_files(opened, files, counts)

    def _let_go(self, opened: Session, entry: TableEntry, link: Link, ids: Sequence[UUID], counts: Counts) -> None:
        other, table = self.held.entry(link.table), self.held.tables[link.table]
        where: sa.ColumnElement[bool] = table.c[link.column].in_(ids)
        if link.kind == "any_link":
            where = sa.and_(where, table.c[link.type_column] == entry.table)
        if link.nullable and not link.follows:
            opened.execute(sa.update(table).where(where).values({link.column: None}))
        elif link.kind != "any_link":
            if _is_kept(other) and some_ids(opened, table, where, 1):
                said = f"Rows of {link.table} are kept by a law and cannot be without those of {entry.table} that they link to."
                raise StillKept(said, remedy=f"Let {link.table}.{link.column} be empty: Mapped[UUID | None].")
            while hanging := some_ids(opened, table, where, HANGING):
                self.remove(opened, other, hanging, counts)

    def _files(self, opened: Session, entry: TableEntry, ids: Sequence[UUID], only: Mapping[str, sa.ColumnElement[bool]] | None) -> list[UUID]:
        """The files that these rows link to, by all columns or by some of some rows."""
        table = self.held.tables[entry.table]
        columns = (
            [table.c[c.name] for c, d in entry.declared() if d.kind == "file"]
            if only is None
            else [sa.case((where, table.c[name])) for name, where in only.items()]
        )
        if not columns:
            return []
        rows = opened.execute(sa.select(*columns).where(table.c.id.in_(ids)))
        return [id for row in rows for id in row if id is not None]

    def _drop_files(self, opened: Session, ids: Sequence[UUID], counts: Counts) -> None:
        if ids:
            self.remove(opened, self.held.entry(FILES), list(dict.fromkeys(ids)), counts)


def _is_kept(entry: TableEntry) -> bool:
    """Do rows of this table stay by a law of their own, not only with rows above them?"""
    return any(d.on_erase is not None and d.on_erase.act == "keep" for _, d in entry.declared() if d.kind == "subject")


def _add(counts: Counts, more: Counts) -> None:
    for table, fates in more.items():
        counts[table] = counts.get(table, Counter()) + fates


def _counted(entry: TableEntry, change: Change, rows: int) -> Counts:
    """What a change has done; kept rows are counted beforehand, also those that stay as they are."""
    return {entry.table: Counter({change.kind: rows})} if rows and change.kind != "kept" else {}


def rows_of(result: Any) -> int:
    """How many rows a statement changed."""
    return int(result.rowcount)


def hide(opened: Session, finder: Finder) -> None:
    """Empty the person's own row of all that may be empty, so that nobody sees them from here on."""
    for entry in (entry for entry in finder.tables() if entry.table in PEOPLE):
        values = {c.name: d.blank if d.has_blank else None for c, d in entry.declared() if d.kind == "personal" and (d.has_blank or c.nullable)}
        values |= {c.name: None for c, d in entry.declared() if d.kind == "ref" and c.nullable}
        for match in finder.matches(entry):
            if values:
                opened.execute(sa.update(finder.held.tables[entry.table]).where(match.where).values(values))


def merge(into: dict[str, dict[str, int]], counts: Counts) -> dict[str, dict[str, int]]:
    """Stored counts with those of a batch added."""
    merged = {table: dict(fates) for table, fates in into.items()}
    for table, fates in counts.items():
        mine = merged.setdefault(table, {})
        for fate, number in fates.items():
            mine[fate] = mine.get(fate, 0) + number
    return merged
