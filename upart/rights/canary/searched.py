# SPDX-License-Identifier: MIT
"""Search every table that the database really has, declared or not, for what should be gone; from within the transaction that erased it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.rights.canary.rows import marks_in
from upart.rights.engine.holdings import Holdings
from upart.rights.scanning.rows import Live, Scope, live_tables


class Searched(NamedTuple):
    """Where: tables of academies in the canary's own; others in rows whose id is younger than it, or whole where they have no such id."""

    held: Holdings
    since: UUID
    academies: Sequence[UUID]


def standing(opened: Session, where: Searched, marks: Collection[str], ids: Sequence[UUID]) -> dict[str, set[str]]:
    """The tables in which each of these marks and ids still stands."""
    found: dict[str, set[str]] = {}
    words = {text for id in ids for text in (str(id), id.hex)}
    for table in live_tables(where.held, Scope(None)):
        for text in _texts(opened, where, table):
            for one in marks_in(text) & set(marks) | {word for word in words if word in text}:
                found.setdefault(one, set()).add(table.name)
    return found


def _texts(opened: Session, where: Searched, table: Live) -> Iterator[str]:
    columns = [*(name for name, _kind in table.columns), *table.binary]
    wanted: Any = sa.select(*map(sa.column, columns)).select_from(sa.table(table.name))
    if table.owned:
        wanted = wanted.where(sa.column("academy_id", sa.Uuid()).in_(where.academies))
    elif any(name == "id" and _is_id(kind) for name, kind in table.columns):
        wanted = wanted.where(sa.column("id", sa.Uuid()) >= where.since)
    for row in opened.connection().execute(wanted):
        yield str(tuple(row))


def _is_id(kind: Any) -> bool:
    return isinstance(kind, sa.Uuid) or (isinstance(kind, sa.CHAR) and kind.length == 32)
