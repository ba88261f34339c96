# SPDX-License-Identifier: MIT
"""Groups of a course, and what tables have brought in about its learners."""

import sqlalchemy as sa
from alembic import op

revision = "courses0008"
down_revision = "courses0007"

FLAGS = ("enrolled", "entitled", "completed", "guest")
LINKS = (("courses_enrolment", "cohort_id", "courses_cohort", None), ("courses_lesson_event", "brought_id", "courses_brought", "CASCADE"))


def upgrade() -> None:
    """Everybody who learns is in no group, and has said themselves what they have done."""
    _cohorts()
    _brought()
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.add_column(sa.Column("grouped", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.alter_column("grouped", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    for table, name, target, ondelete in LINKS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_{table}_academy_id_{name}"), target, ["academy_id", name], ["academy_id", "id"], ondelete=ondelete)
        op.create_index(op.f(f"ix_{table}_academy_id_{name}"), table, ["academy_id", name], unique=False)


def _cohorts() -> None:
    op.create_table(
        "courses_cohort",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("places", sa.BigInteger(), nullable=True),
        sa.Column("choosable", sa.Boolean(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"],
            ["courses_course.academy_id", "courses_course.id"],
            name=op.f("fk_courses_cohort_academy_id_course_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_cohort_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_cohort")),
        sa.UniqueConstraint("academy_id", "course_id", "name", name=op.f("uq_courses_cohort_academy_id_course_id_name")),
    )
    op.create_index(op.f("ix_courses_cohort_academy_id_course_id"), "courses_cohort", ["academy_id", "course_id"], unique=False)


def _brought() -> None:
    op.create_table(
        "courses_brought",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in FLAGS),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"],
            ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_brought_academy_id_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "cohort_id"], ["courses_cohort.academy_id", "courses_cohort.id"], name=op.f("fk_courses_brought_academy_id_cohort_id")
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_brought_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_brought")),
    )
    for column in ("cohort_id", "enrolment_id"):
        op.create_index(op.f(f"ix_courses_brought_academy_id_{column}"), "courses_brought", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Nobody is in a group."""
    for table, name, _target, _ondelete in LINKS:
        op.drop_index(op.f(f"ix_{table}_academy_id_{name}"), table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_academy_id_{name}"), type_="foreignkey")
            batch_op.drop_column(name)
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.drop_column("grouped")
    for table in ("courses_brought", "courses_cohort"):
        op.drop_table(table)
