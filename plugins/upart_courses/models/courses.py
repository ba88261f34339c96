# SPDX-License-Identifier: MIT
"""Courses, their sections and lessons, and the order of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, validates

from upart.plugin import (
    AcademyOwned,
    Basis,
    Model,
    OnErase,
    Person,
    Purpose,
    clock,
    key,
    not_personal,
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


class Level(StrEnum):
    """What a learner should bring."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class LessonKind(StrEnum):
    """What a learner does in a lesson."""

    TEXT = "text"
    EXERCISE = "exercise"


class Course(AcademyOwned, Model):
    """A course as its catalogue page shows it. `lessons`, `needed` and `minutes` are counters kept by actions."""

    __tablename__ = "courses_course"
    __table_args__ = (UniqueConstraint("academy_id", "slug"),)
    __known_by__ = ("slug",)
    __revised__ = ("title", "summary", "lead", "description", "field", "level", "language", "cover", "outcomes", "cover_id", "outline", "plan")
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
    grouped: Mapped[bool] = not_personal("does everybody who enrols choose a group?", default=False)
    prerequisites: Mapped[list[str]] = not_personal("ids of courses that come before it", default=list)
    certifies: Mapped[bool] = not_personal("does whoever finishes it get a certificate?", default=True)
    released_at: Mapped[datetime | None] = not_personal("since when all sections are open to everybody, whatever their plan says", default=None)
    lessons: Mapped[int] = not_personal("number of lessons", default=0)
    needed: Mapped[int] = not_personal("number of lessons that finish it: the required ones, or all where none is", default=0)
    minutes: Mapped[int] = not_personal("minutes of all lessons", default=0)
    position: Mapped[int] = not_personal("place in the catalogue", default=0)
    created_at: Mapped[datetime] = not_personal("when the course was made", default=clock.now)
    changed_at: Mapped[datetime] = not_personal("last save of anything in it", default=clock.now)
    published_at: Mapped[datetime | None] = not_personal("first publication; from then on its address stays", default=None)

    author: Mapped[Person | None] = related(Person, "author_id")
    outline = revised_part(lambda course: arranged(course), lambda course, parts: arrange(course, parts))
    plan = revised_part(lambda course: planned(course), lambda course, plan: keep_plan(course, plan))
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
    """A lesson: blocks, of which `body` and `embeds` are made whenever they are set. `position` counts through the whole course.

    A new one of a course that people read is not `published` before its first draft is. A draft that says so again takes it away when it is published.
    """

    __tablename__ = "courses_lesson"
    __table_args__ = (UniqueConstraint("academy_id", "course_id", "slug"),)
    __known_by__ = ("course_id", "slug")
    __revised__ = ("title", "kind", "minutes", "preview", "blocks", "required", "published")

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
    required: Mapped[bool] = not_personal("is the course finished only with it?", default=True)
    added_at: Mapped[datetime] = not_personal("since when learners read it", default=clock.now)
    published: Mapped[bool] = not_personal("is it among the lessons that learners read?", default=True)

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


def still_shown(ids: Iterable[UUID]) -> set[UUID]:
    """Those of these files that a lesson shows, also while nobody sees them because the data of whoever is in them are restricted."""
    found = session.scalars(select(LessonFile.item_id).where(LessonFile.item_id.in_(list(ids)))).all()
    return {id for id in found if id is not None}


Parts = list[dict[str, Any]]
"""The outline of a course as a version keeps it: for each section its id, its heading, the ids of its lessons."""

ANEW = {"populate_existing": True}


def arranged(course: Course) -> Parts:
    """The outline that everybody reads, with the new lessons that wait in it."""
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


def planned(course: Course) -> dict[str, Any]:
    """When the sections of a course open, by their ids; those that are open at once are left out."""
    found = session.execute(select(Section.id, Section.release).where(Section.course_id == course.id))
    return {str(id): release for id, release in found if release is not None}


def keep_plan(course: Course, plan: Mapping[str, Any]) -> None:
    """Let the sections of a course open like this."""
    for section in session.scalars(select(Section).where(Section.course_id == course.id), execution_options=ANEW):
        section.release = plan.get(str(section.id))
    session.flush()
