# SPDX-License-Identifier: MIT
"""Quizzes and assignments, and what learners answer and hand in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "courses0006"
down_revision = "courses0005"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

Link = tuple[str, str, str | None]
"""Column, table, what happens when the row it links to goes."""


def _table(name: str, columns: list[sa.Column], links: list[Link], unique: tuple[str, ...] = ()) -> None:
    keys = [sa.Column(column, sa.Uuid(), nullable=column == "file_id") for column in ("academy_id", "id", *(column for column, _table, _rule in links))]
    foreign = [
        sa.ForeignKeyConstraint(["academy_id", column], [f"{table}.academy_id", f"{table}.id"], name=op.f(f"fk_{name}_academy_id_{column}"), ondelete=rule)
        for column, table, rule in links
    ]
    foreign.append(sa.ForeignKeyConstraint(["academy_id"], ["academy.id"], name=op.f(f"fk_{name}_academy_id")))
    own = [sa.UniqueConstraint("academy_id", *unique, name=op.f(f"uq_{name}_academy_id_{'_'.join(unique)}"))] if unique else []
    op.create_table(name, *keys, *columns, *foreign, sa.PrimaryKeyConstraint("academy_id", "id", name=op.f(f"pk_{name}")), *own)
    for column, _table, _rule in links:
        op.create_index(op.f(f"ix_{name}_academy_id_{column}"), name, ["academy_id", column], unique=False)


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables."""
    lesson, quiz = [("lesson_id", "courses_lesson", "CASCADE")], [("quiz_id", "courses_quiz", "CASCADE")]
    rules = [*_words("block"), *_numbers("attempts", "minutes", "pool", "pass_percent"), sa.Column("reveal", sa.String(40), nullable=False)]
    _table("courses_quiz", rules, lesson, ("lesson_id", "block"))
    question = [*_numbers("position", "version", "points"), sa.Column("kind", sa.String(40), nullable=False), *_words("prompt", "explanation")]
    _table("courses_question", [*question, *(sa.Column(name, JSON, nullable=False) for name in ("lines", "right"))], quiz)
    dates = [sa.Column("due", sa.String(), nullable=False), sa.Column("zone", sa.String(), nullable=False), sa.Column("due_at", INSTANT, nullable=True)]
    _table("courses_assignment", [*_words("block"), *_numbers("points", "pass_points", "files"), *dates], lesson, ("lesson_id", "block"))
    _of_learners()


def _of_learners() -> None:
    enrolment, quiz = ("enrolment_id", "courses_enrolment", "CASCADE"), ("quiz_id", "courses_quiz", "CASCADE")
    assignment = ("assignment_id", "courses_assignment", "CASCADE")
    attempt = [
        sa.Column("stage", sa.String(40), nullable=False), sa.Column("started_at", INSTANT, nullable=False), sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("handed_in_at", INSTANT, nullable=True), *_numbers("most"),
        *(sa.Column(name, JSON, nullable=False) for name in ("answers", "marks")),
    ]  # fmt: skip
    _table("courses_sheet", [sa.Column("asked", JSON, nullable=False)], [quiz])
    _table("courses_attempt", [*attempt, *_result()], [enrolment, quiz, ("sheet_id", "courses_sheet", "CASCADE")], ("enrolment_id", "quiz_id", "number"))
    _table("courses_extension", [sa.Column("due_at", INSTANT, nullable=False)], [enrolment, assignment], ("enrolment_id", "assignment_id"))
    work = [sa.Column("verdict", sa.String(40), nullable=False), sa.Column("handed_in_at", INSTANT, nullable=False), *_words("text")]
    _table("courses_submission", [*work, *_result()], [enrolment, assignment], ("enrolment_id", "assignment_id", "number"))
    _table("courses_handed_in", [], [("submission_id", "courses_submission", "CASCADE"), ("file_id", "file", None)])


def _result() -> list[sa.Column]:
    given = [sa.Column("late", sa.Boolean(), nullable=False), sa.Column("points", sa.BigInteger(), nullable=True)]
    return [*given, sa.Column("passed", sa.Boolean(), nullable=True), *_words("feedback"), *_numbers("number")]


def downgrade() -> None:
    """Take them back."""
    for table in ("handed_in", "submission", "extension", "attempt", "sheet", "assignment", "question", "quiz"):
        op.drop_table(f"courses_{table}")
