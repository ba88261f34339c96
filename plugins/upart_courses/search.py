# SPDX-License-Identifier: MIT
"""What is searchable: courses, and lessons for whoever may read them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, false, or_, select, true

from upart.plugin import Searchable, context, permitted
from upart_courses.models import Course, CourseState, Enrolment, Lesson


def _mine() -> ColumnElement[bool]:
    """Courses that the acting person is in."""
    if context.person is None:
        return false()
    return Course.id.in_(select(Enrolment.course_id).where(Enrolment.learner_id == context.person.id, Enrolment.left_at.is_(None)))


def _writes() -> ColumnElement[bool]:
    """Courses that the acting person writes: teachers their own, managers all."""
    if permitted("courses.manage"):
        return true()
    return Course.author_id == context.person.id if permitted("courses.teach") else false()


def _sees() -> ColumnElement[bool]:
    """As `public.sees`: a draft only its writers, an archived course also its learners."""
    return or_(Course.state == CourseState.PUBLISHED, _writes(), (Course.state == CourseState.ARCHIVED) & _mine())


def _reads() -> ColumnElement[bool]:
    """As the page of a lesson: previews for everybody, the others for its learners and for whoever teaches here."""
    teaches = true() if permitted("courses.teach") else false()
    return _sees() & or_(Lesson.preview.is_(true()), _mine(), _writes(), teaches)


def _course_url(row: Row[Any]) -> str:
    return url_for("courses.course", slug=row.slug)


def _lesson_url(row: Row[Any]) -> str:
    return url_for("courses.lesson", slug=row.course, lesson=row.slug)


SEARCHABLES = (
    Searchable(
        model=Course, label="Courses", title=Course.title, body=(Course.summary, Course.lead, Course.description, Course.field),
        shows=(Course.slug,), url=_course_url, visible=_sees,
    ),
    Searchable(
        model=Lesson, label="Lessons", title=Lesson.title, body=(Lesson.body,), url=_lesson_url,
        shows=(Lesson.slug, Course.slug.label("course"), Course.title.label("course_title")), detail=lambda row: str(row.course_title),
        through=((Course, (Course.academy_id == Lesson.academy_id) & (Course.id == Lesson.course_id)),), visible=_reads,
    ),
)  # fmt: skip
