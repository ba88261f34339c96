# SPDX-License-Identifier: MIT
"""Rows of files go by Core statements with an explicit academy, so that rights and the sweep need no mapped class of a plugin.

The order is: links, rows, commit, bytes. A file that some row still links to cannot go: the database refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, column, delete, exists, not_, select, table
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from upart.storage.models import File
from upart.storage.places import Place

FILE: Any = File.__table__
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


def with_renditions(opened: Session, academy_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """These files and their renditions. Needs a session over all academies."""
    made = select(FILE.c.id).where(FILE.c.academy_id == academy_id, FILE.c.derived_from.in_(ids))
    return [*opened.execute(made).scalars(), *ids]


def remove_rows(opened: Session, academy_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Delete the rows of these files and of their renditions; returns whose bytes go after the commit (`remove_bytes`).

    Needs a session over all academies. Raises IntegrityError while a row links to one of them.
    """
    every = with_renditions(opened, academy_id, ids)
    for derived in (True, False):
        which = FILE.c.derived_from.is_not(None) if derived else FILE.c.derived_from.is_(None)
        opened.execute(delete(FILE).where(FILE.c.academy_id == academy_id, FILE.c.id.in_(every), which))
    return every


def remove_bytes(place: Place, academy_id: UUID, ids: Iterable[UUID]) -> int:
    """Remove the bytes of files whose rows are gone; returns how many there were. Safe to repeat."""
    return sum(place.delete(academy_id, id) for id in ids)
