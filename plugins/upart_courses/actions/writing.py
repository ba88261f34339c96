# SPDX-License-Identifier: MIT
"""Make courses and change their facts. Writers of one course come one after the other, and notice each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import timedelta
from hashlib import blake2b
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from upart.plugin import Overtaken, Person, clock, emit, get_or_404, insert_once, mark_of, renew_pages, save_draft, session, write_through
from upart.plugin import gettext as _
from upart_courses.models import Course, CourseState, Lesson, Level, Section

Outline = list[tuple[Section, list[Lesson]]]
"""Sections in order, each with its lessons in order."""

ANEW = {"populate_existing": True}

AGAIN = timedelta(minutes=10)
"""How often it is told that somebody is writing, at most."""

FACTS: dict[type[Course | Lesson], tuple[str, ...]] = {  # what a writer can type in
    Course: ("title", "slug", "summary", "lead", "description", "field", "level", "language", "cover", "outcomes"),
    Lesson: ("title", "section_id", "kind", "minutes", "preview", "blocks"),
}


class Taken(Exception):
    """Another course has this address."""


def version(row: Course | Lesson) -> str:
    """A mark that changes with each save of what can be typed in: a form carries it, so that two writers notice each other."""
    return blake2b(repr([getattr(row, name) for name in FACTS[type(row)]]).encode(), digest_size=8).hexdigest()


def create(author: Person, id: UUID, title: str, field: str, language: str, cover: str) -> Course:
    """Make a draft with a first section. With the same id again it is the same course: sent twice, made once."""
    facts = {"field": field, "language": language, "cover": cover, "level": Level.BEGINNER, "summary": "", "lead": "", "description": "", "outcomes": []}
    made = begin(id, author, title, facts)
    course = get_or_404(Course, id)
    if made:
        session.add(Section(course_id=id, title=_("First section"), position=1))
        emit("courses.created", course)
    return course


def begin(id: UUID, author: Person, title: str, facts: Mapping[str, Any]) -> bool:
    """Insert a draft at an address that is free, as the last of the catalogue. False: this id is there already."""
    place = (session.scalar(select(func.max(Course.position))) or 0) + 1
    for slug in addresses(title, "course"):
        if insert_once(Course, id=id, slug=slug, author_id=author.id, title=title, position=place, **facts):
            return True
        if session.scalar(select(Course.id).where(Course.id == id)):
            break
    return False


def addresses(title: str, otherwise: str) -> Iterator[str]:
    """Addresses for a title: "why-dough-rises", then "why-dough-rises-2" and so on."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or otherwise
    yield slug
    yield from (f"{slug}-{number}" for number in count(2))


def save(course: Course, facts: Mapping[str, Any], seen: str, *, goes_on: bool = False) -> None:
    """Change the facts of a course at once, also of one that learners read. `seen` is its version when the page was opened. Raises Overtaken, Taken.

    `goes_on`: a script saves what somebody is writing.
    """
    lock(course)
    unless_overtaken(course, seen)
    address = course.slug if course.published_at else facts["slug"]
    try:
        with session.begin_nested():
            course.slug = address
    except IntegrityError:
        raise Taken(address) from None
    write(course, course, {name: facts[name] for name in FACTS[Course] if name != "slug"})
    changed(course, goes_on=goes_on)


def write(course: Course, row: Course | Lesson, facts: Mapping[str, Any]) -> None:
    """Let a course or a lesson of it say this at once; what learners read already keeps its version. Raises Problem 409 while a draft is open."""
    if course.state is not CourseState.DRAFT:
        write_through(row, facts)
    for name, value in facts.items():
        setattr(row, name, value)


def choose_cover(course: Course, picture: UUID | None) -> None:
    """Give a course a picture of the library for its cover, or its drawing again; once people read the course, on its draft."""
    lock(course)
    if course.state is not CourseState.DRAFT:
        save_draft(course, {"cover_id": picture}, seen=mark_of(course))
        return
    course.cover_id = picture
    changed(course)


def outline_of(course: Course) -> Outline:
    """The sections of a course with their lessons, as the database has them now, by two statements."""
    sections = session.scalars(select(Section).where(Section.course_id == course.id).order_by(Section.position, Section.id), execution_options=ANEW).all()
    lessons = session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position, Lesson.id), execution_options=ANEW).all()
    return [(section, [lesson for lesson in lessons if lesson.section_id == section.id]) for section in sections]


def lock(course: Course) -> None:
    """Let the writers of one course come one after the other."""
    session.refresh(course, with_for_update=True)


def unless_overtaken(row: Course | Lesson, seen: str) -> None:
    """Raise Overtaken if the row is no longer what it was when the form was opened. Needs the lock."""
    if seen != version(row):
        raise Overtaken


def changed(course: Course, *, goes_on: bool = False) -> None:
    """Something of a course has been changed; when it is published, visitors see it at once. While somebody `goes_on` writing it is told now and then."""
    told = goes_on and course.changed_at > clock.now() - AGAIN
    course.changed_at = clock.now()
    if not told:
        emit("courses.changed", course)
    if course.state is CourseState.PUBLISHED:
        renew_pages()
