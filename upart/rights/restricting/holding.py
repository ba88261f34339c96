# SPDX-License-Identifier: MIT
"""What must wait: rows about somebody restricted are kept as they are, so retention spares them (GDPR art. 4(3), 18)."""

from __future__ import annotations

import sqlalchemy as sa

from upart.db import Model
from upart.db.masks import DIGEST, Schema, reach
from upart.rights.engine.holdings import Holdings
from upart.rights.restricting.columns import purpose_of, ways_of
from upart.rights.restricting.models import Restriction, Scope

RESTRICTION: sa.Table = Model.metadata.tables[Restriction.__tablename__]
"""As a table: retention reads all academies at once."""


def held_back(held: Holdings, table: str) -> sa.ColumnElement[bool]:
    """True for rows of a table (`held.tables[table]`) that are about somebody restricted, at their academy; false for all where nobody can be.

    For statements over all academies: `delete(rows).where(rows.c.at < day, ~held_back(held, "courses_enrolment"))`. Every scope
    holds: all, the table's purpose, the table, the row itself. Rows that are found by a pseudonym only are not held.
    """
    entry, rows = held.entry(table), held.tables[table]
    if not entry.owned:
        return sa.false()
    now = sa.and_(RESTRICTION.c.academy_id == rows.c.academy_id, RESTRICTION.c.lifted_at.is_(None))
    wide = sa.or_(
        RESTRICTION.c.scope == Scope.ALL,
        sa.and_(RESTRICTION.c.scope == Scope.PURPOSE, RESTRICTION.c.name == purpose_of(entry).value),
        sa.and_(RESTRICTION.c.scope == Scope.TABLE, RESTRICTION.c.name == table),
    )
    itself = sa.exists().where(now, RESTRICTION.c.scope == Scope.ROW, RESTRICTION.c.name == table, RESTRICTION.c.row_id == rows.c.id)
    people = sa.select(RESTRICTION.c.person_id).where(now, wide).correlate(rows)
    found: list[sa.ColumnElement[bool]] = [itself] if "id" in rows.c else []
    for way in ways_of(entry, held.register):
        if not way.startswith(DIGEST):
            column, values = reach(_schema(held), rows, way, lambda inner: inner.c.academy_id == rows.c.academy_id, people)
            found.append(sa.and_(rows.c[column].is_not(None), rows.c[column].in_(values)))
    return sa.or_(sa.false(), *found)


def _schema(held: Holdings) -> Schema:
    def target(table: str, column: str) -> str:
        return next((d.source for one, d in held.entry(table).declared() if one.name == column), "")

    return Schema(held.tables.get, target, lambda table: held.tables[table].c.keys())
