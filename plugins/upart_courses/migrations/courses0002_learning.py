# SPDX-License-Identifier: MIT
"""Enrolments and what learners did; when courses were saved and first published."""

import sqlalchemy as sa
from alembic import op

revision = "courses0002"
down_revision = "courses0001"

COURSE = sa.table("courses_course", *(sa.column(name) for name in ("state", "created_at", "changed_at", "published_at")))


def upgrade() -> None:
    """Make the tables; courses that are there were saved, and published, when they were made."""
    with op.batch_alter_table("courses_course") as batch_op:
        for name in ("changed_at", "published_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.update(COURSE).values(changed_at=COURSE.c.created_at))
    op.execute(sa.update(COURSE).where(COURSE.c.state != "draft").values(published_at=COURSE.c.created_at))
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.alter_column("changed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    _enrolments()
    _events()


def _enrolments() -> None:
    op.create_table(
        "courses_enrolment",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"], ["courses_course.academy_id", "courses_course.id"], name=op.f("fk_courses_enrolment_academy_id_course_id")
        ),
        sa.ForeignKeyConstraint(["academy_id", "learner_id"], ["person.academy_id", "person.id"], name=op.f("fk_courses_enrolment_academy_id_learner_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_enrolment_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_enrolment")),
        sa.UniqueConstraint("academy_id", "learner_id", "course_id", name=op.f("uq_courses_enrolment_academy_id_learner_id_course_id")),
    )
    op.create_index("ix_courses_enrolment_roster", "courses_enrolment", ["academy_id", "course_id", "enrolled_at", "id"], unique=False)
    for column in ("course_id", "last_activity_at", "learner_id"):
        op.create_index(op.f(f"ix_courses_enrolment_academy_id_{column}"), "courses_enrolment", ["academy_id", column], unique=False)


def _events() -> None:
    op.create_table(
        "courses_lesson_event",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"],
            ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_lesson_event_academy_id_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "lesson_id"],
            ["courses_lesson.academy_id", "courses_lesson.id"],
            name=op.f("fk_courses_lesson_event_academy_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_lesson_event_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_lesson_event")),
    )
    for column in ("enrolment_id", "lesson_id"):
        op.create_index(op.f(f"ix_courses_lesson_event_academy_id_{column}"), "courses_lesson_event", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Take them back."""
    for table in ("courses_lesson_event", "courses_enrolment"):
        op.drop_table(table)
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.drop_column("published_at")
        batch_op.drop_column("changed_at")
