# SPDX-License-Identifier: MIT
"""Further attempts and extra minutes that single learners have for quizzes."""

import sqlalchemy as sa
from alembic import op

revision = "courses0015"
down_revision = "courses0014"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "courses_allowance",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("academy_id", "id", "enrolment_id", "quiz_id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("more_attempts", "more_minutes")),
        sa.ForeignKeyConstraint(
            ["academy_id", "enrolment_id"],
            ["courses_enrolment.academy_id", "courses_enrolment.id"],
            name=op.f("fk_courses_allowance_academy_id_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["academy_id", "quiz_id"],
            ["courses_quiz.academy_id", "courses_quiz.id"],
            name=op.f("fk_courses_allowance_academy_id_quiz_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f("fk_courses_allowance_academy_id")),
        sa.PrimaryKeyConstraint("academy_id", "id", name=op.f("pk_courses_allowance")),
        sa.UniqueConstraint("academy_id", "enrolment_id", "quiz_id", name=op.f("uq_courses_allowance_academy_id_enrolment_id_quiz_id")),
    )
    for column in ("enrolment_id", "quiz_id"):
        op.create_index(op.f(f"ix_courses_allowance_academy_id_{column}"), "courses_allowance", ["academy_id", column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("courses_allowance")
