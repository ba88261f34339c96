# SPDX-License-Identifier: MIT
"""Which quizzes and assignments of a lesson somebody has passed: from that a lesson knows whether it can be done."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.plugin import Problem, session
from upart.plugin import gettext as _
from upart_courses.blocks import tasks_of
from upart_courses.kinds import Block
from upart_courses.models import Enrolment, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Question, Quiz, Submission


def passed_in(enrolment_id: UUID, lesson_id: UUID) -> set[str]:
    """The ids of the blocks of a lesson that somebody has passed."""
    session.flush()
    quizzes = select(Quiz.block).join(Attempt, (Attempt.academy_id == Quiz.academy_id) & (Attempt.quiz_id == Quiz.id))
    work = select(Assignment.block).join(Submission, (Submission.academy_id == Assignment.academy_id) & (Submission.assignment_id == Assignment.id))
    found = session.scalars(quizzes.where(Quiz.lesson_id == lesson_id, Attempt.enrolment_id == enrolment_id, Attempt.passed.is_(True))).all()
    done = session.scalars(work.where(Assignment.lesson_id == lesson_id, Submission.enrolment_id == enrolment_id, Submission.passed.is_(True))).all()
    return {*found, *done}


def still_open(enrolment: Enrolment, lesson: Lesson) -> list[Block]:
    """What in a lesson has to be passed, and is not yet."""
    return unpassed(lesson.blocks, passed_in(enrolment.id, lesson.id)) if unpassed(lesson.blocks, ()) else []


def unpassed(blocks: Iterable[Any], passed: Container[str]) -> list[Block]:
    """The quizzes and assignments among blocks that have to be passed and are not among those that were."""
    return [one for one in tasks_of(blocks) if one.get("required") and one["id"] not in passed]


def unless_open(enrolment: Enrolment, lesson: Lesson) -> None:
    """Pass when nothing in a lesson has to be passed first. Raises Problem 409 with the names of what has."""
    if first := still_open(enrolment, lesson):
        names = ", ".join(f"“{one.get('title', '')}”" for one in first)
        raise Problem(409, _("This lesson is done when you have passed %(names)s.", names=names), remedy=_("Open it in the lesson."), code="not_passed")


def without_questions(blocks: Iterable[Any], lesson: UUID | None) -> list[str]:
    """Quizzes of a lesson in which nothing is asked yet, in words. A copy of the lesson has the same blocks, and questions of its own."""
    quizzes = {one["id"]: one for one in tasks_of(blocks) if one["kind"] == "quiz"}
    if not quizzes:
        return []
    found = select(Quiz.block).join(Question, (Question.academy_id == Quiz.academy_id) & (Question.quiz_id == Quiz.id))
    asking = set(session.scalars(found.where(Quiz.lesson_id == lesson, Quiz.block.in_(quizzes)).distinct()))
    return [_("A question for the quiz “%(title)s”.", title=one.get("title", "")) for id, one in quizzes.items() if id not in asking]


def lesson_of(task: Quiz | Assignment) -> Lesson:
    """The lesson in which it stands."""
    return session.scalars(select(Lesson).where(Lesson.id == task.lesson_id)).one()


def held(enrolment_id: UUID) -> Enrolment:
    """An enrolment, locked: what happens in it happens one after the other."""
    return session.scalars(select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update()).one()


def hold(row: Attempt | Submission) -> Enrolment:
    """The enrolment of what a learner did, locked, and the row read anew: two graders come one after the other."""
    enrolment = held(row.enrolment_id)
    session.refresh(row)
    return enrolment
