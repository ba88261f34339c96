# SPDX-License-Identifier: MIT
"""Courses, their sections and lessons; who may learn in them, who does, and what they did there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

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
    subject,
    until,
)


class CourseState(StrEnum):
    """A course is written, shown, then kept without being offered."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    """Who sees the page of a published course. `unlisted`: whoever has its address; no list and no search names it."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    MEMBERS = "members"
    ENTITLED = "entitled"


class Entry(StrEnum):
    """Who may enrol by themselves: everybody who sees the course, or whoever has a right to it."""

    OPEN = "open"
    ENTITLED = "entitled"


class Source(StrEnum):
    """Where a right to a course comes from."""

    FREE = "free"
    GRANT = "grant"
    PURCHASE = "purchase"
    IMPORT = "import"


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
    """A course as its catalogue page shows it. `lessons`, `needed` and `minutes` are counters kept by actions."""

    __tablename__ = "courses_course"
    __table_args__ = (UniqueConstraint("academy_id", "slug"),)
    __known_by__ = ("slug",)
    __revised__ = ("title", "summary", "lead", "description", "field", "level", "language", "cover", "outcomes")
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
    visibility: Mapped[Visibility] = not_personal("who sees its page", default=Visibility.PUBLIC)
    entry: Mapped[Entry] = not_personal("who may enrol by themselves", default=Entry.OPEN)
    prerequisites: Mapped[list[str]] = not_personal("ids of courses that come before it", default=list)
    released_at: Mapped[datetime | None] = not_personal("since when all sections are open to everybody, whatever their plan says", default=None)
    lessons: Mapped[int] = not_personal("number of lessons", default=0)
    needed: Mapped[int] = not_personal("number of lessons that finish it: the required ones, or all where none is", default=0)
    minutes: Mapped[int] = not_personal("minutes of all lessons", default=0)
    position: Mapped[int] = not_personal("place in the catalogue", default=0)
    created_at: Mapped[datetime] = not_personal("when the course was made", default=clock.now)
    changed_at: Mapped[datetime] = not_personal("last save of anything in it", default=clock.now)
    published_at: Mapped[datetime | None] = not_personal("first publication; from then on its address stays", default=None)

    author: Mapped[Person | None] = related(Person, "author_id")
    sections: Mapped[list[Section]] = related(lambda: Section, "course_id", many=True, order_by=lambda: Section.position, back_populates="course")


class Section(AcademyOwned, Model):
    """A part of a course. `release`: when it opens to learners (`upart_courses.release`); None: at once."""

    __tablename__ = "courses_section"

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    title: Mapped[str] = not_personal("heading in a course; published by the academy")
    position: Mapped[int] = not_personal("order in the course")
    release: Mapped[dict[str, Any] | None] = not_personal("when it opens to learners: a day, days after enrolling, or what is done before", default=None)

    course: Mapped[Course] = related(Course, "course_id", back_populates="sections")
    lessons: Mapped[list[Lesson]] = related(lambda: Lesson, "section_id", many=True, order_by=lambda: Lesson.position, back_populates="section")


class Lesson(AcademyOwned, Model):
    """A lesson. `position` counts through the whole course."""

    __tablename__ = "courses_lesson"
    __table_args__ = (UniqueConstraint("academy_id", "course_id", "slug"),)
    __known_by__ = ("course_id", "slug")
    __revised__ = ("title", "kind", "minutes", "preview", "body")

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    section_id: Mapped[UUID] = ref("courses_section", ondelete="CASCADE")
    slug: Mapped[str] = not_personal("address of a lesson")
    title: Mapped[str] = not_personal("heading of a lesson; published by the academy")
    kind: Mapped[LessonKind] = not_personal("reading or exercise")
    minutes: Mapped[int] = not_personal("how long it takes")
    preview: Mapped[bool] = not_personal("may visitors read it?", default=False)
    position: Mapped[int] = not_personal("order in the course")
    body: Mapped[str] = not_personal("text of a lesson, Markdown; published by the academy")
    required: Mapped[bool] = not_personal("is the course finished only with it?", default=True)
    added_at: Mapped[datetime] = not_personal("when it was added", default=clock.now)

    section: Mapped[Section] = related(Section, "section_id", back_populates="lessons")


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


class Opening(AcademyOwned, Model):
    """A section opens to one learner at another time than to the others: earlier or later."""

    __tablename__ = "courses_opening"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "section_id"),)
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that it belongs to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    section_id: Mapped[UUID] = ref("courses_section", ondelete="CASCADE")
    opens_at: Mapped[datetime] = personal(Category.EDU_ENROLMENT)


class Entitlement(AcademyOwned, Model):
    """A right to learn in a course. Somebody may have several; one that is live is enough. `reference`: what it is counted by at its source."""

    __tablename__ = "courses_entitlement"
    __table_args__ = (UniqueConstraint("academy_id", "learner_id", "course_id", "source", "reference", name="uq_courses_entitlement_once"),)
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the person leaves the academy, or the academy deletes the course"))

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID] = subject("learner", on_erase=OnErase.DELETE)
    course_id: Mapped[UUID] = ref("courses_course")
    source: Mapped[Source] = personal(Category.EDU_ENROLMENT)
    reference: Mapped[str] = personal(Category.EDU_ENROLMENT, default="")
    starts_at: Mapped[datetime] = personal(Category.EDU_ENROLMENT, default=clock.now)
    ends_at: Mapped[datetime | None] = personal(Category.EDU_ENROLMENT, default=None)
    revoked_at: Mapped[datetime | None] = personal(Category.EDU_ENROLMENT, default=None)

    learner: Mapped[Person] = related(Person, "learner_id")
