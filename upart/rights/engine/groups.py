# SPDX-License-Identifier: MIT
"""Rows about any of many people, chosen by a query: what `Finder` says of one, said of a group by one condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.engine.holdings import Holdings
from upart.rights.engine.subjects import Condition

People = Mapping[str, sa.Select[Any]]
"""Ids of people by the table in which they are people: {"person": select(…)}."""


def about(held: Holdings, entry: TableEntry, people: People) -> Condition | None:
    """True for the rows of a table that are about one of these people, by any declared path or by a polymorphic link; None: none can be.

    Rows that are found by a pseudonym alone are not among them: whom they are about says no statement.
    """
    table = held.tables[entry.table]
    found = [where for path in entry.subjects if (where := _at(held, entry, path.via, table, people)) is not None]
    found += [
        sa.and_(table.c[d.source] == kind, table.c[column.name].in_(chosen))
        for column, d in entry.declared()
        if d.kind == "any_link"
        for kind, chosen in people.items()
    ]
    return sa.or_(*found) if found else None


def behind(held: Holdings, entry: TableEntry, via: str, rows: sa.Select[Any]) -> tuple[str, sa.Select[Any]]:
    """The other way round: the people whom these rows (a query for their ids) are about by one path, and the table in which they are people."""
    if via == "id":
        return entry.table, rows
    step, _, rest = via.partition(".")
    if rest and any(through.path == via for through in entry.through):
        link, table = held.entry(step), held.tables[step].alias()
        back = next(column.name for column, d in link.declared() if d.kind == "ref" and d.source == entry.table)
        return behind(held, link, rest, sa.select(table.c.id).where(table.c[back].in_(rows)))
    table, target = held.tables[entry.table].alias(), _target(entry, step)
    ends = sa.select(table.c[step]).where(table.c.id.in_(rows))
    return behind(held, held.entry(target), rest, ends) if rest else (target, ends)


def _at(held: Holdings, entry: TableEntry, via: str, table: sa.FromClause, people: People) -> Condition | None:
    """`table` rows whose path ends at one of them; None when it ends at people of another kind."""
    step, _, rest = via.partition(".")
    if not rest:
        chosen = people.get(entry.table if step == "id" else _target(entry, step))
        return None if chosen is None else table.c[step].in_(chosen)
    if any(through.path == via for through in entry.through):
        link = held.entry(step)
        back = next(column.name for column, d in link.declared() if d.kind == "ref" and d.source == entry.table)
        return _among(held, table.c.id, link, rest, back, people)
    return _among(held, table.c[step], held.entry(_target(entry, step)), rest, "id", people)


def _among(held: Holdings, column: sa.ColumnElement[Any], entry: TableEntry, via: str, key: str, people: People) -> Condition | None:
    if entry.table in PEOPLE and via == "id" and key == "id":
        return None if (chosen := people.get(entry.table)) is None else column.in_(chosen)
    inner = held.tables[entry.table].alias()
    where = _at(held, entry, via, inner, people)
    return None if where is None else column.in_(sa.select(inner.c[key]).where(where))


def _target(entry: TableEntry, column: str) -> str:
    return next(d.source for one, d in entry.declared() if one.name == column)
