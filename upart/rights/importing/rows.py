# SPDX-License-Identifier: MIT
"""One row of a copy as it would stand here: links lead to what comes along or is known here, and never to an id that somebody wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from upart import clock
from upart.context import context
from upart.db import Model
from upart.keys import ring
from upart.privacy.register import ColumnEntry, TableEntry, is_own, leading
from upart.privacy.words import Declaration
from upart.rights.engine.portable import carried
from upart.rights.engine.reading import YOU, is_portable
from upart.rights.importing.links import KnownRows
from upart.rights.importing.outcome import LACKS, LINK, NO_FILE, NO_ID, NOT_THEIRS, OTHERS, UNFIT, FileOf, WantedFile
from upart.rights.importing.values import Unfit, id_of, taken

OWN_BITS = 74
"""Of an id, version 7: what is not its time, its version and its variant (RFC 9562, 5.7)."""


class Left(Exception):
    """This row stays out; the text says why."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A row that fits: its values, and as whom it is about the person."""

    old: str
    values: dict[str, Any]
    roles: frozenset[str]

    @property
    def linked(self) -> list[UUID]:
        """The ids to which it leads."""
        return [value for name, value in self.values.items() if name not in ("id", "academy_id") and isinstance(value, UUID)]


@dataclass
class Taken:
    """What has been found to fit so far, by table and the id that it had."""

    person_id: UUID
    known: KnownRows
    files: Mapping[UUID, WantedFile]
    rows: dict[str, dict[str, Fitted]] = field(default_factory=dict)

    def of(self, table: str, id: Any) -> Fitted | None:
        """The row that has this id in the copy."""
        return self.rows.get(table, {}).get(id) if isinstance(id, str) else None


class TableHere:
    """A table of this installation, and how rows of a copy fit into it. `columns` are those that it takes."""

    def __init__(self, entry: TableEntry, tables: dict[str, TableEntry]) -> None:
        self.entry, self.tables, self.table = entry, tables, Model.metadata.tables[entry.table]
        self.columns = set(carried(entry, tables, (column.name for column, d in entry.declared() if not d.secret and not d.review)))
        self.kinds = {d.source: column.name for column, d in entry.declared() if d.kind == "any_link"}
        self._own = {path.via: path.role for path in entry.subjects if is_own(entry, path.via, tables)}
        names_people = entry.through or any(d.kind == "subject" for _, d in entry.declared())
        self._above = set() if names_people else {column.name for column, _ in leading(entry, tables)}
        self.after = entry.processing.after if entry.processing else ""

    def fit(self, row: Any, names: set[str], taken_in: Taken) -> Fitted:
        """The row as it would stand here; only columns of `names` are looked at. Raises Left."""
        try:
            old = str(id_of(row.get("id"))) if isinstance(row, dict) else None
        except Unfit:
            old = None
        if old is None or old in taken_in.rows.get(self.entry.table, {}):
            raise Left(NO_ID)
        roles = self._roles(row, taken_in)
        values: dict[str, Any] = {"academy_id": context.academy.id, "id": new_id(taken_in.person_id, self.entry.table, old)}
        for column, d in self.entry.declared():
            if column.name in names & self.columns and column.name != "id" and column.name not in self.kinds:
                self._take(values, column, d, row, roles, taken_in)
        for column in self.entry.columns:
            if column.required and values.get(column.name) is None:
                raise Left(LACKS)
        return Fitted(old, values, roles)

    def _roles(self, row: dict[str, Any], taken_in: Taken) -> frozenset[str]:
        """As whom it is the person's own row; whoever joins others by a table of links is a member of what comes along with it."""
        direct = {role for via, role in self._own.items() if row.get(via) == YOU and via in {column.name for column in self.entry.columns}}
        above = {role for name in self._above if (found := taken_in.of(self._target(name), row.get(name))) is not None for role in found.roles}
        through = {path.role for path in self.entry.through if path.path in self._own}
        roles = direct | above | through
        if not roles:
            raise Left(LINK if self._above else NOT_THEIRS)
        return frozenset(roles)

    def _target(self, name: str) -> str:
        return next(d.source for column, d in self.entry.declared() if column.name == name)

    def _take(self, values: dict[str, Any], column: ColumnEntry, d: Declaration, row: dict[str, Any], roles: frozenset[str], taken_in: Taken) -> None:
        name, value = column.name, row.get(column.name)
        if d.kind == "any_link":
            values |= self._named(name, d.source, row, taken_in)
        elif name not in row or (d.about and not roles & set(d.about)):
            return  # as it would be made here
        elif d.kind in ("subject", "ref", "file"):
            values[name] = self._link(name, d, value, taken_in) if value is not None else None
            if values[name] is None and not column.nullable:
                raise Left(OTHERS if d.source == "person" else NO_FILE if d.kind == "file" else LINK)
        elif value is not None:
            values[name] = self._value(name, value)
        elif column.nullable and not isinstance(self.table.c[name].type, sa.JSON):  # which would hold the word null
            values[name] = None

    def _link(self, name: str, d: Declaration, value: Any, taken_in: Taken) -> Any:
        if d.source == "person":
            mine = name in self._own or d.kind == "ref"
            return taken_in.person_id if value == YOU and mine else None
        if d.kind == "file":
            return self._file(value, d, taken_in)
        found = taken_in.of(d.source, value)
        if found is not None:
            return found.values["id"]
        return taken_in.known.find(d.source, value) if isinstance(value, str) else None

    def _file(self, value: Any, d: Declaration, taken_in: Taken) -> FileOf | None:
        try:
            id = id_of(value)
        except Unfit:
            return None
        file = taken_in.files.get(id)
        return FileOf(id) if file is not None and file.category == d.category else None

    def _named(self, name: str, kind: str, row: dict[str, Any], taken_in: Taken) -> dict[str, Any]:
        """A link to a row of any table, and the column that says of which: to the person, to a row that comes along, or to nothing."""
        table, id = row.get(kind), row.get(name)
        if table == "person" and id == YOU:
            return {kind: table, name: taken_in.person_id}
        found = taken_in.of(table, id) if isinstance(table, str) else None
        return {kind: table, name: found.values["id"]} if found is not None else {}

    def _value(self, name: str, value: Any) -> Any:
        try:
            return taken(self.table.c[name], value, past=name == self.after)
        except Unfit:
            raise Left(UNFIT) from None


def new_id(person_id: UUID, table: str, old: str) -> UUID:
    """The id here of a row that somebody brings: the same however often they bring it, another one for everybody else.

    It keeps the time of the old id, so that rows stay in order; the rest is a keyed digest, which nobody can aim at.
    """
    digest = ring().digest("brought", f"{person_id} {table} {old}", context.academy.id)
    own = int.from_bytes(hashlib.sha256(digest.encode()).digest()) & ((1 << OWN_BITS) - 1)
    was = UUID(old)
    time = min(was.int >> 80, int(clock.now().timestamp() * 1000)) if was.version == 7 else 0
    return UUID(int=time << 80 | 0x7 << 76 | (own >> 62) << 64 | 0x2 << 62 | own & ((1 << 62) - 1))


def portable_data(entry: TableEntry, tables: dict[str, TableEntry]) -> list[tuple[sa.Column[Any], Declaration]]:
    """The columns of a table of people that are theirs to take along."""
    mapped = Model.metadata.tables[entry.table]
    return [(mapped.c[column.name], d) for column, d in entry.declared() if is_portable(entry, d, tables)]
