# SPDX-License-Identifier: MIT
"""Courses, their sections and lessons; who learns in them, and what they did there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, validates

from upart.plugin import (
    AcademyOwned,
    Basis,
    Category,
    Model,
    OnErase,
    Person,
    Purpose,
    clock,
    key,
    months,
    not_personal,
    personal,
    processing,
    ref,
    related,
    revised_part,
    session,
    subject,
    until,
)
from upart_courses.blocks import addresses_of, words_of


class CourseState(StrEnum):
    """A course is written, shown, then kept without being offered."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Level(StrEnum):
    """What a learner should bring."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"


class LessonKind(StrEnum):
    """What a learner does in a lesson."""

    TEXT = "text"
    EXERCISE = "exercise"


class LessonEventKind(StrEnum):
    """What a learner did with a lesson. `reset`: they took its completion back."""

    OPENED = "opened"
    COMPLETED = "completed"
    RESET = "reset"


class Course(AcademyOwned, Model):
    """A course as its catalogue page shows it. `lessons` and `minutes` are counters kept by actions."""

    __tablename__ = "courses_course"
    __table_args__ = (UniqueConstraint("academy_id", "slug"),)
    __known_by__ = ("slug",)
    __revised__ = ("title", "summary", "lead", "description", "field", "level", "language", "cover", "outcomes", "cover_id", "outline")
    __processing__ = processing(Purpose.TEACH, Basis.CONTRACT, retain=until("the academy deletes the course"))

    id: Mapped[UUID] = key()
    author_id: Mapped[UUID | None] = subject("author", on_erase=OnErase.UNLINK)
    slug: Mapped[str] = not_personal("address of a course, chosen by the academy")
    title: Mapped[str] = not_personal("heading of a course; published by the academy")
    summary: Mapped[str] = not_personal("one sentence that sells the course; published by the academy")
    lead: Mapped[str] = not_personal("a paragraph that sells the course; published by the academy")
    description: Mapped[str] = not_personal("text about the course; published by the academy")
    field: Mapped[str] = not_personal("field of knowledge")
    level: Mapped[Level] = not_personal("what a learner should bring")
    language: Mapped[str] = not_personal("language of the lessons, ISO 639-1")
    cover: Mapped[str] = not_personal("name of a drawing")
    cover_id: Mapped[UUID | None] = ref("media_item", leads=False, default=None)
    outcomes: Mapped[list[str]] = not_personal("what a learner will be able to do")
    state: Mapped[CourseState] = not_personal("draft, published or archived", default=CourseState.DRAFT)
    lessons: Mapped[int] = not_personal("number of lessons", default=0)
    minutes: Mapped[int] = not_personal("minutes of all lessons", default=0)
    position: Mapped[int] = not_personal("place in the catalogue", default=0)
    created_at: Mapped[datetime] = not_personal("when the course was made", default=clock.now)
    changed_at: Mapped[datetime] = not_personal("last save of anything in it", default=clock.now)
    published_at: Mapped[datetime | None] = not_personal("first publication; from then on its address stays", default=None)

    author: Mapped[Person | None] = related(Person, "author_id")
    outline = revised_part(lambda course: arranged(course), lambda course, parts: arrange(course, parts))
    sections: Mapped[list[Section]] = related(lambda: Section, "course_id", many=True, order_by=lambda: Section.position, back_populates="course")


class Section(AcademyOwned, Model):
    """A part of a course."""

    __tablename__ = "courses_section"

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    title: Mapped[str] = not_personal("heading in a course; published by the academy")
    position: Mapped[int] = not_personal("order in the course")

    course: Mapped[Course] = related(Course, "course_id", back_populates="sections")
    lessons: Mapped[list[Lesson]] = related(lambda: Lesson, "section_id", many=True, order_by=lambda: Lesson.position, back_populates="section")


class Lesson(AcademyOwned, Model):
    """A lesson: blocks, of which `body` and `embeds` are made whenever they are set. `position` counts through the whole course."""

    __tablename__ = "courses_lesson"
    __table_args__ = (UniqueConstraint("academy_id", "course_id", "slug"),)
    __known_by__ = ("course_id", "slug")
    __revised__ = ("title", "kind", "minutes", "preview", "blocks")

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    section_id: Mapped[UUID] = ref("courses_section", ondelete="CASCADE")
    slug: Mapped[str] = not_personal("address of a lesson")
    title: Mapped[str] = not_personal("heading of a lesson; published by the academy")
    kind: Mapped[LessonKind] = not_personal("reading or exercise")
    minutes: Mapped[int] = not_personal("how long it takes")
    preview: Mapped[bool] = not_personal("may visitors read it?", default=False)
    position: Mapped[int] = not_personal("order in the course")
    blocks: Mapped[list[Any]] = not_personal("what a lesson consists of, in order; published by the academy", default=list)
    body: Mapped[str] = not_personal("words of the blocks, Markdown; published by the academy", default="")
    embeds: Mapped[str] = not_personal("addresses of videos from elsewhere among the blocks", default="")

    section: Mapped[Section] = related(Section, "section_id", back_populates="lessons")

    @validates("blocks")
    def _read(self, key: str, blocks: list[Any]) -> list[Any]:
        self.body, self.embeds = words_of(blocks), addresses_of(blocks)
        return blocks


class LessonFile(AcademyOwned, Model):
    """A file of the media library that a lesson shows, to learners or in its draft: so the library knows, and nobody deletes it meanwhile."""

    __tablename__ = "courses_lesson_file"

    id: Mapped[UUID] = key()
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    item_id: Mapped[UUID | None] = ref("media_item", leads=False, default=None)
    title: Mapped[str] = not_personal("heading of the lesson, by which the library names it")


class Enrolment(AcademyOwned, Model):
    """A learner in a course, once. Who leaves keeps the row for a while, so that coming back goes on where they were."""

    __tablename__ = "courses_enrolment"
    __table_args__ = (
        UniqueConstraint("academy_id", "learner_id", "course_id"),
        Index("ix_courses_enrolment_roster", "academy_id", "course_id", "enrolled_at", "id"),
    )
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="last_activity_at")
    __importable__ = True

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    course_id: Mapped[UUID] = ref("courses_course")
    enrolled_at: Mapped[datetime] = personal(Category.EDU_ENROLMENT, default=clock.now)
    last_activity_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
    completed_at: Mapped[datetime | None] = personal(Category.EDU_RESULT, default=None)
    left_at: Mapped[datetime | None] = personal(Category.EDU_ENROLMENT, default=None)

    learner: Mapped[Person] = related(Person, "learner_id")
    course: Mapped[Course] = related(Course, "course_id")


class LessonEvent(AcademyOwned, Model):
    """What a learner did with a lesson, one row each time, never changed. Progress is read from these rows and kept nowhere."""

    __tablename__ = "courses_lesson_event"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that they belong to goes"))
    __importable__ = True

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    kind: Mapped[LessonEventKind] = personal(Category.EDU_RESULT)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


Parts = list[dict[str, Any]]
"""The outline of a course as a version keeps it: for each section its id, its heading, the ids of its lessons."""

ANEW = {"populate_existing": True}


def arranged(course: Course) -> Parts:
    """The outline that everybody reads."""
    lessons: dict[UUID, list[str]] = {}
    for id, section in session.execute(select(Lesson.id, Lesson.section_id).where(Lesson.course_id == course.id).order_by(Lesson.position, Lesson.id)):
        lessons.setdefault(section, []).append(str(id))
    sections = session.execute(select(Section.id, Section.title).where(Section.course_id == course.id).order_by(Section.position, Section.id))
    return [{"section": str(id), "title": title, "lessons": lessons.get(id, [])} for id, title in sections]


def fitting(parts: Parts, live: Parts) -> Parts:
    """An outline for the lessons that are there by now: those that are gone are left out, new ones stand in their section, else in the last."""
    there = [id for part in live for id in part["lessons"]]
    made = [{**part, "lessons": [id for id in part["lessons"] if id in there]} for part in parts] or [{**part, "lessons": []} for part in live]
    placed = {id for part in made for id in part["lessons"]}
    homes = {part["section"]: part for part in made}
    for part in live:
        new = [id for id in part["lessons"] if id not in placed]
        if new:
            homes.get(part["section"], made[-1])["lessons"].extend(new)
    return made


def arrange(course: Course, parts: Parts) -> None:
    """Let everybody read this outline: make, name, order and remove sections, and order the lessons in them."""
    parts = fitting(parts, arranged(course))
    sections = {str(row.id): row for row in session.scalars(select(Section).where(Section.course_id == course.id), execution_options=ANEW)}
    lessons = {str(row.id): row for row in session.scalars(select(Lesson).where(Lesson.course_id == course.id), execution_options=ANEW)}
    for part in parts:
        if part["section"] not in sections:
            sections[part["section"]] = Section(id=UUID(part["section"]), course_id=course.id)
    kept = [sections.pop(part["section"]) for part in parts]
    for place, (row, part) in enumerate(zip(kept, parts, strict=True), start=1):
        row.title, row.position = part["title"], place
    session.add_all(kept)
    session.flush()
    number = count(1)
    for row, part in zip(kept, parts, strict=True):
        for id in part["lessons"]:
            lessons[id].section_id, lessons[id].position = row.id, next(number)
    session.flush()
    for gone in sections.values():
        session.delete(gone)


class Playing(AcademyOwned, Model):
    """How far a learner has played a video or sound of a lesson, so that it goes on there, on whatever device."""

    __tablename__ = "courses_playing"
    __title__ = "Places in videos and sounds"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "lesson_id", "block"),)
    __known_by__ = ("enrolment_id", "lesson_id", "block")
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that they belong to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    block: Mapped[str] = not_personal("which part of the lesson")
    seconds: Mapped[int] = personal(Category.USAGE_ACTIVITY)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
