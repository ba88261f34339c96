# SPDX-License-Identifier: MIT
"""What other plugins, and this plugin's own pages, may ask about courses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, select

from upart.plugin import Person, Recipient, context, everywhere, permitted, prepared
from upart_courses.actions.learning import Progress, enrol, leave, progress
from upart_courses.embeds import embed_of
from upart_courses.models import Course, CourseState, Enrolment, Lesson, Section

__all__ = [
    "Learning",
    "OutlineSection",
    "Progress",
    "catalogue",
    "enrol",
    "learners",
    "learning",
    "leave",
    "lessons_of",
    "outline",
    "played_by",
    "progress",
    "reads",
    "sees",
    "writes",
]

CARD = (Course.id, Course.slug, Course.title, Course.summary, Course.cover, Course.cover_id, Course.lessons, Course.minutes, Course.level, Course.field)
PUBLISHED = Course.state == CourseState.PUBLISHED

CATALOGUE = prepared(select(*CARD).where(PUBLISHED).order_by(Course.position, Course.id))
COURSE = prepared(
    select(Course, Person.name.label("teacher"))
    .outerjoin_from(Course, Person, (Person.academy_id == Course.academy_id) & (Person.id == Course.author_id))
    .where(Course.slug == bindparam("slug"))
)
OUTLINE = prepared(
    select(Section.id.label("section_id"), Section.title.label("section"), Lesson.id, Lesson.title, Lesson.slug, Lesson.kind, Lesson.minutes, Lesson.preview)
    .add_columns(Lesson.position)
    .join_from(Lesson, Section, (Section.academy_id == Lesson.academy_id) & (Section.id == Lesson.section_id))
    .where(Lesson.course_id == bindparam("course_id"))
    .order_by(Lesson.position)
)
BODY = prepared(
    select(Lesson.id, Lesson.slug, Lesson.blocks, Lesson.preview).where(Lesson.course_id == bindparam("course_id"), Lesson.slug == bindparam("slug"))
)
PREVIEWS = prepared(select(func.count(Lesson.id)).where(Lesson.preview))
ENROLMENT = prepared(
    select(Enrolment.id, Enrolment.enrolled_at, Enrolment.completed_at)
    .where(Enrolment.learner_id == bindparam("learner_id"), Enrolment.course_id == bindparam("course_id"), Enrolment.left_at.is_(None))
)  # fmt: skip
LESSONS = prepared(
    select(Lesson.course_id, Lesson.id, Lesson.slug, Lesson.title)
    .where(Lesson.course_id.in_(bindparam("courses", expanding=True)))
    .order_by(Lesson.course_id, Lesson.position)
)  # fmt: skip
LEARNERS = prepared(
    select(Enrolment.course_id, func.count(Enrolment.id).label("number"))
    .where(Enrolment.course_id.in_(bindparam("courses", expanding=True)), Enrolment.left_at.is_(None))
    .group_by(Enrolment.course_id),
    counts=True,
)


@dataclass
class OutlineSection:
    """A part of a course as its outline shows it: title, minutes, lessons in order."""

    title: str
    minutes: int = 0
    lessons: list[Row[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Learning:
    """A learner's place in a course, and how far they have come in it."""

    id: UUID
    enrolled_at: datetime
    completed_at: datetime | None
    progress: Progress


def catalogue() -> Sequence[Row[Any]]:
    """The published courses of this academy, in the order of the catalogue."""
    return CATALOGUE()


def outline(course_id: UUID) -> list[OutlineSection]:
    """Sections and lessons of a course, in order; sections without lessons are left out."""
    sections: dict[UUID, OutlineSection] = {}
    for lesson in OUTLINE(course_id=course_id):
        section = sections.setdefault(lesson.section_id, OutlineSection(lesson.section))
        section.lessons.append(lesson)
        section.minutes += lesson.minutes
    return list(sections.values())


def learning(course_id: UUID) -> Learning | None:
    """The acting person's place in a course, or None for visitors and people who are not in it."""
    row = ENROLMENT.first(course_id=course_id, learner_id=context.person.id) if context.person is not None else None
    return Learning(row.id, row.enrolled_at, row.completed_at, progress([row.id])[row.id]) if row is not None else None


def lessons_of(courses: Sequence[UUID]) -> Mapping[UUID, list[Row[Any]]]:
    """The lessons of several courses, each in order, by one statement."""
    found: dict[UUID, list[Row[Any]]] = {id: [] for id in courses}
    for lesson in LESSONS(courses=list(courses)):
        found[lesson.course_id].append(lesson)
    return found


def learners(courses: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many people are in each of several courses, by one statement."""
    return dict.fromkeys(courses, 0) | {row.course_id: row.number for row in LEARNERS(courses=list(courses))}


def played_by(academy: Any) -> list[Recipient]:
    """Who plays the videos from elsewhere in lessons of an academy that people read, by name."""
    with everywhere("who plays videos in lessons of an academy?") as opened:
        read = (Course.academy_id == Lesson.academy_id, Course.id == Lesson.course_id, Course.state != CourseState.DRAFT)
        found = opened.scalars(select(Lesson.embeds).distinct().join(Course, and_(*read)).where(Lesson.academy_id == academy.id, Lesson.embeds != ""))
        addresses = {address for text in found for address in text.splitlines()}
    players = {embed.player.name: embed.player for address in addresses if (embed := embed_of(address, academy.settings)) is not None}
    return [players[name].recipient for name in sorted(players)]


def writes(course: Course | Row[Any]) -> bool:
    """May the acting person write this course and see its learners? Teachers their own, managers all."""
    return permitted("courses.manage") or (permitted("courses.teach") and course.author_id == context.person.id)


def sees(course: Course | Row[Any], mine: Learning | None) -> bool:
    """May the acting person see the page of this course? A draft only its writers, an archived one also its learners."""
    return course.state is CourseState.PUBLISHED or writes(course) or (course.state is CourseState.ARCHIVED and mine is not None)


def reads(course: Course | Row[Any], mine: Learning | None) -> bool:
    """May the acting person read all lessons of a course that they see? Its learners, and everybody who teaches here."""
    return mine is not None or writes(course) or permitted("courses.teach")
