# SPDX-License-Identifier: MIT
"""What changed on a form, by whom, and what stood there before: for everything that is kept in versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.db import registry_of, session
from upart.errors import NotHere
from upart.revisions.models import Revision
from upart.theming.differing import Segment, differences

MOST = 200
"""Versions that a history looks at; older changes are not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one thing: when, by whom (empty when they are gone, or it was a command), its words, and the version that stood there before."""

    label: str
    at: datetime
    by: str
    segments: tuple[Segment, ...]
    before: UUID


def history_of(rows: Mapping[str, Any], said: Callable[[Any, Mapping[str, Any]], str]) -> list[Change]:
    """What was changed of some rows of one table, the newest first.

    `rows`: label to row; the row's class names `__revised__`. `said` puts a version of a row, given with its body, into words.
    """
    labels = {row.id: (label, row) for label, row in rows.items()}
    if not labels:
        return []
    table = next(iter(rows.values())).__tablename__
    mine = (Revision.owner_table == table, Revision.owner_id.in_(labels), Revision.published_at.is_not(None))
    found = session.scalars(select(Revision).where(*mine).order_by(Revision.published_at.desc(), Revision.number.desc()).limit(MOST)).all()
    names = _names(found)
    return list(_changes(found, labels, said, names))


def _changes(
    found: Sequence[Revision], labels: Mapping[UUID, Any], said: Callable[[Any, Mapping[str, Any]], str], names: Mapping[UUID, str]
) -> Iterator[Change]:
    for at, new in enumerate(found):
        old = next((one for one in found[at + 1 :] if one.owner_id == new.owner_id), None)
        if old is None or new.owner_id is None or new.published_at is None:
            continue
        label, row = labels[new.owner_id]
        by = names.get(new.author_id, "") if new.author_id is not None else ""
        for one in differences({label: said(row, old.body)}, {label: said(row, new.body)}):
            yield Change(label=label, at=new.published_at, by=by, segments=one.segments, before=old.id)


def version_by_id(model: type[Any], id: str) -> tuple[Any, Mapping[str, Any]]:
    """A row and what a version of it says, to put it back into a form: ids as `Change.before` gives them. Raises NotHere."""
    try:
        kept = session.scalars(select(Revision).where(Revision.id == UUID(id), Revision.owner_table == model.__tablename__)).first()
    except ValueError:
        raise NotHere from None
    row = session.scalars(select(model).where(model.id == kept.owner_id)).first() if kept is not None else None
    if kept is None or row is None:
        raise NotHere
    return row, kept.body


def _names(found: Sequence[Revision]) -> dict[UUID, str]:
    """Names of those who are still here."""
    classes: list[Any] = [mapper.class_ for mapper in registry_of("upart").mappers]
    person = next(one for one in classes if one.__tablename__ == "person")  # its class lies above this layer
    ids = {one.author_id for one in found} - {None}
    return {row.id: row.name for row in session.scalars(select(person).where(person.id.in_(ids)))} if ids else {}
