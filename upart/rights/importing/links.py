# SPDX-License-Identifier: MIT
"""Rows that are here already: those to which a copy links by what they are known by, and those whose keys its rows would take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from upart.context import context
from upart.db import Model, session
from upart.privacy.register import TableEntry
from upart.rights.importing.outcome import FileOf
from upart.rights.importing.values import Unfit, id_of, taken

DEEPEST = 5
"""How far a row may be known by another one, as a lesson by its course; circles end here too."""

MOST = 5_000
"""Rows of others that are looked for."""

CHUNK = 200


class KnownRows:
    """Finds, in this academy, the rows of others' that a copy names; `said` is what it says they are known by."""

    def __init__(self, tables: Mapping[str, TableEntry], said: Any) -> None:
        self.tables, self.said = tables, said if isinstance(said, dict) else {}
        self._found: dict[tuple[str, str], UUID | None] = {}

    def find(self, table: str, id: str, depth: int = DEEPEST) -> UUID | None:
        """The row here that has the same name; None when there is none, or more than one."""
        place = (table, id)
        if place not in self._found:
            if len(self._found) >= MOST or not depth:
                return None
            self._found[place] = self._look(table, id, depth)
        return self._found[place]

    def _look(self, table: str, id: str, depth: int) -> UUID | None:
        entry, rows = self.tables.get(table), self.said.get(table)
        said = rows.get(id) if isinstance(rows, dict) else None
        if entry is None or not entry.known_by or not entry.owned or not isinstance(said, dict) or set(said) != set(entry.known_by):
            return None
        mapped = Model.metadata.tables[table]
        where = [mapped.c.academy_id == context.academy.id]
        for column, d in entry.declared():
            if column.name in entry.known_by:
                value = self._value(mapped.c[column.name], said[column.name], d.source if d.kind == "ref" else "", depth)
                if value is None:
                    return None
                where.append(mapped.c[column.name] == value)
        found = session.scalars(sa.select(mapped.c.id).where(*where).limit(2)).all()
        return found[0] if len(found) == 1 else None

    def _value(self, column: sa.Column[Any], value: Any, target: str, depth: int) -> Any:
        try:
            return self.find(target, str(id_of(value)), depth - 1) if target else taken(column, value)
        except Unfit:
            return None


def keys_of(table: sa.Table) -> Iterator[tuple[str, ...]]:
    """The columns of each unique key, without the academy."""
    made = [c.columns for c in table.constraints if isinstance(c, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
    made += [index.columns for index in table.indexes if index.unique]
    yield from (tuple(column.name for column in columns if column.name != "academy_id") for columns in made)


def in_use(table: sa.Table, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    """Which of these rows' values of a unique key are in use in this academy."""
    wanted = list({key for row in rows if (key := key_in(row, names)) is not None})
    columns, found = [table.c[name] for name in names], set[tuple[Any, ...]]()
    for at in range(0, len(wanted), CHUNK):
        some = sa.or_(*(sa.and_(*(column == part for column, part in zip(columns, key, strict=True))) for key in wanted[at : at + CHUNK]))
        found |= {tuple(row) for row in session.execute(sa.select(*columns).where(table.c.academy_id == context.academy.id, some))}
    return found


def key_in(row: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...] | None:
    """A row's value of a unique key; None where nothing can be equal to it."""
    key = tuple(row.get(name) for name in names)
    return None if any(part is None or isinstance(part, FileOf | dict | list) for part in key) else key
