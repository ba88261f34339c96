# SPDX-License-Identifier: MIT
"""Rows of files go by Core statements in a session over all academies, so that rights and the sweep need no mapped class of a plugin.

The order is: links, rows, commit, bytes. A file that some row still links to cannot go: the database refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, column, delete, exists, insert, not_, select, table
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from upart import clock
from upart.db import everywhere
from upart.storage.models import File, FileRemoved
from upart.storage.places import place

FILE: Any = File.__table__
REMOVED: Any = FileRemoved.__table__
BATCH = 500

Link = tuple[str, str]
"""A table and its column that links to files."""


def links(tables: Iterable[Mapping[str, Any]]) -> list[Link]:
    """All links to files among declared tables, as the register (or `plugin_record`) writes them as data."""
    declared = ((entry["table"], one["name"], one["declaration"] or {}) for entry in tables for one in entry["columns"])
    return [(name, at) for name, at, declaration in declared if declaration.get("kind") == "file"]


def unlinked(found: Sequence[Link]) -> ColumnElement[bool]:
    """True for an original (not a rendition) that none of these links leads to."""
    return and_(FILE.c.derived_from.is_(None), *(not_(_linked(name, at)) for name, at in found))


def _linked(name: str, at: str) -> ColumnElement[bool]:
    other = table(name, column("academy_id", Uuid()), column(at, Uuid()))
    return exists(select(1).where(other.c.academy_id == FILE.c.academy_id, other.c[at] == FILE.c.id))


def with_renditions(opened: Session, ids: Sequence[UUID]) -> list[UUID]:
    """The renditions of these files, then the files."""
    return [*opened.scalars(select(FILE.c.id).where(FILE.c.derived_from.in_(ids))), *ids]


def remove_rows(opened: Session, ids: Sequence[UUID]) -> None:
    """Delete the rows of these files and of their renditions, and note that their bytes must go. Raises IntegrityError while one is linked to."""
    every = with_renditions(opened, ids)
    note_removal(opened, every)
    opened.execute(delete(FILE).where(FILE.c.id.in_(every), FILE.c.derived_from.is_not(None)))
    opened.execute(delete(FILE).where(FILE.c.id.in_(every)))


def note_removal(opened: Session, ids: Sequence[UUID]) -> None:
    """Note, in the transaction that deletes these rows, that their bytes must go after its commit."""
    rows = opened.execute(select(FILE.c.academy_id, FILE.c.id).where(FILE.c.id.in_(ids), FILE.c.id.not_in(select(REMOVED.c.id)))).all()
    if rows:
        opened.execute(insert(REMOVED), [{"academy_id": academy_id, "id": id, "removed_at": clock.now()} for academy_id, id in rows])


def remove_bytes() -> int:
    """Remove the bytes of all rows that are gone; returns of how many. Needs no open door; safe to repeat, also beside others.

    Raises what the place raised, after all others have gone: then it is not done, and is to be tried again.
    """
    count, after, problem = 0, UUID(int=0), None
    while True:
        with everywhere("which bytes must go?") as opened:
            rows = opened.execute(select(REMOVED.c.academy_id, REMOVED.c.id).where(REMOVED.c.id > after).order_by(REMOVED.c.id).limit(BATCH)).all()
        if not rows:
            break
        gone = []
        for academy_id, id in rows:
            try:
                place().delete(academy_id, id)
                gone.append(id)
            except OSError as error:
                problem = error
        with everywhere("these bytes are gone", write=True) as opened:
            opened.execute(delete(REMOVED).where(REMOVED.c.id.in_(gone)))
        count, after = count + len(gone), rows[-1].id
    if problem is not None:
        raise problem
    return count
