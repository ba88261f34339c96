# SPDX-License-Identifier: MIT
"""Courses come in as packages, and are found under their old addresses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courses0009"
down_revision = "courses0008"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add two tables."""
    _packages()
    op.create_table(
        "courses_old_address",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"],
            ["courses_course.academy_id", "courses_course.id"],
            name=op.f("fk_courses_old_address_academy_id_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "lesson_id"],
            ["courses_lesson.academy_id", "courses_lesson.id"],
            name=op.f("fk_courses_old_address_academy_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_old_address_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_old_address")),
        sa.UniqueConstraint("academy_id", "path", name=op.f("uq_courses_old_address_academy_id_path")),
    )
    for column in ("course_id", "lesson_id"):
        op.create_index(op.f(f"ix_courses_old_address_academy_id_{column}"), "courses_old_address", ["academy_id", column], unique=False)


def _packages() -> None:
    op.create_table(
        "courses_package",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "sender_id"], ["person.academy_id", "person.id"], name=op.f("fk_courses_package_academy_id_sender_id")),
        sa.ForeignKeyConstraint(["academy_id", "file_id"], ["file.academy_id", "file.id"], name=op.f("fk_courses_package_academy_id_file_id")),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"], ["courses_course.academy_id", "courses_course.id"], name=op.f("fk_courses_package_academy_id_course_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_package_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_package")),
    )
    for column in ("course_id", "file_id", "sender_id", "sent_at"):
        op.create_index(op.f(f"ix_courses_package_academy_id_{column}"), "courses_package", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Remove the tables; courses that came in stay."""
    for table in ("courses_old_address", "courses_package"):
        op.drop_table(table)
