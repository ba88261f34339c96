# SPDX-License-Identifier: MIT
"""Rows go, in batches that hold the write lock shortly, with what cannot be without them and with their files: because somebody leaves, or a period is over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.db import everywhere
from upart.errors import UpartError
from upart.privacy.register import TableEntry
from upart.rights.engine.fates import FILES, some_ids
from upart.rights.engine.holdings import Holdings, Link
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


Note = Callable[[Session, Counts], None]


class Remover:
    """Removes rows of any table; `note` stores the counts of a batch in the batch's own transaction.

    `academy_id`: whose rows they are. It adds nothing to what is removed, but all keys begin with it: without it
    each statement would read whole tables.
    """

    def __init__(self, held: Holdings, note: Note, academy_id: UUID | None = None) -> None:
        self.held, self.note, self.academy_id = held, note, academy_id
        self.size = FIRST

    def is_linked(self, entry: TableEntry) -> bool:
        """May other rows point at rows of this table, or these at files? Then ids must be known before a batch."""
        files = any(d.kind == "file" for _, d in entry.declared())
        return files or entry.table == FILES or bool(self.held.links[entry.table]) or any(self._points_at(entry, link) for link in self.held.links[""])

    def _points_at(self, entry: TableEntry, link: Link) -> bool:
        table = self.held.tables[link.table]
        with self.door("does a polymorphic link point at this table?") as opened:
            return opened.scalar(sa.select(sa.literal(1)).select_from(table).where(table.c[link.type_column] == entry.table).limit(1)) is not None

    def door(self, reason: str, *, write: bool = False) -> AbstractContextManager[Session]:
        """What is asked and done goes through doors of its own."""
        return everywhere(reason, write=write)

    def batches(self, work: Callable[[Session, int], tuple[int, Counts]]) -> None:
        """Do `work` with so many rows at a time, each in a transaction of its own, until fewer are left."""
        more = True
        while more:
            begun, size = time.monotonic(), self.size
            with self.door("let go of a batch of rows", write=True) as opened:
                done, counts = work(opened, size)
                if counts:
                    self.note(opened, counts)
            more = done >= size
            fitting = int(size * AIM / max(time.monotonic() - begun, 0.001))
            self.size = max(LEAST, min(MOST, fitting, size * 2))

    def among(self, entry: TableEntry, column: str, ids: Any) -> sa.ColumnElement[bool]:
        """True for the rows of a table in which a column is one of these ids."""
        table = self.held.tables[entry.table]
        where = table.c[column].in_(ids)
        return sa.and_(table.c.academy_id == self.academy_id, where) if self.academy_id is not None and entry.owned else where

    def remove(self, opened: Session, entry: TableEntry, ids: Sequence[UUID], counts: Counts) -> None:
        """Delete rows, what cannot be without them, and their files; cut the links of what can."""
        if not ids:
            return
        for link in (*self.held.links[entry.table], *self.held.links[""]):
            self._let_go(opened, entry, link, ids, counts)
        table = self.held.tables[entry.table]
        files = self.files_of(opened, entry, ids, None)
        if entry.table == FILES:
            note_removal(opened, ids)
        counts.setdefault(entry.table, Counter())["deleted"] += rows_of(opened.execute(sa.delete(table).where(self.among(entry, "id", ids))))
        self.drop_files(opened, files, counts)

    def _let_go(self, opened: Session, entry: TableEntry, link: Link, ids: Sequence[UUID], counts: Counts) -> None:
        other, table = self.held.entry(link.table), self.held.tables[link.table]
        where = self.among(other, link.column, ids)
        if link.kind == "any_link":
            where = sa.and_(where, table.c[link.type_column] == entry.table)
        if link.nullable and not link.follows:
            opened.execute(sa.update(table).where(where).values({link.column: None}))
        elif link.kind != "any_link":
            if is_kept(other) and some_ids(opened, table, where, 1):
                said = f"Rows of {link.table} are kept by a law and cannot be without those of {entry.table} that they link to."
                raise StillKept(said, remedy=f"Let {link.table}.{link.column} be empty: Mapped[UUID | None].")
            while hanging := some_ids(opened, table, where, HANGING):
                self.remove(opened, other, hanging, counts)

    def files_of(self, opened: Session, entry: TableEntry, ids: Sequence[UUID], only: Mapping[str, sa.ColumnElement[bool]] | None) -> list[UUID]:
        """The files that these rows link to, by all columns or by some of some rows."""
        table = self.held.tables[entry.table]
        columns = (
            [table.c[c.name] for c, d in entry.declared() if d.kind == "file"]
            if only is None
            else [sa.case((where, table.c[name])) for name, where in only.items()]
        )
        if not columns:
            return []
        rows = opened.execute(sa.select(*columns).where(self.among(entry, "id", ids)))
        return [id for row in rows for id in row if id is not None]

    def drop_files(self, opened: Session, ids: Sequence[UUID], counts: Counts) -> None:
        """Files go with the rows that linked to them."""
        if ids:
            self.remove(opened, self.held.entry(FILES), list(dict.fromkeys(ids)), counts)


def is_kept(entry: TableEntry) -> bool:
    """Do rows of this table stay by a law of their own, not only with rows above them?"""
    return any(d.on_erase is not None and d.on_erase.act == "keep" for _, d in entry.declared() if d.kind == "subject")


def rows_of(result: Any) -> int:
    """How many rows a statement changed."""
    return int(result.rowcount)
