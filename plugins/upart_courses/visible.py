# SPDX-License-Identifier: MIT
"""Which courses, lessons and enrolments somebody sees in lists, as criteria that are made once."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, false, or_, select, true

from upart.plugin import ACTOR, clock, context, permitted
from upart_courses import pace
from upart_courses.actions.entitling import is_live
from upart_courses.models import Certificate, Cohort, Course, CourseState, Enrolment, Entitlement, Entry, Lesson, Review, Section, Visibility
from upart_courses.models.assessed import Attempt, Submission

Criterion = ColumnElement[bool]

NOW: Any = bindparam("courses_now", callable_=lambda: clock.now(), type_=Course.created_at.type)
LOCKED = bindparam("courses_locked", callable_=lambda: list(pace.locked_lessons(context.person)), expanding=True, type_=Uuid())
"""The lessons that are not open yet to whoever acts: computed once for each statement that names them."""

EVERYTHING: Criterion = true()
PUBLISHED: Criterion = Course.state == CourseState.PUBLISHED
LISTED: Criterion = and_(PUBLISHED, Course.visibility == Visibility.PUBLIC)


class Steps(NamedTuple):
    """Criteria of courses for one kind of rows: what visitors see, people of the academy, teachers, managers."""

    visitor: Criterion
    member: Criterion
    teacher: Criterion
    manager: Criterion


def _within(actor: Any) -> Select[Any]:
    """Courses in which somebody has a place."""
    return select(Enrolment.course_id).where(Enrolment.learner_id == actor, Enrolment.left_at.is_(None))


def _rightful(actor: Any) -> Select[Any]:
    """Courses to which somebody has a right that holds now."""
    return select(Entitlement.course_id).where(Entitlement.learner_id == actor, is_live(NOW))


def steps_of(actor: Any) -> Steps:
    """Who sees which courses in lists, for an actor (a parameter, or an id): a draft only its writers, an archived course its learners too."""
    mine = and_(Course.state.in_((CourseState.PUBLISHED, CourseState.ARCHIVED)), Course.id.in_(_within(actor)))
    members = and_(PUBLISHED, Course.visibility.in_((Visibility.PUBLIC, Visibility.MEMBERS)))
    member = or_(members, mine, and_(PUBLISHED, Course.id.in_(_rightful(actor))))
    return Steps(LISTED, member, or_(PUBLISHED, mine, Course.author_id == actor), EVERYTHING)


def read_by(actor: Any) -> Criterion:
    """Lessons whose text a learner may read: previews, and what is open to them of the courses in which they may go on."""
    free = select(Course.id).where(Course.entry == Entry.OPEN)
    going_on = and_(Lesson.course_id.in_(_within(actor)), or_(Lesson.course_id.in_(free), Lesson.course_id.in_(_rightful(actor))))
    return or_(Lesson.preview.is_(True), and_(going_on, Lesson.id.not_in(LOCKED)))


COURSES = steps_of(ACTOR)
UNLISTED: Criterion = and_(PUBLISHED, Course.visibility == Visibility.UNLISTED)
ADDRESSED = Steps(*(or_(one, UNLISTED) for one in COURSES))
"""Who sees which courses by their address: also those that no list names."""

OWN = select(Course.id).where(Course.author_id == ACTOR)
PRESENT: Criterion = Enrolment.left_at.is_(None)


def _inside(model: Any, courses: Steps = COURSES) -> Steps:
    return Steps(*(model.course_id.in_(select(Course.id).where(one)) for one in courses))


def _read(courses: Steps = COURSES) -> Steps:
    """Lessons that are published, also for whoever writes them: what waits is shown by a preview."""
    return Steps(*(and_(Lesson.published, one) for one in _inside(Lesson, courses)))


def _of_people(model: Any, there: Criterion) -> Steps:
    """Rows about learners: their own, and to whoever teaches or manages those of the courses they write."""
    own: Criterion = model.learner_id == ACTOR
    return Steps(own, own, or_(own, and_(there, model.course_id.in_(OWN))), or_(own, there))


PLACES = _of_people(Enrolment, PRESENT)


def _of_places(model: Any) -> Steps:
    """Rows about what learners do in their places."""
    return Steps(*(model.enrolment_id.in_(select(Enrolment.id).where(one)) for one in PLACES))


ROWS: dict[type[Any], Steps] = {
    Course: COURSES, Section: _inside(Section), Cohort: _inside(Cohort), Lesson: _read(), Enrolment: PLACES,
    Entitlement: _of_people(Entitlement, true()), Attempt: _of_places(Attempt), Submission: _of_places(Submission),
    Certificate: _of_people(Certificate, true()), Review: _inside(Review),
}  # fmt: skip
BY_ADDRESS: dict[type[Any], tuple[frozenset[str], Steps]] = {  # fields that are an address, and what whoever knows one sees
    Course: (frozenset({"id", "slug"}), ADDRESSED),
    Section: (frozenset({"id", "course_id"}), _inside(Section, ADDRESSED)),
    Lesson: (frozenset({"id", "course_id", "section_id"}), _read(ADDRESSED)),
}
BODIES: tuple[Criterion, ...] = (Lesson.preview.is_(True), read_by(ACTOR), EVERYTHING, EVERYTHING)
SHOWN: Criterion = Review.hidden_at.is_(None)
WORDS: tuple[Criterion, ...] = (SHOWN, *(or_(SHOWN, Review.author_id == ACTOR, more) for more in (false(), Review.course_id.in_(OWN), true())))


def rows(actor: Any, model: type[Any], named: frozenset[str]) -> Criterion | None:
    """The rows of a model of ours that somebody sees who knows values of the fields `named`; None for others' models."""
    fields, addressed = BY_ADDRESS.get(model, (frozenset(), None))
    known = addressed if addressed is not None and fields & named else ROWS.get(model)
    return known[step_of(actor)] if known else None


def bodies() -> Criterion:
    """The lessons whose text the acting person may read."""
    return BODIES[step_of(context.person)]


def words() -> Criterion:
    """The reviews whose words the acting person may read: those that are not hidden, their own, and those of courses that they write."""
    return WORDS[step_of(context.person)]


def step_of(actor: Any) -> int:
    """At which of the steps somebody stands."""
    return 0 if actor is None else 3 if permitted("courses.manage") else 2 if permitted("courses.teach") else 1
