# SPDX-License-Identifier: MIT
"""Courses, sections, lessons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courses0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "courses_course",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("cover", sa.String(), nullable=False),
        sa.Column("outcomes", JSON, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("lessons", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "author_id"], ["person.academy_id", "person.id"], name=op.f("fk_courses_course_academy_id_author_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_course_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_course")),
        sa.UniqueConstraint("academy_id", "slug", name=op.f("uq_courses_course_academy_id_slug")),
    )
    op.create_index(op.f("ix_courses_course_academy_id_author_id"), "courses_course", ["academy_id", "author_id"], unique=False)
    op.create_table(
        "courses_section",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"],
            ["courses_course.academy_id", "courses_course.id"],
            name=op.f("fk_courses_section_academy_id_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_section_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_section")),
    )
    op.create_index(op.f("ix_courses_section_academy_id_course_id"), "courses_section", ["academy_id", "course_id"], unique=False)
    op.create_table(
        "courses_lesson",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"],
            ["courses_course.academy_id", "courses_course.id"],
            name=op.f("fk_courses_lesson_academy_id_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "section_id"],
            ["courses_section.academy_id", "courses_section.id"],
            name=op.f("fk_courses_lesson_academy_id_section_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_lesson_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_lesson")),
        sa.UniqueConstraint("academy_id", "course_id", "slug", name=op.f("uq_courses_lesson_academy_id_course_id_slug")),
    )
    op.create_index(op.f("ix_courses_lesson_academy_id_course_id"), "courses_lesson", ["academy_id", "course_id"], unique=False)
    op.create_index(op.f("ix_courses_lesson_academy_id_section_id"), "courses_lesson", ["academy_id", "section_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("courses_lesson", "courses_section", "courses_course"):
        op.drop_table(table)
