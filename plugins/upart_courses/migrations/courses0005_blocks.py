# SPDX-License-Identifier: MIT
"""Lessons consist of blocks: the text of each becomes its first one, in its versions too. Which files a lesson shows; how far learners have played them."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courses0005"
down_revision = "courses0004"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LESSON = sa.table(
    "courses_lesson", *(sa.column(name, sa.Uuid()) for name in ("academy_id", "id")), sa.column("blocks", JSON),
    *(sa.column(name) for name in ("title", "kind", "minutes", "preview", "body")),
)  # fmt: skip
VERSION = sa.table(
    "revision", *(sa.column(name, sa.Uuid()) for name in ("academy_id", "id", "owner_id")), sa.column("owner_table"), sa.column("base"),
    sa.column("body", JSON), *(sa.column(name) for name in ("published_at", "laid_aside_at")),
)  # fmt: skip
Body = dict[str, Any]


def upgrade() -> None:
    """Add columns and tables, then turn texts into blocks."""
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.add_column(sa.Column("blocks", JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("embeds", sa.String(), nullable=False, server_default=""))
    _files()
    _playing()
    _turn(_into_blocks)
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.alter_column("blocks", existing_type=JSON, existing_nullable=False, server_default=None)
        batch_op.alter_column("embeds", existing_type=sa.String(), existing_nullable=False, server_default=None)


def _files() -> None:
    op.create_table(
        "courses_lesson_file",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "lesson_id"],
            ["courses_lesson.academy_id", "courses_lesson.id"],
            name=op.f("fk_courses_lesson_file_academy_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id", "item_id"], ["media_item.academy_id", "media_item.id"], name=op.f("fk_courses_lesson_file_academy_id_item_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_lesson_file_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_lesson_file")),
    )
    for column in ("item_id", "lesson_id"):
        op.create_index(op.f(f"ix_courses_lesson_file_academy_id_{column}"), "courses_lesson_file", ["academy_id", column], unique=False)


def _playing() -> None:
    op.create_table(
        "courses_playing",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"],
            ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_playing_academy_id_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "lesson_id"],
            ["courses_lesson.academy_id", "courses_lesson.id"],
            name=op.f("fk_courses_playing_academy_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_playing_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_playing")),
        sa.UniqueConstraint("academy_id", "enrolment_id", "lesson_id", "block", name=op.f("uq_courses_playing_academy_id_enrolment_id_lesson_id_block")),
    )
    for column in ("enrolment_id", "lesson_id"):
        op.create_index(op.f(f"ix_courses_playing_academy_id_{column}"), "courses_playing", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Blocks become the text of their words again."""
    _turn(_into_text)
    for table in ("courses_playing", "courses_lesson_file"):
        op.drop_table(table)
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.drop_column("embeds")
        batch_op.drop_column("blocks")


def _into_blocks(body: Body) -> Body:
    text = body.pop("body", "")
    return {**body, "blocks": [{"id": "00000001", "kind": "markdown", "text": text}] if text else []}


WORDS = {"markdown": ("text",), "image": ("caption",), "video": ("title",), "audio": ("title", "transcript")} | {
    "embed": ("title",), "file": ("label",), "code": ("code",), "callout": ("text",),
}  # fmt: skip


def _into_text(body: Body) -> Body:
    blocks = body.pop("blocks", [])
    found = (one.get(name) for one in blocks if isinstance(one, dict) for name in WORDS.get(str(one.get("kind")), ()))
    return {**body, "body": "\n\n".join(text for text in found if text)}


def _turn(change: Callable[[Body], Body]) -> None:
    """Turn what lessons say, then their versions; a draft that was begun on what is published now still is."""
    at, marks = op.get_bind(), {}
    for row in list(at.execute(sa.select(LESSON))):
        stored = {"title": row.title, "kind": row.kind, "minutes": row.minutes, "preview": bool(row.preview)}
        before = {**stored, "blocks": row.blocks} if change is _into_text else {**stored, "body": row.body}
        after = change(dict(before))
        marks[row.academy_id, row.id] = (_mark(before), _mark(after))
        values = {name: after[name] for name in ("blocks", "body") if name in after}
        at.execute(sa.update(LESSON).where(LESSON.c.academy_id == row.academy_id, LESSON.c.id == row.id).values(values))
    for row in list(at.execute(sa.select(VERSION).where(VERSION.c.owner_table == "courses_lesson"))):
        old, new = marks.get((row.academy_id, row.owner_id), ("", ""))
        values = {"body": change(dict(row.body)), "base": new if row.base == old and old else row.base}
        at.execute(sa.update(VERSION).where(VERSION.c.academy_id == row.academy_id, VERSION.c.id == row.id).values(values))


def _mark(body: Body) -> str:
    """As upart.revisions.bodies made it when this was written."""
    return blake2b(msgspec.json.encode(body, order="sorted"), digest_size=8).hexdigest()
