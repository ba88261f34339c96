# SPDX-License-Identifier: MIT
"""A new lesson of a course that people read waits until it is published; what is needed and the plan have versions."""

from hashlib import blake2b
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courses0011"
down_revision = "courses0010"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SAID = ("title", "kind", "minutes", "preview", "blocks")
LESSON = sa.table(
    "courses_lesson", *(sa.column(name, sa.Uuid()) for name in ("academy_id", "id")), *(sa.column(name) for name in ("title", "kind", "minutes")),
    *(sa.column(name, sa.Boolean()) for name in ("preview", "required", "published")), sa.column("blocks", JSON),
)  # fmt: skip
VERSION = sa.table(
    "revision", *(sa.column(name, sa.Uuid()) for name in ("academy_id", "id", "owner_id")), sa.column("owner_table"), sa.column("base"),
    sa.column("body", JSON), *(sa.column(name, sa.DateTime(timezone=True)) for name in ("changed_at", "published_at", "laid_aside_at")),
)  # fmt: skip


def upgrade() -> None:
    """Add the mark; all lessons that are there are read already."""
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.add_column(sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.alter_column("published", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Take it away, with the lessons that nobody reads yet. Drafts of lessons go on without it; those of courses are laid aside, and can be restored."""
    at = op.get_bind()
    waiting = sa.select(LESSON.c.id).where(LESSON.c.published.is_(sa.false()))
    at.execute(sa.delete(VERSION).where(VERSION.c.owner_table == "courses_lesson", VERSION.c.owner_id.in_(waiting)))
    at.execute(sa.delete(LESSON).where(LESSON.c.published.is_(sa.false())))
    marks = {}
    for row in list(at.execute(sa.select(LESSON))):
        now = {name: getattr(row, name) for name in (*SAID, "required", "published")}
        marks[row.academy_id, row.id] = (_mark(now), _mark({name: now[name] for name in SAID}))
    for row in list(at.execute(sa.select(VERSION).where(VERSION.c.owner_table == "courses_lesson"))):
        old, new = marks.get((row.academy_id, row.owner_id), ("", ""))
        body = {name: value for name, value in row.body.items() if name in SAID}
        _keep(at, row, {"body": body, "base": new if row.base == old and old else row.base})
    for row in list(at.execute(sa.select(VERSION).where(VERSION.c.owner_table == "courses_course"))):
        open_ = row.published_at is None and row.laid_aside_at is None
        body = {name: value for name, value in row.body.items() if name != "plan"}
        _keep(at, row, {"body": body, "laid_aside_at": row.changed_at if open_ else row.laid_aside_at})
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.drop_column("published")


def _keep(at: Any, row: Any, values: dict[str, Any]) -> None:
    at.execute(sa.update(VERSION).where(VERSION.c.academy_id == row.academy_id, VERSION.c.id == row.id).values(values))


def _mark(body: dict[str, Any]) -> str:
    """As upart.revisions.bodies made it when this was written."""
    return blake2b(msgspec.json.encode(body, order="sorted"), digest_size=8).hexdigest()
