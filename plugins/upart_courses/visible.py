# SPDX-License-Identifier: MIT
"""Which courses, lessons and enrolments somebody sees in lists, as criteria that are made once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from upart.plugin import ACTOR, context, permitted
from upart_courses.assessed import Attempt, Submission
from upart_courses.models import Course, CourseState, Enrolment, Lesson, Section

Criterion = ColumnElement[bool]

EVERYTHING: Criterion = true()
LEARNING = select(Enrolment.course_id).where(Enrolment.learner_id == ACTOR, Enrolment.left_at.is_(None))
PUBLISHED: Criterion = Course.state == CourseState.PUBLISHED
LEARNED: Criterion = or_(PUBLISHED, and_(Course.state == CourseState.ARCHIVED, Course.id.in_(LEARNING)))
TAUGHT: Criterion = or_(LEARNED, Course.author_id == ACTOR)
OWN = select(Course.id).where(Course.author_id == ACTOR)
THEMSELVES: Criterion = Enrolment.learner_id == ACTOR
PRESENT: Criterion = Enrolment.left_at.is_(None)
PLACES = (THEMSELVES, THEMSELVES, or_(THEMSELVES, and_(PRESENT, Enrolment.course_id.in_(OWN))), or_(THEMSELVES, PRESENT))

ROWS: dict[type[Any], tuple[Criterion, Criterion, Criterion, Criterion]] = {  # what visitors see, learners, teachers, managers
    Course: (PUBLISHED, LEARNED, TAUGHT, EVERYTHING),
    Section: tuple(Section.course_id.in_(select(Course.id).where(one)) for one in (PUBLISHED, LEARNED, TAUGHT, EVERYTHING)),  # type: ignore[dict-item]
    Lesson: tuple(Lesson.course_id.in_(select(Course.id).where(one)) for one in (PUBLISHED, LEARNED, TAUGHT, EVERYTHING)),  # type: ignore[dict-item]
    Enrolment: PLACES,
    Attempt: tuple(Attempt.enrolment_id.in_(select(Enrolment.id).where(one)) for one in PLACES),  # type: ignore[dict-item]
    Submission: tuple(Submission.enrolment_id.in_(select(Enrolment.id).where(one)) for one in PLACES),  # type: ignore[dict-item]
}
BODIES: tuple[Any, ...] = (Lesson.preview, or_(Lesson.preview, Lesson.course_id.in_(LEARNING)), EVERYTHING, EVERYTHING)


def rows(actor: Any, model: type[Any]) -> Criterion | None:
    """The rows of a model of ours that somebody sees; None for others' models."""
    known = ROWS.get(model)
    return known[_step(actor)] if known else None


def bodies() -> Criterion:
    """The lessons whose text the acting person may read."""
    found: Criterion = BODIES[_step(context.person)]
    return found


def _step(actor: Any) -> int:
    return 0 if actor is None else 3 if permitted("courses.manage") else 2 if permitted("courses.teach") else 1
