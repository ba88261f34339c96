# SPDX-License-Identifier: MIT
"""Plant rows about made-up people, in each way in which the declarations say that a row can be about somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart import clock
from upart.context import CurrentAcademy
from upart.db import Model, uuid7
from upart.keys import ring
from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry
from upart.privacy.words import Declaration
from upart.rights.canary.rows import Party, Row, marks_in
from upart.rights.canary.truth import DATA, Truth, Way
from upart.rights.canary.values import json_for, value_for

FILE = "file"
BYTES, WRITTEN = "bytes", "mail file"
"""Where marks can stand besides columns, if somebody puts them there."""

LONG_AGO = timedelta(days=365 * 40)
"""Documents of that age are kept by no law."""

Whom = Mapping[str, tuple[Party, ...]]
"""People by the way in which a row is about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a row should be like: whom it is about; by column, whom a row is about that it links to without being about them
    itself, and rows that it must link to; values; dated long ago?"""

    people: Whom = field(default_factory=dict)
    targets: Mapping[str, Whom] = field(default_factory=dict)
    fixed: Mapping[str, Row] = field(default_factory=dict)
    preset: Mapping[str, Any] = field(default_factory=dict)
    old: bool = False


class Planter:
    """Plants rows in one session over all academies; `rows` are all of them. `bystander` stands where a column must name somebody."""

    def __init__(self, truth: Truth, opened: Session) -> None:
        self.truth, self.opened = truth, opened
        self.rows: list[Row] = []
        self.bystander: Party | None = None
        self._people: dict[UUID, Party] = {}
        self._number = 0
        self._keys: dict[tuple[Any, ...], Row] = {}

    def somebody(self, name: str, academy: CurrentAcademy, *, account_of: Party | None = None) -> Party:
        """Plant a human: the person here, and an account unless it is that of another academy's party."""
        here, there = f"{self.mark()}@kit.example", account_of.addresses[1] if account_of else f"{self.mark()}@kit.example"
        party = Party(name, academy, uuid7(), account_of.account_id if account_of else uuid7(), (here, there))
        for table, address in (("account", there), ("person", here)) if account_of is None else (("person", here),):
            id = party.id_in(table)
            self._people[id] = party
            self.plant(self.truth.entry(table), academy.id, Wish(people={"id": (party,)}, preset={"id": id, "email": address}))
        return party

    def plant(self, entry: TableEntry, academy: UUID, wish: Wish) -> Row:
        """Plant one row: what it must link to comes before it, its link rows after it. Where a unique key allows
        one such row only, the one that is there is returned."""
        row = Row(entry, academy if entry.owned else None, wish.preset.get("id") or uuid7(), dict(wish.preset))
        self._name(row, wish)
        for column, d in entry.declared():
            if d.kind == "ref":
                self._link(row, column, d, wish, academy)
        self.own(row)
        for column, d in entry.declared():
            if column.name not in row.values:
                self._fill(row, column, d, wish, academy)
        if (there := self._same_key(row)) is not None:
            return there
        self.before(row)
        self.opened.execute(sa.insert(Model.metadata.tables[entry.table]).values(row.values))
        row.marks |= {
            mark: c.name for c, d in entry.declared() if d.kind in ("personal", "snapshot", "copy", "sealed") for mark in marks_in(str(row.values[c.name]))
        }
        self.rows.append(row)
        self.after(row)
        self._join(row)
        self._members(row, wish, academy)
        return row

    def before(self, row: Row) -> None:
        """What is done before a row is inserted: nothing, the canary leaves rows alone."""

    def after(self, row: Row) -> None:
        """What is done after a row was inserted: nothing."""

    def _name(self, row: Row, wish: Wish) -> None:
        """The people whom the row's own columns name; nobody is missing where a column must name somebody."""
        for way in self.truth.ways(row.entry):
            chosen = wish.people.get(way.via, ())
            if not chosen and way.kind == "subject" and self.bystander is not None and not _column(row.entry, way.via).nullable:
                chosen = (self.bystander,)
            if chosen and way.kind in ("subject", "self", "found", "object"):
                row.people[way.via] = chosen

    def _link(self, row: Row, column: ColumnEntry, d: Declaration, wish: Wish, academy: UUID) -> None:
        ahead = {via.partition(".")[2]: parties for via, parties in wish.people.items() if via.startswith(f"{column.name}.")}
        ahead |= wish.targets.get(column.name, {})
        if d.source == "academy":
            row.values[column.name] = academy
        elif d.source in PEOPLE:
            party = next(iter(ahead.get("id", row.people.get("id", ()))), None) or (None if column.nullable else self.bystander)
            row.values[column.name] = party.id_in(d.source) if party is not None else None
        elif column.name in wish.fixed or ahead or not column.nullable:
            target = wish.fixed.get(column.name) or self.plant(self.truth.entry(d.source), academy, Wish(people=ahead, old=wish.old))
            row.values[column.name], row.targets[column.name] = target.id, target
        else:
            row.values[column.name] = None

    def own(self, row: Row) -> None:
        """Note whom the row is about by chains, as its targets say, and whose each column is."""
        ways = self.truth.ways(row.entry)
        for way in (way for way in ways if way.kind == "chain"):
            target, rest = row.targets.get(way.column), way.via.partition(".")[2]
            if target is not None and (parties := target.people.get(rest)):
                row.people[way.via] = parties
            elif rest == "id" and (party := self._people.get(row.values[way.column])) is not None:
                row.people[way.via] = (party,)
        for column, d in row.entry.declared():
            if d.kind in DATA:
                row.owners[column.name] = self._owners(row, ways, d)

    def _owners(self, row: Row, ways: list[Way], d: Declaration) -> frozenset[Party]:
        chosen = (way for way in ways if way.kind != "object" and (not d.about or way.role in d.about))
        return frozenset(party for way in chosen for party in row.people.get(way.via, ()))

    def _fill(self, row: Row, column: ColumnEntry, d: Declaration, wish: Wish, academy: UUID) -> None:
        mark, party = self.mark(), next(iter(row.people.get(column.name, ())), None)
        if d.kind == "key":
            row.values[column.name] = row.academy_id if column.name == "academy_id" else row.id
        elif d.kind == "subject":
            row.values[column.name] = party.id_in(d.source) if party is not None else None
        elif d.kind == "found_by":
            # Of each of the party's addresses in its turn; of nobody when the row is not about anybody by it.
            value = party.addresses[self._number % len(party.addresses)] if party is not None else f"{mark}@nobody.example"
            row.values[column.name] = ring().pseudonym(value, row.academy_id)
        elif d.kind == "any_link":
            row.values |= dict(zip((d.source, column.name), self._object(row, column, party, wish, academy), strict=True))
        elif d.kind == "file":
            row.values[column.name] = self._file(row, column)
        elif d.kind == "personal_json" and d.paths:
            marks = {path: self.mark() for path in d.paths}
            row.values[column.name] = json_for(marks)
            row.marks |= {one: f"{column.name}, {path}" for path, one in marks.items()}
        else:
            row.values[column.name] = self._value(row, column, d, mark, old=wish.old)

    def _value(self, row: Row, column: ColumnEntry, d: Declaration, mark: str, *, old: bool) -> Any:
        processing = row.entry.processing
        if old and processing is not None and column.name == (processing.after or "created_at"):
            return clock.now() - LONG_AGO
        return value_for(Model.metadata.tables[row.entry.table].c[column.name], d, self._number, mark)

    def _object(self, row: Row, column: ColumnEntry, party: Party | None, wish: Wish, academy: UUID) -> tuple[str | None, UUID | None]:
        """What a polymorphic link names: the party, or a file of somebody."""
        people = "person" if row.entry.owned else "account"
        if party is not None:
            return people, party.id_in(people)
        if column.name not in wish.targets:
            return None, None
        row.targets[column.name] = self.plant(self.truth.entry(FILE), academy, Wish(people=wish.targets[column.name]))
        return FILE, row.targets[column.name].id

    def _file(self, row: Row, column: ColumnEntry) -> UUID:
        """A stored file with a rendition. Not every one says itself whom it is about."""
        owners = sorted(row.owners[column.name], key=lambda party: (party.name, party.academy.slug))
        about: Whom = {"about_id": (owners[0],)} if owners and self._number % 2 else {}
        entry, academy = self.truth.entry(FILE), row.values.get("academy_id") or row.academy_id
        assert academy is not None, f"{row.entry.table}.{column.name} links to a file, but its rows belong to no academy."
        original = self.plant(entry, academy, Wish(people=about))
        rendition = self.plant(entry, academy, Wish(people=about, fixed={"derived_from": original}))
        for one in (original, rendition):
            one.owners = dict.fromkeys(one.owners, frozenset(owners))
        row.targets[column.name] = original
        return original.id

    def _members(self, row: Row, wish: Wish, academy: UUID) -> None:
        """The rows of link tables, one for each of the many people behind this row."""
        for way in (way for way in self.truth.ways(row.entry) if way.kind == "through"):
            name, _, column = way.via.partition(".")
            link = self.truth.entry(name)
            for party in wish.people.get(way.via, ()):
                self.plant(link, academy, Wish(people={column: (party,)}, fixed={self.truth.back_link(link, row.entry): row}))

    def _join(self, row: Row) -> None:
        """A row of a link table makes the row that it links to be about one more."""
        for target in row.targets.values():
            for through in target.entry.through:
                name, _, column = through.path.partition(".")
                if name == row.entry.table:
                    target.people[through.path] = (*target.people.get(through.path, ()), *row.people.get(column, ()))
                    self.own(target)

    def _same_key(self, row: Row) -> Row | None:
        """The row that has a unique key of this one already."""
        keys = [(row.entry.table, names, tuple(str(row.values[name]) for name in names)) for names in _unique(row.entry.table)]
        for key in (keys := [key for key in keys if "None" not in key[2]]):
            if key in self._keys:
                return self._keys[key]
        self._keys |= dict.fromkeys(keys, row)
        return None

    def mark(self) -> str:
        """A new mark."""
        self._number += 1
        return f"kit{self._number:06d}x"


def _column(entry: TableEntry, name: str) -> ColumnEntry:
    return next(column for column in entry.columns if column.name == name)


def _unique(table: str) -> Iterator[tuple[str, ...]]:
    made = Model.metadata.tables[table]
    for constraint in made.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield tuple(str.__str__(column.name) for column in constraint.columns)
    for index in made.indexes:
        if index.unique:
            yield tuple(str.__str__(column.name) for column in index.columns)
