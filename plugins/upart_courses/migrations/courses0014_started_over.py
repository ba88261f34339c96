# SPDX-License-Identifier: MIT
"""What learners had reached in learning packages before they started them over."""

import sqlalchemy as sa
from alembic import op

revision = "courses0014"
down_revision = "courses0013"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "courses_package_earlier",
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("score", "least", "most")),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"],
            ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_package_earlier_academy_id_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "lesson_id"],
            ["courses_lesson.academy_id", "courses_lesson.id"],
            name=op.f("fk_courses_package_earlier_academy_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_package_earlier_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_package_earlier")),
        sa.UniqueConstraint("academy_id", "enrolment_id", "lesson_id", "block", "part", "round", name="uq_courses_package_earlier_once"),
    )
    for column in ("enrolment_id", "lesson_id"):
        op.create_index(op.f(f"ix_courses_package_earlier_academy_id_{column}"), "courses_package_earlier", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("courses_package_earlier")
