# SPDX-License-Identifier: MIT
"""Who may learn in a course, when its sections open, and which lessons finish it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courses0004"
down_revision = "courses0003"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
COURSE = sa.table("courses_course", sa.column("academy_id"), sa.column("id"), sa.column("created_at"), sa.column("lessons"), sa.column("needed"))
TIMES = (("starts_at", False), ("ends_at", True), ("revoked_at", True))
ADDED = (
    ("courses_lesson", ("required", "added_at")),
    ("courses_section", ("release",)),
    ("courses_course", ("visibility", "entry", "prerequisites", "released_at", "needed")),
)
LESSON = sa.table("courses_lesson", sa.column("academy_id"), sa.column("course_id"), sa.column("added_at"))


def upgrade() -> None:
    """Courses that are there stay open to everybody, their sections open at once, and all their lessons count."""
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.add_column(sa.Column("visibility", sa.String(40), nullable=False, server_default="public"))
        batch_op.add_column(sa.Column("entry", sa.String(40), nullable=False, server_default="open"))
        batch_op.add_column(sa.Column("prerequisites", JSON, nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("needed", sa.BigInteger(), nullable=True))
    op.execute(sa.update(COURSE).values(needed=COURSE.c.lessons))
    with op.batch_alter_table("courses_course") as batch_op:
        batch_op.alter_column("needed", existing_type=sa.BigInteger(), nullable=False)
        for name, kind in (("visibility", sa.String(40)), ("entry", sa.String(40)), ("prerequisites", JSON)):
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    with op.batch_alter_table("courses_section") as batch_op:
        batch_op.add_column(sa.Column("release", JSON, nullable=True))
    _lessons()
    _entitlements()
    _openings()


def _lessons() -> None:
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.add_column(sa.Column("required", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
    made = sa.select(COURSE.c.created_at).where(COURSE.c.academy_id == LESSON.c.academy_id, COURSE.c.id == LESSON.c.course_id).scalar_subquery()
    op.execute(sa.update(LESSON).values(added_at=made))
    with op.batch_alter_table("courses_lesson") as batch_op:
        batch_op.alter_column("required", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch_op.alter_column("added_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def _entitlements() -> None:
    op.create_table(
        "courses_entitlement",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=null) for name, null in TIMES),
        sa.ForeignKeyConstraint(
            ["academy_id", "course_id"], ["courses_course.academy_id", "courses_course.id"], name=op.f("fk_courses_entitlement_academy_id_course_id")
        ),
        sa.ForeignKeyConstraint(["academy_id", "learner_id"], ["person.academy_id", "person.id"], name=op.f("fk_courses_entitlement_academy_id_learner_id")),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_entitlement_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_entitlement")),
        sa.UniqueConstraint("academy_id", "learner_id", "course_id", "source", "reference", name="uq_courses_entitlement_once"),
    )
    for column in ("course_id", "learner_id"):
        op.create_index(op.f(f"ix_courses_entitlement_academy_id_{column}"), "courses_entitlement", ["academy_id", column], unique=False)


def _openings() -> None:
    op.create_table(
        "courses_opening",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"], ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_opening_academy_id_enrolment_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "section_id"], ["courses_section.academy_id", "courses_section.id"],
            name=op.f("fk_courses_opening_academy_id_section_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_opening_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_opening")),
        sa.UniqueConstraint("academy_id", "enrolment_id", "section_id", name=op.f("uq_courses_opening_academy_id_enrolment_id_section_id")),
    )  # fmt: skip
    for column in ("enrolment_id", "section_id"):
        op.create_index(op.f(f"ix_courses_opening_academy_id_{column}"), "courses_opening", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Take them back."""
    for table in ("courses_opening", "courses_entitlement"):
        op.drop_table(table)
    for table, names in ADDED:
        with op.batch_alter_table(table) as batch_op:
            for name in names:
                batch_op.drop_column(name)
