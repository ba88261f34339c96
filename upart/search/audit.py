# SPDX-License-Identifier: MIT
"""What must hold of the index: a row has one entry, and an entry its row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from upart.hooks.records import Invariant
from upart.hooks.searched import searchables
from upart.search.tables import ENTRY, KIND


def _astray(opened: Session) -> Iterator[str]:
    connection = opened.connection()
    indexed = set(connection.scalars(select(KIND.c.kind)))
    for one in (one for one in searchables() if one.kind in indexed):
        table = one.model.__table__
        mine = and_(ENTRY.c.academy_id == table.c.academy_id, ENTRY.c.row_id == table.c.id, ENTRY.c.kind == one.kind)
        rows = connection.scalar(select(func.count()).select_from(table)) or 0
        entries = connection.scalar(select(func.count()).select_from(ENTRY).where(ENTRY.c.kind == one.kind)) or 0
        both = connection.scalar(select(func.count()).select_from(table.join(ENTRY, mine))) or 0
        if not rows == entries == both:
            yield f"{one.kind}: {rows} rows, {entries} in the index, {both} of both"


WHOLE = Invariant(sentence="What can be searched is in the index, and nothing else is.", broken=_astray)
