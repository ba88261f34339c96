# SPDX-License-Identifier: MIT
"""Certificates, reviews, and questions with answers."""

import sqlalchemy as sa
from alembic import op

revision = "courses0007"
down_revision = "courses0006"


def upgrade() -> None:
    """Whoever finishes a course from now on gets one."""
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.add_column(sa.Column("certifies", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.alter_column("certifies", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    op.create_table(
        "courses_certificate",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("code", "course", "academy", "name", "reason")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("lessons", "minutes")),
        sa.Column("state", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("public", "findable")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("issued_at", "ended_at")),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"], ["courses_course.academy_id", "courses_course.id"], name=op.f("fk_courses_certificate_academy_id_course_id")
        ),
        sa.ForeignKeyConstraint(["academy_id", "learner_id"], ["person.academy_id", "person.id"], name=op.f("fk_courses_certificate_academy_id_learner_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_certificate_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_certificate")),
        sa.UniqueConstraint("academy_id", "code", name=op.f("uq_courses_certificate_academy_id_code")),
        sa.UniqueConstraint("academy_id", "learner_id", "course_id", name=op.f("uq_courses_certificate_academy_id_learner_id_course_id")),
    )
    for column in ("course_id", "learner_id"):
        op.create_index(op.f(f"ix_courses_certificate_academy_id_{column}"), "courses_certificate", ["academy_id", column], unique=False)
    _reviews()
    op.create_table(
        "courses_faq",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id", "course_id")),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"],
            ["courses_course.academy_id", "courses_course.id"],
            name=op.f("fk_courses_faq_academy_id_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_faq_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_faq")),
        sa.UniqueConstraint("academy_id", "course_id", name=op.f("uq_courses_faq_academy_id_course_id")),
    )
    op.create_index(op.f("ix_courses_faq_academy_id_course_id"), "courses_faq", ["academy_id", "course_id"], unique=False)


def _reviews() -> None:
    op.create_table(
        "courses_review",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "author_id", "course_id")),
        sa.Column("stars", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["academy_id", "author_id"], ["person.academy_id", "person.id"], name=op.f("fk_courses_review_academy_id_author_id")),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"], ["courses_course.academy_id", "courses_course.id"], name=op.f("fk_courses_review_academy_id_course_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_review_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_review")),
        sa.UniqueConstraint("academy_id", "author_id", "course_id", name=op.f("uq_courses_review_academy_id_author_id_course_id")),
    )  # fmt: skip
    for column in ("author_id", "course_id"):
        op.create_index(op.f(f"ix_courses_review_academy_id_{column}"), "courses_review", ["academy_id", column], unique=False)
    op.create_index("ix_courses_review_newest", "courses_review", ["academy_id", "course_id", "written_at", "id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    for table in ("courses_faq", "courses_review", "courses_certificate"):
        op.drop_table(table)
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.drop_column("certifies")
