# SPDX-License-Identifier: MIT
"""How many people a table tells of, by academy, category and country: numbers along the declared paths, never names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import TZPATH

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.accounts.models import Person
from upart.hooks.holdings import Holdings
from upart.privacy.register import PEOPLE, ColumnEntry, SubjectPath, TableEntry, category_of
from upart.privacy.words import Declaration

UNKNOWN = "unknown"
"""Country of somebody who has chosen no time zone that lies in one."""

Condition = sa.ColumnElement[bool]


@dataclass(slots=True)
class Counted:
    """What one academy has in a table: lines, people, people known by a digest alone; people by country, and by category and country."""

    academy_id: UUID | None
    rows: int = 0
    people: int = 0
    found_by: int = 0
    countries: dict[str, int] = field(default_factory=dict)
    categories: dict[str, dict[str, int]] = field(default_factory=dict)


class Counter:
    """Counts in one table, lines made before `until` (None: all that are there)."""

    def __init__(self, held: Holdings, entry: TableEntry, until: datetime | None = None) -> None:
        self.held, self.entry, self.until = held, entry, until

    def count(self, opened: Session) -> dict[UUID | None, Counted]:
        """By academy; None stands for the platform, of whose own table it is."""
        found: dict[UUID | None, Counted] = {}
        table = self.held.tables[self.entry.table]
        owner = self._owner(table)
        for id, number in opened.execute(sa.select(owner, sa.func.count()).select_from(table).where(self._made(table)).group_by(owner)):
            found[id] = Counted(id, rows=number)
        for id, country, number in self._people(opened, self.entry.subjects):
            found[id].people += number
            found[id].countries[country] = found[id].countries.get(country, 0) + number
        for id, number in self._digests(opened):
            found[id].found_by += number
        for category, columns in self._categories().items():
            for id, country, number in self._filled(opened, columns):
                by_country = found[id].categories.setdefault(category, {})
                by_country[country] = by_country.get(country, 0) + number
        return found

    def ids(self, opened: Session, academy_id: UUID | None, after: UUID | None, limit: int) -> list[UUID]:
        """Ids of people (of accounts, in a table of the platform's), in order, after one of them: whom to tell."""
        people = self._union([self._ends(path, None) for path in self.entry.subjects])
        if people is None:
            return []
        mine = sa.select(people.c.id).where(people.c.academy_id == academy_id if academy_id is not None else sa.true())
        mine = mine.where(people.c.id > after) if after is not None else mine
        return list(opened.connection().scalars(mine.order_by(people.c.id).limit(limit)))

    def _owner(self, table: Any) -> Any:
        return table.c.academy_id if self.entry.owned else sa.cast(sa.null(), sa.Uuid()).label("academy_id")

    def _made(self, table: Any) -> Condition:
        """Ids begin with the millisecond in which they were made (RFC 9562, 5.7)."""
        return sa.true() if self.until is None else table.c.id < UUID(int=(int(self.until.timestamp() * 1000) + 1) << 80)

    def _people(self, opened: Session, paths: Collection[SubjectPath]) -> Any:
        return self._by_country(opened, [self._ends(path, None) for path in paths])

    def _filled(self, opened: Session, columns: list[tuple[ColumnEntry, Declaration]]) -> Any:
        """People for whom some of these columns says something."""
        ends = [self._ends(path, column) for column, d in columns for path in self.entry.subjects if not d.about or path.role in d.about]
        return self._by_country(opened, ends)

    def _by_country(self, opened: Session, ends: list[sa.Select[Any]]) -> Any:
        people = self._union(ends)
        if people is None:
            return
        known = sa.select(people.c.academy_id, Person.zone, sa.func.count()).select_from(people)
        joined = known.outerjoin(Person, sa.and_(Person.id == people.c.id, Person.academy_id == people.c.academy_id))
        for id, zone, number in opened.connection().execute(joined.group_by(people.c.academy_id, Person.zone)):
            yield id, country_of(zone or ""), number

    def _union(self, ends: list[sa.Select[Any]]) -> sa.Subquery | None:
        """Each person once per academy, by whichever path a line tells of them."""
        if not ends:
            return None
        each = sa.union_all(*ends).subquery()  # a UNION of one SELECT is that SELECT, twins and all
        return sa.select(each.c.academy_id, each.c.id).distinct().subquery()

    def _ends(self, path: SubjectPath, filled: ColumnEntry | None) -> sa.Select[Any]:
        """Academy and person of each line, along one path; an account stands for the person that it has at the academy."""
        start: Any = self.held.tables[self.entry.table].alias()
        source, id, people = self._walk(start, path.via)
        where = sa.and_(self._made(start), id.is_not(None), _says(start, filled) if filled is not None else sa.true())
        if people == "account" and self.entry.owned:
            theirs = self.held.tables["person"].alias()
            source = source.outerjoin(theirs, sa.and_(theirs.c.account_id == id, theirs.c.academy_id == start.c.academy_id))
            id = sa.func.coalesce(theirs.c.id, id)
        return sa.select(self._owner(start).label("academy_id"), id.label("id")).select_from(source).where(where)

    def _walk(self, start: Any, via: str) -> tuple[Any, Any, str]:
        """The joins of a path, the column at its end, and the table of people to which that leads."""
        source, here, table, rest = start, self.entry, start, via
        while "." in rest:
            step, _dot, further = rest.partition(".")
            if any(through.path == rest for through in here.through):
                link = self.held.entry(step)
                back = next(column.name for column, d in link.declared() if d.kind == "ref" and d.source == here.table)
                beyond: Any = self.held.tables[step].alias()
                on = beyond.c[back] == table.c.id
            else:
                link = self.held.entry(_target(here, step))
                beyond = self.held.tables[link.table].alias()
                on = beyond.c.id == table.c[step]
            both = here.owned and link.owned
            source = source.join(beyond, sa.and_(on, beyond.c.academy_id == table.c.academy_id) if both else on)
            here, table, rest = link, beyond, further
        return source, table.c[rest], here.table if rest == "id" and here.table in PEOPLE else _target(here, rest)

    def _digests(self, opened: Session) -> Any:
        """Distinct digests in lines that lead to nobody by a link."""
        table: Any = self.held.tables[self.entry.table]
        direct = {path.via.partition(".")[0] for path in self.entry.subjects} & set(table.c.keys()) - {"id"}
        nobody = sa.and_(sa.true(), *(table.c[name].is_(None) for name in direct))
        if any(path.via == "id" for path in self.entry.subjects):
            return
        for column in (column for column, d in self.entry.declared() if d.kind == "found_by"):
            owner = self._owner(table)
            counted = sa.select(owner, sa.func.count(sa.distinct(table.c[column.name]))).select_from(table)
            yield from opened.connection().execute(counted.where(self._made(table), nobody, _says(table, column)).group_by(owner))

    def _categories(self) -> dict[str, list[tuple[ColumnEntry, Declaration]]]:
        found: dict[str, list[tuple[ColumnEntry, Declaration]]] = {}
        for column, d in self.entry.declared():
            for category in dict.fromkeys((*d.paths.values(), category_of(d, self.held.register))):
                if category:
                    found.setdefault(category, []).append((column, d))
        return found


def _target(entry: TableEntry, column: str) -> str:
    return next(d.source for one, d in entry.declared() if one.name == column)


def _says(table: Any, column: ColumnEntry) -> Condition:
    """Does the column hold something?"""
    there: Condition = table.c[column.name].is_not(None)
    return sa.and_(there, table.c[column.name] != "") if isinstance(table.c[column.name].type, sa.String) else there


def country_of(zone: str) -> str:
    """The country (ISO 3166-1) in which a time zone lies; it is what people chose, not where they are."""
    return _zones().get(zone, UNKNOWN)


@cache
def _zones() -> dict[str, str]:
    """Zones by name, as the tz database assigns them to countries; empty where the system has no such file: then all are unknown."""
    tables = (Path(folder) / "zone.tab" for folder in TZPATH)
    text = next((table.read_text(encoding="utf-8") for table in tables if table.is_file()), "")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {line[2]: line[0] for line in lines}
