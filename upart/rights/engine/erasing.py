# SPDX-License-Identifier: MIT
"""Carry out an erasure, table by table, in short transactions that can end anywhere and be taken up again (GDPR art. 17)."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.engine.fates import Change, Fate, some_ids
from upart.rights.engine.removing import HANGING, Counts, Note, Remover, rows_of
from upart.rights.engine.selecting import Selection
from upart.rights.engine.subjects import Finder


class Eraser(Remover):
    """Erases one subject, or `only` a part; `note` stores the counts of a batch in the batch's own transaction."""

    def __init__(self, finder: Finder, note: Note, only: Selection | None = None) -> None:
        super().__init__(finder.held, note, finder.subject.academy_id)
        self.finder, self.only = finder, only

    def erase(self, entry: TableEntry) -> None:
        """Do to the rows of one table what is declared. Safe to repeat."""
        fate = Fate(self.finder, entry, self.only)
        if fate.is_person and fate.whole:
            self.batches(lambda opened, size: self._take_away(opened, fate, size))
            return
        for change in fate.changes():
            self.batches(lambda opened, size, change=change: self._change(opened, entry, change, size))  # type: ignore[misc]
        delete = self._delete if self.is_linked(entry) else self._delete_at_once
        self.batches(lambda opened, size: delete(opened, fate, size))

    def _change(self, opened: Session, entry: TableEntry, change: Change, size: int) -> tuple[int, Counts]:
        table = self.held.tables[entry.table]
        where = sa.and_(change.where, change.left)
        if not change.files:
            some = sa.select(table.c.id).where(where).limit(size)
            done = rows_of(opened.execute(sa.update(table).where(self.among(entry, "id", some)).values(dict(change.values))))
            return done, _counted(entry, change, done)
        ids = some_ids(opened, table, where, size)
        if not ids:
            return 0, {}
        files = self.files_of(opened, entry, ids, change.files)
        opened.execute(sa.update(table).where(self.among(entry, "id", ids)).values(dict(change.values)))
        counts = _counted(entry, change, len(ids))
        self.drop_files(opened, files, counts)
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
        done = rows_of(opened.execute(sa.delete(fate.table).where(self.among(fate.entry, "id", some))))
        return done, {fate.entry.table: Counter(deleted=done)} if done else {}


def _add(counts: Counts, more: Counts) -> None:
    for table, fates in more.items():
        counts[table] = counts.get(table, Counter()) + fates


def _counted(entry: TableEntry, change: Change, rows: int) -> Counts:
    """What a change has done; kept rows are counted beforehand, also those that stay as they are."""
    return {entry.table: Counter({change.kind: rows})} if rows and change.kind != "kept" else {}


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
