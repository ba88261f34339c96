# SPDX-License-Identifier: MIT
"""What people take along (GDPR art. 20): which columns, how they look elsewhere, and by what others' rows are known there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from upart.db import Model
from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry, is_own
from upart.privacy.words import Declaration
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.reading import SOMEBODY, Reader, is_portable, rests_on_them
from upart.storage.models import File

KNOWN = "portable/known.json"
"""The part that says by what rows are known to which the others link: a course by its address."""

FILE = File.__tablename__
DIALECT = "https://json-schema.org/draft/2020-12/schema"

SHAPES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("CHAR(32)", {"type": "string", "format": "uuid"}), ("UUID", {"type": "string", "format": "uuid"}), ("JSON", {"type": ["object", "array"]}),
    ("BOOL", {"type": "boolean"}), ("DATETIME", {"type": "string", "format": "date-time"}), ("TIMESTAMP", {"type": "string", "format": "date-time"}),
    ("DATE", {"type": "string", "format": "date"}), ("BIGINT", {"type": "integer"}), ("INT", {"type": "integer"}), ("NUMERIC", {"type": "string"}),
    ("FLOAT", {"type": "number"}), ("BLOB", {"type": "string", "contentEncoding": "base64"}), ("BYTEA", {"type": "string", "contentEncoding": "base64"}),
    ("", {"type": "string"}),
)  # fmt: skip
"""How a declared SQL type begins, and its JSON Schema."""

Row = dict[str, Any]


class Portable:
    """What of a table's rows is taken along. `columns` are data about the person, keys, links, and what no row can be without."""

    def __init__(self, reader: Reader) -> None:
        self.entry, self.reader = reader.entry, reader
        tables = reader.finder.held.register.tables
        self.data = [column.name for column, d in reader.columns if is_portable(self.entry, d, tables)]
        self.columns = carried(self.entry, tables, (column.name for column, _ in reader.columns)) if self.data or _is_theirs(self.entry, tables) else []
        links = [(column.name, tables[d.source]) for column, d in self.entry.declared() if d.kind == "ref" and d.source in tables]
        self.links = [(name, target) for name, target in links if name in self.columns and target.known_by]
        self._masked = [
            (column.name, d.source if d.kind == "any_link" else column.name)
            for column, d in self.entry.declared()
            if column.name in self.columns and _may_name(d) and not reader.is_always_you(d, column)
        ]

    def rows(self, block: list[Row]) -> list[Row]:
        """Rows as they are taken along: without those that say nothing about the person; nobody else is named.

        The block itself, where that is all of it.
        """
        taken = self._alike(block) if self.reader.is_uniform else self._each(block)
        for name, kind in self._masked:
            for row in taken:
                if row.get(name) == SOMEBODY:
                    row[name] = row[kind] = None
        return taken

    def _each(self, block: list[Row]) -> list[Row]:
        return [{name: row[name] for name in self.columns if name in row} for row in block if not self.data or any(name in row for name in self.data)]

    def _alike(self, block: list[Row]) -> list[Row]:
        """The same for rows that all have the same columns."""
        first = block[0]
        if self.data and not any(name in first for name in self.data):
            return []
        names = [name for name in self.columns if name in first]
        if len(names) == len(first) and not self._masked:
            return block
        return [{name: row[name] for name in names} for row in block]

    def linked(self, taken: Iterable[Row]) -> Iterator[tuple[TableEntry, set[UUID]]]:
        """Rows of others' tables to which these link, where a table says by what its rows are known."""
        for name, target in self.links:
            yield target, {row[name] for row in taken if row.get(name) is not None}


def carried(entry: TableEntry, tables: Mapping[str, TableEntry], names: Iterable[str]) -> list[str]:
    """Of these columns those that are taken along."""
    kinds = {d.source for _, d in entry.declared() if d.kind == "any_link"}
    wanted = set(names)
    return [column.name for column, d in entry.declared() if column.name in wanted and (column.name in kinds or _is_carried(entry, column, d, tables))]


def _is_carried(entry: TableEntry, column: ColumnEntry, d: Declaration, tables: Mapping[str, TableEntry]) -> bool:
    if d.kind == "key":
        return entry.table not in PEOPLE
    if d.kind in ("subject", "ref"):
        return d.source == "person" or (d.source in tables and tables[d.source].owned and d.source not in PEOPLE)
    return d.kind == "any_link" or (d.kind == "not_personal" and column.required) or is_portable(entry, d, tables)


def _is_theirs(entry: TableEntry, tables: dict[str, TableEntry]) -> bool:
    """May rows be taken along that say no more than that they are the person's own?"""
    return rests_on_them(entry.processing) and any(is_own(entry, path.via, tables) for path in entry.subjects)


def _may_name(d: Declaration) -> bool:
    return d.kind == "any_link" or (d.kind in ("subject", "ref") and d.source in PEOPLE)


def schema_of(entry: TableEntry, names: Iterable[str], say: Callable[[str], Mapping[str, Any]] = lambda name: {}) -> dict[str, Any]:
    """JSON Schema 2020-12 of a portable part with these columns. `say` adds what else is to be said of one."""
    wanted = set(names)
    properties = {column.name: {**_shape(entry, column, d), **say(column.name)} for column, d in entry.declared() if column.name in wanted}
    return {
        "$schema": DIALECT, "title": entry.title, "type": "array",
        "items": {"type": "object", "properties": properties, "additionalProperties": False},
    }  # fmt: skip


def _shape(entry: TableEntry, column: ColumnEntry, d: Declaration) -> dict[str, Any]:
    if d.kind in ("subject", "ref") and d.source in PEOPLE:
        return {"enum": ["you", None], "x-kind": d.kind}
    kind = column.type.upper()
    shape: dict[str, Any] = dict(next(made for prefix, made in SHAPES if kind.startswith(prefix)))
    if d.kind == "any_link":
        shape = {"type": "string"}
    if words := _words(entry.table, column.name):
        shape["enum"] = [*words, None] if column.nullable else words
    if column.nullable:
        types = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
        shape["type"] = [*types, "null"]
    return shape | {"x-kind": d.kind} | ({"x-links": d.source} if d.kind in ("ref", "file") else {})


def _words(table: str, column: str) -> list[str]:
    """The words that a column may hold, if its plugin is loaded."""
    mapped = Model.metadata.tables.get(table)
    kind = mapped.c[column].type if mapped is not None and column in mapped.c else None
    return [str(word) for word in kind.enums] if isinstance(kind, sa.Enum) else []


def known(held: Holdings, opened: Any, academy: UUID, linked: Mapping[str, set[UUID]]) -> dict[str, dict[str, Row]]:
    """By what the rows are known to which somebody's rows link, and those to which these link in turn."""
    found: dict[str, dict[str, Row]] = {}
    waiting = {table: set(ids) for table, ids in linked.items()}
    while waiting:
        table, ids = waiting.popitem()
        entry, rows = held.entry(table), found.setdefault(table, {})
        new = [id for id in ids if str(id) not in rows]
        for at in range(0, len(new), 500):
            rows |= {str(row.id): dict(zip(entry.known_by, row[1:], strict=True)) for row in opened.execute(_select(held, entry, academy, new[at : at + 500]))}
        for column, d in entry.declared():
            if d.kind == "ref" and column.name in entry.known_by and new:
                waiting.setdefault(d.source, set()).update(row[column.name] for id in new if (row := rows.get(str(id))) and row[column.name])
    return found


def _select(held: Holdings, entry: TableEntry, academy: UUID, ids: list[UUID]) -> sa.Select[Any]:
    table = held.tables[entry.table]
    return sa.select(table.c.id, *(table.c[name] for name in entry.known_by)).where(table.c.academy_id == academy, table.c.id.in_(ids))
