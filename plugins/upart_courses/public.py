# SPDX-License-Identifier: MIT
"""What other plugins, and this plugin's own pages, may ask about courses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from upart.plugin import Person, prepared
from upart_courses.models import Course, CourseState, Lesson, Section

CARD = (Course.slug, Course.title, Course.summary, Course.cover, Course.lessons, Course.minutes, Course.level, Course.field)
PUBLISHED = Course.state == CourseState.PUBLISHED

CATALOGUE = prepared(select(*CARD).where(PUBLISHED).order_by(Course.position, Course.id))
COURSE = prepared(
    select(Course, Person.name.label("teacher"))
    .outerjoin_from(Course, Person, (Person.academy_id == Course.academy_id) & (Person.id == Course.author_id))
    .where(PUBLISHED, Course.slug == bindparam("slug"))
)
OUTLINE = prepared(
    select(Section.title.label("section"), Lesson.title, Lesson.slug, Lesson.kind, Lesson.minutes, Lesson.preview, Lesson.position)
    .join_from(Lesson, Section, (Section.academy_id == Lesson.academy_id) & (Section.id == Lesson.section_id))
    .where(Lesson.course_id == bindparam("course_id"))
    .order_by(Lesson.position)
)
BODY = prepared(select(Lesson.body).where(Lesson.course_id == bindparam("course_id"), Lesson.slug == bindparam("slug"), Lesson.preview))
PREVIEWS = prepared(select(func.count(Lesson.id)).where(Lesson.preview))


@dataclass
class OutlineSection:
    """A part of a course as its outline shows it: title, minutes, lessons in order."""

    title: str
    minutes: int = 0
    lessons: list[Row[Any]] = field(default_factory=list)


def catalogue() -> Sequence[Row[Any]]:
    """The published courses of this academy, in the order of the catalogue."""
    return CATALOGUE()


def outline(course_id: Any) -> list[OutlineSection]:
    """Sections and lessons of a course, in order."""
    sections: list[OutlineSection] = []
    for lesson in OUTLINE(course_id=course_id):
        if not sections or sections[-1].title != lesson.section:
            sections.append(OutlineSection(lesson.section))
        sections[-1].lessons.append(lesson)
        sections[-1].minutes += lesson.minutes
    return sections
