# SPDX-License-Identifier: MIT
"""Learners' own notes on lessons."""

import sqlalchemy as sa
from alembic import op

revision = "courses0012"
down_revision = "courses0011"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "courses_note",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"],
            ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_note_academy_id_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "lesson_id"], ["courses_lesson.academy_id", "courses_lesson.id"], name=op.f("fk_courses_note_academy_id_lesson_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_note_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_note")),
        sa.UniqueConstraint("academy_id", "enrolment_id", "lesson_id", name=op.f("uq_courses_note_academy_id_enrolment_id_lesson_id")),
    )
    for column in ("enrolment_id", "lesson_id"):
        op.create_index(op.f(f"ix_courses_note_academy_id_{column}"), "courses_note", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("courses_note")
