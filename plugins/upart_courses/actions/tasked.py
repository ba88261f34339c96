# SPDX-License-Identifier: MIT
"""Quizzes and assignments of lessons that go out with a course, and of those that have come in with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.plugin import session
from upart_courses.kinds import Block
from upart_courses.models import Lesson
from upart_courses.models.assessed import Assignment, Question, Quiz, Reveal
from upart_courses.packages.tree import Piece

QUIZ, ASSIGNMENT, QUESTION = (
    ("attempts", "minutes", "pool", "pass_percent", "reveal"), ("points", "pass_points", "files"),
    ("kind", "prompt", "points", "lines", "right", "explanation"),
)  # fmt: skip
"""What goes out of each; deadlines are of a round, and stay."""

NOTHING_SAID: dict[str, Any] = {"points": 10, "pass_points": 6, "files": 1}


@dataclass(slots=True)
class Task:
    """What is known of a task besides its block."""

    rules: dict[str, Any]
    questions: list[dict[str, Any]] = field(default_factory=list)


def tasks_of(lessons: Iterable[UUID]) -> Mapping[tuple[UUID, str], Task]:
    """The rules and questions of lessons, by lesson and block; by three statements."""
    ids = list(lessons)
    quizzes = session.scalars(select(Quiz).where(Quiz.lesson_id.in_(ids))).all()
    found = {one.id: Task({name: getattr(one, name) for name in QUIZ}) for one in quizzes}
    for question in session.scalars(select(Question).where(Question.quiz_id.in_(found)).order_by(Question.position, Question.id)):
        found[question.quiz_id].questions.append({name: getattr(question, name) for name in QUESTION})
    made = {(one.lesson_id, one.block): found[one.id] for one in quizzes}
    for one in session.scalars(select(Assignment).where(Assignment.lesson_id.in_(ids))):
        made[one.lesson_id, one.block] = Task({name: getattr(one, name) for name in ASSIGNMENT})
    return made


def keep_tasks(lesson: Lesson, made: Sequence[tuple[Piece, Block]]) -> None:
    """Give the quizzes and assignments of a new lesson their rules and questions. Needs the lesson to be there."""
    for piece, block in made:
        if piece.kind == "assignment" and piece.rules:
            session.add(Assignment(lesson_id=lesson.id, block=block["id"], **piece.rules))
        elif piece.kind == "quiz" and (piece.rules or piece.questions):
            rules = piece.rules | ({"reveal": Reveal(piece.rules["reveal"])} if "reveal" in piece.rules else {})
            quiz = Quiz(lesson_id=lesson.id, block=block["id"], **rules)
            session.add(quiz)
            session.flush()
            session.add_all(Question(quiz_id=quiz.id, position=place, **facts) for place, facts in enumerate(piece.questions, start=1))
