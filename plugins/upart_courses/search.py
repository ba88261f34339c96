# SPDX-License-Identifier: MIT
"""What is searchable: courses, and lessons for whoever may read them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row

from upart.plugin import Searchable, context, permitted
from upart_courses import visible
from upart_courses.models import Course, Lesson


def _sees() -> ColumnElement[bool]:
    """The courses that lists show to whoever searches."""
    return visible.steps_of(context.person.id if context.person is not None else None)[visible.step_of(context.person)]


def _reads() -> ColumnElement[bool]:
    """As the page of a lesson: previews for everybody, the others for whoever may go on in their course, and for whoever teaches here."""
    read = _sees() & Lesson.published
    if context.person is None:
        return read & Lesson.preview.is_(True)
    return read if permitted("courses.teach") else read & visible.read_by(context.person.id)


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
