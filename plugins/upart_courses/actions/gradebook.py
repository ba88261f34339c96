# SPDX-License-Identifier: MIT
"""The gradebook of a course: what each of some learners has reached in each quiz and assignment, by the same few statements however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.plugin import session
from upart_courses.actions.attempting import best
from upart_courses.assessed import Assignment, Attempt, Quiz, Stage, Submission, Verdict
from upart_courses.blocks import tasks_of
from upart_courses.models import Course, Lesson
from upart_courses.questions import HUNDRED


@dataclass(frozen=True, slots=True)
class Task:
    """A quiz or an assignment that learners see in a course: where it stands, and its row if anything was said about it."""

    lesson: Lesson
    block: str
    kind: str
    title: str
    row: Quiz | Assignment | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one learner has reached in one task: hundredths of points of how many, `passed`; `waits`: something is to be graded."""

    points: int | None
    most: int
    passed: bool | None
    waits: bool
    number: int


def tasks(course: Course) -> list[Task]:
    """The quizzes and assignments of a course, in order."""
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position)).all()
    ids = [lesson.id for lesson in lessons]
    rows: dict[tuple[UUID, str], Quiz | Assignment] = {}
    rows |= {(row.lesson_id, row.block): row for row in session.scalars(select(Quiz).where(Quiz.lesson_id.in_(ids)))}
    rows |= {(row.lesson_id, row.block): row for row in session.scalars(select(Assignment).where(Assignment.lesson_id.in_(ids)))}
    return [
        Task(lesson, one["id"], one["kind"], str(one.get("title") or ""), rows.get((lesson.id, one["id"])))
        for lesson in lessons
        for one in tasks_of(lesson.blocks)
    ]


def cells(enrolments: Sequence[UUID], found: Sequence[Task]) -> Mapping[tuple[UUID, UUID], Cell]:
    """What these learners have reached, by enrolment and task; whoever has not begun is not among them."""
    ids = [task.row.id for task in found if task.row is not None]
    worth = {task.row.id: task.row.points * HUNDRED for task in found if isinstance(task.row, Assignment)}
    attempts: dict[tuple[UUID, UUID], list[Attempt]] = {}
    tried = select(Attempt).where(Attempt.enrolment_id.in_(enrolments), Attempt.quiz_id.in_(ids)).order_by(Attempt.number)
    for attempt in session.scalars(tried):
        attempts.setdefault((attempt.enrolment_id, attempt.quiz_id), []).append(attempt)
    made: dict[tuple[UUID, UUID], Cell] = {place: _of_quiz(some) for place, some in attempts.items()}
    sent = select(Submission).where(Submission.enrolment_id.in_(enrolments), Submission.assignment_id.in_(ids)).order_by(Submission.number)
    for one in session.scalars(sent):
        waits = one.verdict is Verdict.WAITING
        made[one.enrolment_id, one.assignment_id] = Cell(one.points, worth[one.assignment_id], one.passed, waits, one.number)
    return made


def _of_quiz(attempts: Sequence[Attempt]) -> Cell:
    counts: Any = best(attempts)
    waits = any(one.stage is Stage.WAITING for one in attempts)
    if counts is None:
        return Cell(None, attempts[-1].most, None, waits, len(attempts))
    return Cell(counts.points, counts.most, counts.passed, waits, len(attempts))
