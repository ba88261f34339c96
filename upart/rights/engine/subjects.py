# SPDX-License-Identifier: MIT
"""Which rows are about somebody, as whom, and what erasure means for them: read off the declared paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from upart.keys import ring
from upart.privacy.register import PEOPLE, SubjectPath, TableEntry, policy_of
from upart.privacy.taxonomy import ErasePolicy, OnErase
from upart.rights.engine.holdings import Holdings

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class DataSubject:
    """A human as one academy knows them (`person_id`), or as the platform does (`academy_id` None, `account_id`).

    `addresses` are those by which rows without a link are found. An academy's subject reaches rows of
    that academy alone; the platform's reaches rows about the account wherever they are.
    """

    academy_id: UUID | None
    person_id: UUID | None = None
    account_id: UUID | None = None
    addresses: tuple[str, ...] = ()

    def id_in(self, table: str) -> UUID | None:
        """Who this is in a table of people."""
        return {"person": self.person_id, "account": self.account_id}.get(table)

    @property
    def ids(self) -> tuple[UUID, ...]:
        """All ids that stand for them."""
        return tuple(id for id in (self.person_id, self.account_id) if id is not None)

    def pseudonyms(self) -> list[str]:
        """What `found_by` columns may hold of them."""
        values = [*self.addresses, *map(str, self.ids)]
        return [one for value in values for one in ring().pseudonyms(value, self.academy_id)]


@dataclass(frozen=True, slots=True)
class Match:
    """Rows of a table that are about somebody as `role`; `link` is the row's own column that names them, if it is one.

    `above` is the row's own column that leads to another row which is about them; its fate is this row's.
    """

    role: str
    policy: ErasePolicy
    where: Condition
    link: str = ""
    above: str = ""


class Finder:
    """Finds the rows of one subject in any table of the holdings."""

    def __init__(self, held: Holdings, subject: DataSubject) -> None:
        self.held, self.subject = held, subject
        self._matches: dict[str, list[Match]] = {}

    def tables(self) -> list[TableEntry]:
        """The tables that may hold rows about them, each before those that it is found through, people last."""
        mine = [entry for entry in self.held.register.tables.values() if self.matches(entry)]
        ordered: dict[str, TableEntry] = {}

        def visit(entry: TableEntry, path: tuple[str, ...]) -> None:
            if entry.table in path:
                return
            for other in mine:
                if other.table not in ordered and entry.table in self._found_through(other):
                    visit(other, (*path, entry.table))
            ordered.setdefault(entry.table, entry)

        for entry in sorted(mine, key=lambda e: (e.table in PEOPLE, not _holds_secrets(e), e.table)):
            visit(entry, ())
        return sorted(ordered.values(), key=lambda e: e.table in PEOPLE)

    def matches(self, entry: TableEntry) -> list[Match]:
        """How rows of this table can be about the subject; empty when they cannot."""
        if entry.table not in self._matches:
            self._matches[entry.table] = self._read_off(entry)
        return self._matches[entry.table]

    def _read_off(self, entry: TableEntry) -> list[Match]:
        if self.subject.academy_id is not None and not entry.owned:
            return []
        found = [match for path in entry.subjects if (match := self._by_path(entry, path)) is not None]
        return [*found, *self._by_pseudonym(entry), *self._as_object(entry)]

    def inside(self, entry: TableEntry) -> Condition:
        """Rows of this table that the subject's controller holds."""
        table = self.held.tables[entry.table]
        if self.subject.academy_id is None or not entry.owned:
            return sa.true()
        return table.c.academy_id == self.subject.academy_id

    def _by_path(self, entry: TableEntry, path: SubjectPath) -> Match | None:
        where = self._at(entry, path.via, self.held.tables[entry.table])
        if where is None:
            return None
        step, _, rest = path.via.partition(".")
        above = step if rest and not self._is_through(entry, path.via) else ""
        return Match(
            path.role, policy_of(entry, path.via, self.held.register.tables), sa.and_(self.inside(entry), where), "" if rest or step == "id" else step, above
        )

    def _at(self, entry: TableEntry, via: str, table: sa.FromClause) -> Condition | None:
        """`table` rows whose path ends at the subject; None when it ends at people whom the subject is not."""
        step, _, rest = via.partition(".")
        if not rest:
            people = entry.table if step == "id" else self.target(entry, step)
            id = self.subject.id_in(people)
            return None if id is None else table.c[step] == id
        if self._is_through(entry, via):
            link = self.held.entry(step)
            back = next(column.name for column, d in link.declared() if d.kind == "ref" and d.source == entry.table)
            return self._among(table.c.id, link, rest, back)
        return self._among(table.c[step], self.held.entry(self.target(entry, step)), rest, "id")

    def _among(self, column: sa.ColumnElement[UUID], entry: TableEntry, via: str, key: str) -> Condition | None:
        inner = self.held.tables[entry.table].alias()
        where = self._at(entry, via, inner)
        if where is None:
            return None
        if entry.owned and self.subject.academy_id is not None:
            where = sa.and_(inner.c.academy_id == self.subject.academy_id, where)
        return column.in_(sa.select(inner.c[key]).where(where))

    def _by_pseudonym(self, entry: TableEntry) -> Iterator[Match]:
        table = self.held.tables[entry.table]
        for column, d in entry.declared():
            if d.kind == "found_by" and self.subject.addresses:
                where = table.c[column.name].in_(self.subject.pseudonyms())
                yield Match("found", d.on_erase or OnErase.DELETE, sa.and_(self.inside(entry), where))

    def _as_object(self, entry: TableEntry) -> Iterator[Match]:
        table = self.held.tables[entry.table]
        for column, d in entry.declared():
            for people in PEOPLE if d.kind == "any_link" else ():
                if (id := self.subject.id_in(people)) is not None and (entry.owned or people == "account"):
                    where = sa.and_(table.c[d.source] == people, table.c[column.name] == id)
                    yield Match("object", OnErase.UNLINK, sa.and_(self.inside(entry), where), column.name)

    def target(self, entry: TableEntry, column: str) -> str:
        """The table to which a column leads."""
        return next(d.source for one, d in entry.declared() if one.name == column)

    def _is_through(self, entry: TableEntry, via: str) -> bool:
        return any(through.path == via for through in entry.through)

    def _found_through(self, entry: TableEntry) -> set[str]:
        """The other tables that the paths of this one lead over."""
        found: set[str] = set()
        for path in entry.subjects:
            here, via = entry, path.via
            while "." in via:
                step, _, via = via.partition(".")
                here = self.held.entry(step if self._is_through(here, f"{step}.{via}") else self.target(here, step))
                found.add(here.table)
        return found - {entry.table}


def _holds_secrets(entry: TableEntry) -> bool:
    """Sessions and tokens go first: whoever holds one can do nothing more."""
    return any(d.secret for _, d in entry.declared())
