# SPDX-License-Identifier: MIT
"""Find drafts and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import defer

from upart.db import session
from upart.revisions.bodies import Body, body_of, mark
from upart.revisions.models import Revision

OPEN: ColumnElement[bool] = and_(Revision.published_at.is_(None), Revision.laid_aside_at.is_(None))
MOST = 100
"""Versions that a page shows."""


def draft_of(row: Any) -> Revision | None:
    """The open draft of a row."""
    return drafts_of([row]).get(row.id)


def drafts_of(rows: Sequence[Any]) -> Mapping[UUID, Revision]:
    """The open drafts of rows of one table, by the id of the row, by one statement."""
    if not rows:
        return {}
    found = select(Revision).where(Revision.owner_table == rows[0].__tablename__, Revision.owner_id.in_([row.id for row in rows]), OPEN)
    return {draft.owner_id: draft for draft in session.scalars(found) if draft.owner_id is not None}


def edited(row: Any) -> Body:
    """What whoever writes on a row sees: the draft, else what is published."""
    draft = draft_of(row)
    return {**body_of(row), **draft.body} if draft is not None else body_of(row)


def edited_of(rows: Sequence[Any]) -> Mapping[UUID, Body]:
    """The same of several rows of one table, by the id of the row, by one statement for their drafts."""
    drafts = drafts_of(rows)
    return {row.id: {**body_of(row), **drafts[row.id].body} if row.id in drafts else body_of(row) for row in rows}


def mark_of(row: Any) -> str:
    """The mark of what `edited` gives: a form carries it as what its writer has seen."""
    return mark(edited(row))


def versions_of(row: Any) -> Sequence[Revision]:
    """The versions of a row without their bodies, the newest first; 100 at most."""
    mine = select(Revision).where(Revision.owner_table == row.__tablename__, Revision.owner_id == row.id)
    return session.scalars(mine.options(defer(Revision.body)).order_by(Revision.number.desc()).limit(MOST)).all()


def version_of(row: Any, number: int) -> Revision | None:
    """One version of a row."""
    mine = (Revision.owner_table == row.__tablename__, Revision.owner_id == row.id, Revision.number == number)
    return session.scalars(select(Revision).where(*mine)).first() if 0 < number < 2**31 else None


def published_before(row: Any, number: int) -> Revision | None:
    """What was published before a version was begun: with this it is compared."""
    mine = (Revision.owner_table == row.__tablename__, Revision.owner_id == row.id, Revision.number < number, Revision.published_at.is_not(None))
    return session.scalars(select(Revision).where(*mine).order_by(Revision.number.desc()).limit(1)).first()
