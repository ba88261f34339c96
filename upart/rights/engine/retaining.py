# SPDX-License-Identifier: MIT
"""What has been kept long enough goes: rows and columns whose declared period is over, and documents that no law keeps any longer (GDPR art. 5(1)(e))."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.privacy.periods import newest_ended
from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry, policy_of
from upart.privacy.words import Declaration, Period
from upart.rights.engine.fates import FILES, blank_of, date_of, dated_expired, is_full, is_needed, negated
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.removing import Counts, Note, Remover, rows_of
from upart.rights.engine.subjects import Condition

Spare = Callable[[Holdings, TableEntry], Condition | None]
"""Says which rows of a table must not go yet, whatever their period; None: none of them."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What of a table has been kept long enough: whole rows, and by column those that are emptied of it."""

    rows: Condition | None
    columns: dict[str, Condition]

    @property
    def either(self) -> Condition:
        """Rows to which something is to be done."""
        return sa.or_(sa.false(), *([self.rows] if self.rows is not None else []), *self.columns.values())

    @property
    def is_possible(self) -> bool:
        """Can anything of the table ever be kept long enough?"""
        return self.rows is not None or bool(self.columns)


class Periods:
    """Finds what has been kept long enough at an instant; `spares` say what stays all the same."""

    def __init__(self, held: Holdings, now: datetime, spares: Sequence[Spare] = ()) -> None:
        self.held, self.now, self.spares = held, now, spares

    @cached_property
    def tables(self) -> list[tuple[TableEntry, Ended]]:
        """The tables in which time ends something; never people themselves, who are not over."""
        found = ((entry, self.ended(entry)) for entry in self.held.register.tables.values() if entry.table not in PEOPLE)
        return [(entry, ended) for entry, ended in found if ended.is_possible]

    def ended(self, entry: TableEntry) -> Ended:
        """What of one table has been kept long enough."""
        going = [self._over(entry, entry.processing.retain, entry.processing.after)] if entry.processing and entry.processing.retain.is_counted else []
        going += [self._forgotten(entry)] if self._laws(entry) else []
        stays = self.staying(entry) if going else []
        rows = sa.and_(sa.or_(*going), negated(sa.or_(sa.false(), *stays))) if going else None
        return Ended(rows, {column.name: self._emptied(entry, column, d, retain, after) for column, d, retain, after in _of_columns(entry)})

    def over(self, entry: TableEntry) -> Condition | None:
        """Rows whose period is over, whatever keeps them all the same; None where no time ends any."""
        made = entry.processing
        return self._over(entry, made.retain, made.after) if made is not None and made.retain.is_counted and entry.table not in PEOPLE else None

    def _over(self, entry: TableEntry, retain: Period, after: str) -> Condition:
        """The period is over, counted from `after`; where that is empty, from when the row was made."""
        table, edge = self.held.tables[entry.table], newest_ended(self.now, months=retain.months, days=retain.days)
        if not after:
            return self._born(entry, edge)
        column = table.c[after]
        before: Any = edge.date() if isinstance(column.type, sa.Date) else edge
        return sa.or_(column < before, sa.and_(column.is_(None), self._born(entry, edge)))

    def _born(self, entry: TableEntry, edge: datetime) -> Condition:
        """Made before this instant; a table that does not say it has it in its keys, which are UUIDv7 (RFC 9562, 5.7)."""
        table = self.held.tables[entry.table]
        if any(column.name == "created_at" for column in entry.columns):
            return table.c.created_at < edge
        return table.c.id < UUID(int=int(edge.timestamp() * 1000) << 80)

    def _laws(self, entry: TableEntry) -> list[str]:
        """The row's own links to people for whom a law keeps it."""
        return [column.name for column, d in entry.declared() if d.kind == "subject" and d.on_erase is not None and d.on_erase.act == "keep"]

    def _forgotten(self, entry: TableEntry) -> Condition:
        """A document names nobody any more for whom it was kept: they were erased, and only the law kept it."""
        return sa.and_(*(self.held.tables[entry.table].c[name].is_(None) for name in self._laws(entry)))

    def staying(self, entry: TableEntry, seen: frozenset[str] = frozenset()) -> list[Condition]:
        """Rows that must not go: kept by a law, spared, or with others that must not go and cannot be without them."""
        table = self.held.tables[entry.table]
        found = [self.under_law(entry), *(spare(self.held, entry) for spare in self.spares)]
        for link in self.held.links[entry.table]:
            if link.table not in seen and link.table != entry.table and (link.follows or not link.nullable):
                other = self.held.tables[link.table]
                for where in self.staying(self.held.entry(link.table), seen | {entry.table}):
                    found.append(table.c.id.in_(sa.select(other.c[link.column]).where(where).correlate(None)))
        return [one for one in found if one is not None]

    def under_law(self, entry: TableEntry) -> Condition | None:
        """Rows that a law keeps still, for one of their people, or because of the row above them; None: no law keeps any."""
        table, found = self.held.tables[entry.table], list[Condition]()
        for path in entry.subjects:
            step, _, rest = path.via.partition(".")
            if policy_of(entry, path.via, self.held.register.tables).act != "keep":
                continue
            if rest and not any(through.path == path.via for through in entry.through):
                above = next(d.source for column, d in entry.declared() if column.name == step)
                if (where := self.under_law(self.held.entry(above))) is not None:
                    found.append(table.c[step].in_(sa.select(self.held.tables[above].c.id).where(where).correlate(None)))
        own = {policy.law for policy in _policies(entry) if policy.act == "keep"}
        found += [negated(dated_expired(date_of(entry, table), law, self.now)) for law in sorted(own)]
        return sa.or_(*found) if found else None

    def _emptied(self, entry: TableEntry, column: ColumnEntry, d: Declaration, retain: Period, after: str) -> Condition:
        """A column whose own period is over is emptied, unless a law needs it."""
        stays = [spare(self.held, entry) for spare in self.spares]
        if any(policy.act == "keep" and is_needed(policy, d) for policy in _policies(entry)):
            stays.append(self.under_law(entry))
        spared = sa.or_(sa.false(), *(one for one in stays if one is not None))
        return sa.and_(self._over(entry, retain, after), is_full(entry, self.held.tables[entry.table].c[column.name]), negated(spared))


def _policies(entry: TableEntry) -> list[Any]:
    """What erasure does to rows of this table, for those whom they name themselves."""
    return [d.on_erase for _, d in entry.declared() if d.on_erase is not None] + [through.on_erase for through in entry.through]


def _of_columns(entry: TableEntry) -> Iterator[tuple[ColumnEntry, Declaration, Period, str]]:
    """Columns with a period of their own, shorter than the table's: declared for them, or that of a sealed body."""
    after = entry.processing.after if entry.processing else ""
    for column, d in entry.declared():
        if d.processing is not None and d.processing.retain.is_counted:
            yield column, d, d.processing.retain, d.processing.after or after
        elif d.kind == "sealed" and d.days:
            yield column, d, Period(days=d.days), after


class Retainer(Remover):
    """Lets go of what one controller has kept long enough: an academy, or (None) the platform with its own tables."""

    def __init__(self, periods: Periods, academy_id: UUID | None, note: Note) -> None:
        super().__init__(periods.held, note, academy_id)
        self.periods = periods

    def tables(self) -> list[TableEntry]:
        """Tables of this controller in which time ends something."""
        return [entry for entry, _ in self.periods.tables if entry.owned is (self.academy_id is not None)]

    def is_due(self, opened: Session, entry: TableEntry) -> bool:
        """Is there anything to do in a table? Reads only."""
        table = self.held.tables[entry.table]
        return opened.scalar(sa.select(sa.literal(1)).select_from(table).where(self._inside(entry, self._ended(entry).either)).limit(1)) is not None

    def retain(self, entry: TableEntry) -> None:
        """Do to the rows of one table what time has done. Safe to repeat. Raises StillKept when a row that a law keeps would go with another."""
        ended = self._ended(entry)
        for name, where in ended.columns.items():
            self.batches(lambda opened, size, name=name, where=where: self._empty(opened, entry, name, where, size))  # type: ignore[misc]
        if (rows := ended.rows) is not None:
            delete = self._delete if self.is_linked(entry) else self._delete_at_once
            self.batches(lambda opened, size: delete(opened, entry, rows, size))

    def _ended(self, entry: TableEntry) -> Ended:
        return next(ended for other, ended in self.periods.tables if other is entry)

    def _inside(self, entry: TableEntry, where: Condition) -> Condition:
        return sa.and_(self.held.tables[entry.table].c.academy_id == self.academy_id, where) if entry.owned else where

    def _empty(self, opened: Session, entry: TableEntry, name: str, where: Condition, size: int) -> tuple[int, Counts]:
        table = self.held.tables[entry.table]
        some = sa.select(table.c.id).where(self._inside(entry, where)).limit(size)
        done = rows_of(opened.execute(sa.update(table).where(self.among(entry, "id", some)).values({name: blank_of(entry, table.c[name])})))
        return done, {entry.table: Counter(emptied=done)} if done else {}

    def _delete(self, opened: Session, entry: TableEntry, where: Condition, size: int) -> tuple[int, Counts]:
        table, counts = self.held.tables[entry.table], Counts()
        ids = list(opened.scalars(sa.select(table.c.id).where(self._inside(entry, where)).limit(size)))
        self.remove(opened, entry, ids, counts)
        return len(ids), counts

    def _delete_at_once(self, opened: Session, entry: TableEntry, where: Condition, size: int) -> tuple[int, Counts]:
        table = self.held.tables[entry.table]
        some = sa.select(table.c.id).where(self._inside(entry, where)).limit(size)
        done = rows_of(opened.execute(sa.delete(table).where(self.among(entry, "id", some))))
        return done, {entry.table: Counter(deleted=done)} if done else {}

    def drop_files(self, opened: Session, ids: Sequence[UUID], counts: Counts) -> None:
        """Files go with the rows that linked to them, unless other rows still do."""
        links = [link for link in self.held.links[FILES] if link.kind == "file"] if ids else []
        still = set[UUID]()
        for link in links:
            column = self.held.tables[link.table].c[link.column]
            still |= set(opened.scalars(sa.select(column).where(self.among(self.held.entry(link.table), link.column, ids))))
        super().drop_files(opened, [id for id in ids if id not in still], counts)
