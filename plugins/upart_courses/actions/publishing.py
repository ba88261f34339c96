# SPDX-License-Identifier: MIT
"""Show courses, archive them, delete them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from upart.plugin import Problem, clock, drop_versions, emit, renew_pages, session, unopposed
from upart.plugin import gettext as _
from upart_courses.actions import keeping, noting
from upart_courses.actions.certifying import outlive
from upart_courses.actions.entitling import is_held
from upart_courses.actions.filling import is_empty, lacks
from upart_courses.actions.outlining import Written
from upart_courses.actions.writing import Outline, lock, outline_of
from upart_courses.models import Course, CoursePackage, CourseState, Enrolment, Entitlement, Lesson, Review, Section, Source

MOVES = {  # what may follow, and what is told of it
    (CourseState.DRAFT, CourseState.PUBLISHED): "courses.published",
    (CourseState.PUBLISHED, CourseState.ARCHIVED): "courses.archived",
    (CourseState.ARCHIVED, CourseState.PUBLISHED): "courses.published",
}


class NotReady(Exception):
    """A course cannot be published yet; the arguments say what is missing, in words."""


def missing(outline: Outline | Written, course: Course) -> list[str]:
    """What a course still needs before it can be published, in words.

    A new lesson that waits on its draft goes on waiting, and a section without lessons is not shown: nothing is asked of either.
    """
    every = [lesson for _section, inside in outline for lesson in inside]
    lessons = [lesson for lesson in every if lesson.published]
    found = [] if course.summary else [_("A summary: a sentence or two for lists.")]
    if not lessons:
        return [*found, _("A lesson that is published: publish the changes first.") if every else _("A first lesson.")]
    return found + [needed for lesson in lessons for needed in missing_in(lesson.title, lesson.blocks, lesson.id)]


def missing_in(title: str, blocks: list[Any], lesson: UUID) -> list[str]:
    """What a lesson still needs before learners may see it, in words."""
    if is_empty(blocks):
        return [_("The text of the lesson “%(title)s”.", title=title)]
    return [_("In the lesson “%(title)s”: %(what)s", title=title, what=what) for what in lacks(blocks, lesson)]


def publish(course: Course) -> None:
    """Show a course to everybody, or show it again. Raises NotReady."""
    lock(course)
    if needed := missing(outline_of(course), course):
        raise NotReady(*needed)
    unopposed("courses.publish", course)
    _enter(course, CourseState.PUBLISHED)
    course.published_at = course.published_at or clock.now()


def archive(course: Course) -> None:
    """Offer a course no longer. Whoever is in it may go on."""
    lock(course)
    _enter(course, CourseState.ARCHIVED)


def _enter(course: Course, state: CourseState) -> None:
    """The one place where a course changes its state. Being there already is no fault: two tabs may ask."""
    if course.state is state:
        return
    if (course.state, state) not in MOVES:
        raise Problem(409, _("This cannot be done with a course that is not published."), remedy=_("Open the course again."))
    emit(MOVES[course.state, state], course)
    course.state = state
    renew_pages()


def learners(course: Course) -> int:
    """How many people have a place in a course, also those who have left."""
    return session.scalar(select(func.count(Enrolment.id)).where(Enrolment.course_id == course.id)) or 0


def rightful(course: Course) -> int:
    """How many people have access to a course that was given or bought, and holds or will."""
    given = select(func.count(func.distinct(Entitlement.learner_id))).where(Entitlement.course_id == course.id, Entitlement.source != Source.FREE)
    return session.scalar(given.where(is_held(clock.now()))) or 0


def remove(course: Course) -> None:
    """Delete a course with its lessons and all enrolments, for ever. Raises Problem 409 while somebody has access that was given or bought."""
    lock(course)
    if rightful(course):
        raise Problem(409, _("People have access to this course."), remedy=_("Archive it: they go on, and nobody new comes in."), code="has_rights")
    emit("courses.deleted", course, enrolments=learners(course))
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id)).all()
    drop_versions(course, *lessons)
    outlive(course)
    noting.outlive([lesson.id for lesson in lessons])
    session.execute(update(CoursePackage).where(CoursePackage.course_id == course.id).values(course_id=None))
    # Lessons first: whoever notes something holds a lesson, then an enrolment.
    tables: tuple[Any, ...] = (Lesson, Section, Review, Entitlement, Enrolment)
    for table in tables:
        keeping.take_along(table, select(table.id).where(table.course_id == course.id))
        session.execute(delete(table).where(table.course_id == course.id))
    session.execute(delete(Course).where(Course.id == course.id))
    renew_pages()
