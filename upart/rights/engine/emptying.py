# SPDX-License-Identifier: MIT
"""An academy that closes lets go of all that it holds, whatever tables that is in; only what a law keeps stays, with what it cannot be without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart import clock
from upart.privacy.laws import LAWS
from upart.privacy.register import TableEntry, policy_of
from upart.rights.engine.fates import FILES, date_of
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.removing import Counts, Note, Remover, rows_of
from upart.rights.engine.retaining import Periods
from upart.rights.engine.subjects import Condition
from upart.storage.removing import REMOVED


class Emptier(Remover):
    """Removes the rows of one academy, whose people have been erased before, each with all that is about them."""

    academy_id: UUID

    def __init__(self, held: Holdings, academy_id: UUID, note: Note) -> None:
        super().__init__(held, note, academy_id)
        self.periods = Periods(held, clock.now())
        self.condition = cache(self._condition)

    def tables(self) -> list[TableEntry]:
        """The academy's tables, each before those that its rows lead to. Not what notes which bytes must go: that ends with the bytes."""
        ordered: dict[str, TableEntry] = {}

        def visit(table: str, path: tuple[str, ...]) -> None:
            for link in self.held.links[table]:
                if link.table not in ordered and link.table not in (*path, table):
                    visit(link.table, (*path, table))
            ordered.setdefault(table, self.held.entry(table))

        for table in sorted(self.held.register.tables):
            visit(table, ())
        return [entry for entry in ordered.values() if entry.owned and entry.table != REMOVED.name]

    def is_due(self, opened: Session, entry: TableEntry) -> bool:
        """Is there anything to let go of in a table? Reads only."""
        table = self.held.tables[entry.table]
        return opened.scalar(sa.select(sa.literal(1)).select_from(table).where(self.condition(entry.table)).limit(1)) is not None

    def empty(self, entry: TableEntry) -> None:
        """Let go of the rows of one table that no law keeps. Safe to repeat."""
        take = self._take if self.is_linked(entry) else self._take_at_once
        self.batches(lambda opened, size: take(opened, entry, size))

    def left(self, opened: Session) -> Iterator[str]:
        """The tables in which there is something still."""
        for entry in (*self.tables(), self.held.entry(REMOVED.name)):
            table = self.held.tables[entry.table]
            if opened.scalar(sa.select(sa.literal(1)).select_from(table).where(table.c.academy_id == self.academy_id).limit(1)) is not None:
                yield entry.table

    def count(self, opened: Session, entry: TableEntry) -> dict[str, Any]:
        """How many rows would go now; how many stay, by which law and until when."""
        table, going = self.held.tables[entry.table], self.condition(entry.table)
        mine = sa.select(sa.func.count()).select_from(table).where(table.c.academy_id == self.academy_id)
        deleted = int(opened.scalar(mine.where(going)) or 0)
        counts: dict[str, Any] = {"deleted": deleted, "kept": int(opened.scalar(mine) or 0) - deleted, "reason": "", "kept_until": None}
        if counts["kept"] and (law := self._law(entry, frozenset())):
            dated = sa.select(sa.func.max(date_of(entry, table))).select_from(table).where(table.c.academy_id == self.academy_id, sa.not_(going))
            latest = opened.scalar(dated) if self._own_laws(entry) else None
            counts |= {"reason": law, "kept_until": LAWS[law].free_on(latest) if law in LAWS and latest is not None else None}
        return counts

    def _condition(self, table: str) -> Condition:
        """The academy's rows that go."""
        entry, rows = self.held.entry(table), self.held.tables[table]
        staying = [*self.periods.staying(entry), *(self._printed() if table == FILES else ())]
        return sa.and_(rows.c.academy_id == self.academy_id, *(sa.func.coalesce(where, sa.false()).is_(sa.false()) for where in staying))

    def _printed(self) -> Iterator[Condition]:
        """Files of rows that a law keeps: an issued document stays whole."""
        for link in self.held.links[FILES]:
            if link.kind == "file" and (under := self.periods.under_law(self.held.entry(link.table))) is not None:
                column = self.held.tables[link.table].c[link.column]
                yield self.held.tables[FILES].c.id.in_(sa.select(column).where(under, column.is_not(None)).correlate(None))

    def _own_laws(self, entry: TableEntry) -> list[str]:
        found = [policy_of(entry, path.via, self.held.register.tables) for path in entry.subjects]
        found += [d.on_erase for _column, d in entry.declared() if d.on_erase is not None]
        return sorted({policy.law for policy in found if policy.act == "keep"})

    def _law(self, entry: TableEntry, seen: frozenset[str]) -> str:
        """The law that keeps rows of a table, or those that cannot be without them."""
        if own := self._own_laws(entry):
            return own[0]
        further = (self.held.entry(link.table) for link in self.held.links[entry.table] if link.table not in {*seen, entry.table})
        return next(filter(None, (self._law(other, seen | {entry.table}) for other in further)), "")

    def _take(self, opened: Session, entry: TableEntry, size: int) -> tuple[int, Counts]:
        table, counts = self.held.tables[entry.table], Counts()
        ids = list(opened.scalars(sa.select(table.c.id).where(self.condition(entry.table)).limit(size)))
        self.remove(opened, entry, ids, counts)
        return len(ids), counts

    def _take_at_once(self, opened: Session, entry: TableEntry, size: int) -> tuple[int, Counts]:
        table = self.held.tables[entry.table]
        some = sa.select(table.c.id).where(self.condition(entry.table)).limit(size)
        done = rows_of(opened.execute(sa.delete(table).where(self.among(entry, "id", some))))
        return done, {entry.table: Counter(deleted=done)} if done else {}

    def drop_files(self, opened: Session, ids: Any, counts: Counts) -> None:
        """Files have their own turn, the last: other rows may link to them, and a law may keep those."""
