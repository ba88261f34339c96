# SPDX-License-Identifier: MIT
"""The gradebook of a course: what each of some learners has reached in each quiz and assignment, by the same few statements however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from upart.plugin import Person, session
from upart.plugin import gettext as _
from upart_courses.actions import played
from upart_courses.actions.attempting import best
from upart_courses.actions.outliving import taken_out
from upart_courses.blocks import tasks_of
from upart_courses.models import Course, Enrolment, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Submission, Verdict
from upart_courses.questions import HUNDRED

BLOCK = 500
"""Learners of whom a sheet has the results in memory at a time."""


@dataclass(frozen=True, slots=True)
class Task:
    """A quiz or an assignment that learners see in a course, or did something in before it was `taken_out`: where it stands, and its row if anything was
    said about it."""

    lesson: Lesson
    block: str
    kind: str
    title: str
    row: Quiz | Assignment | None
    taken_out: bool = False
    required: bool = False

    @property
    def name(self) -> str:
        """Its title, or what it is."""
        return self.title or (_("Quiz") if self.kind == "quiz" else _("Assignment"))


@dataclass(frozen=True, slots=True)
class Cell:
    """What one learner has reached in one task: hundredths of points of how many, `passed`; `waits`: something is to be graded."""

    points: int | None
    most: int
    passed: bool | None
    waits: bool
    number: int


def tasks(course: Course) -> list[Task]:
    """The quizzes and assignments of a course, in order; those that were taken out after the others of their lesson."""
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id, Lesson.published).order_by(Lesson.position)).all()
    ids = [lesson.id for lesson in lessons]
    rows: dict[tuple[UUID, str], Quiz | Assignment] = {}
    rows |= {(row.lesson_id, row.block): row for row in session.scalars(select(Quiz).where(Quiz.lesson_id.in_(ids)))}
    rows |= {(row.lesson_id, row.block): row for row in session.scalars(select(Assignment).where(Assignment.lesson_id.in_(ids)))}
    gone = taken_out(lessons, rows)
    return [
        Task(
            lesson, one["id"], one["kind"], str(one.get("title") or ""), rows.get((lesson.id, one["id"])), bool(one.get("taken_out")), bool(one.get("required"))
        )
        for lesson in lessons
        for one in [*tasks_of(lesson.blocks), *(one for (id, _block), one in gone.items() if id == lesson.id)]
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


def learners(course: Course) -> Select[Any]:
    """Who is in a course now, with their people."""
    there = (Person.academy_id == Enrolment.academy_id) & (Person.id == Enrolment.learner_id)
    found = select(Enrolment).join(Person, there).options(contains_eager(Enrolment.learner))
    return found.where(Enrolment.course_id == course.id, Enrolment.left_at.is_(None))


def sheet(course: Course) -> Iterator[list[Any]]:
    """The gradebook as a table, a line for each learner, in the order of the page: of each task the points, of how many, and how it stands."""
    found, packages = tasks(course), played.packages(course)
    heads = [f"{task.name}: {label}" for task in found for label in (_("points"), _("of"), _("result"))]
    yield [_("Person"), _("Enrolment"), *heads, *(f"{one.name}: {label}" for one in packages for label in (_("points"), _("of"), _("result"), _("time")))]
    after: Enrolment | None = None
    while True:
        some = learners(course).order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc()).limit(BLOCK)
        if after is not None:
            earlier = (Enrolment.enrolled_at == after.enrolled_at) & (Enrolment.id < after.id)
            some = some.where((Enrolment.enrolled_at < after.enrolled_at) | earlier)
        rows = session.scalars(some).all()
        reached, rounds = cells([one.id for one in rows], found), played.rounds([one.id for one in rows], packages)
        for one in rows:
            each = (reached.get((one.id, task.row.id)) if task.row is not None else None for task in found)
            said = (value for package in packages for value in played.written(rounds.get((one.id, package.lesson.id, package.block), [])))
            yield [one.learner.name, str(one.id), *(value for cell in each for value in _written(cell)), *said]
        if len(rows) < BLOCK:
            return
        after = rows[-1]


def _written(cell: Cell | None) -> tuple[Any, Any, str]:
    if cell is None:
        return "", "", ""
    if cell.points is None:
        return "", _number(cell.most), _("to grade") if cell.waits else _("begun")
    return _number(cell.points), _number(cell.most), _("to grade") if cell.waits else _("passed") if cell.passed else _("not passed")


def _number(hundredths: int) -> int | float:
    return hundredths / HUNDRED if hundredths % HUNDRED else hundredths // HUNDRED


def _of_quiz(attempts: Sequence[Attempt]) -> Cell:
    counts: Any = best(attempts)
    waits = any(one.stage is Stage.WAITING for one in attempts)
    if counts is None:
        return Cell(None, attempts[-1].most, None, waits, len(attempts))
    return Cell(counts.points, counts.most, counts.passed, waits, len(attempts))
