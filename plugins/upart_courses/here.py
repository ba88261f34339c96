# SPDX-License-Identifier: MIT
"""A course and its lessons as they stand before the acting person: found at their addresses, open to them or not. Pages and programs begin with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from upart.plugin import Problem
from upart.plugin import gettext as _
from upart_courses import public


def course_at(slug: str) -> tuple[Row[Any], public.Learning | None]:
    """The course at an address and the acting person's place in it. Raises Problem 404 for one that they may not see."""
    found = find(slug)
    if found is None:
        raise Problem(404, _("This course is not here."), remedy=_("See all courses in the catalogue."))
    return found


def find(slug: str) -> tuple[Row[Any], public.Learning | None] | None:
    """The same, or None."""
    row = public.COURSE.first(slug=slug)
    mine = public.learning(row.id) if row is not None else None
    return (row, mine) if row is not None and public.sees(row, mine) else None


@dataclass(frozen=True, slots=True)
class LessonHere:
    """A lesson as it stands before the acting person: its course, their place there, its outline, and what of that is not open to them."""

    course: Row[Any]
    mine: public.Learning | None
    body: Row[Any]
    sections: Sequence[public.OutlineSection]
    locks: Mapping[UUID, public.Lock]
    reads: bool

    @property
    def section(self) -> public.OutlineSection:
        """The section in which it is."""
        return next(section for section in self.sections if any(one.id == self.body.id for one in section.lessons))

    @property
    def current(self) -> Row[Any]:
        """The lesson in the outline."""
        return next(one for one in self.section.lessons if one.id == self.body.id)

    @property
    def lock(self) -> public.Lock | None:
        """What still keeps it closed; nothing closes a preview."""
        return None if self.body.preview else self.locks.get(self.section.id)

    @property
    def passed(self) -> frozenset[str]:
        """The ids of the quizzes and assignments in it that the acting person has passed."""
        return frozenset(f"{self.body.quizzes or ''} {self.body.assignments or ''}".split()) if self.mine is not None else frozenset()

    @property
    def number(self) -> int:
        """Which lesson of the course it is; new ones that nobody reads yet do not count."""
        return [one.id for section in self.sections for one in section.lessons].index(self.body.id) + 1

    @property
    def open_ones(self) -> list[Row[Any]]:
        """The lessons of the course that are open to the acting person, in order."""
        return [one for section in self.sections for one in section.lessons if one.preview or (self.reads and section.id not in self.locks)]


def lesson_at(slug: str, lesson: str) -> LessonHere:
    """A lesson as the acting person may open it, by its page and by the addresses of its files, once `lock` says nothing.

    Raises Problem 404 for one that is not there or that they may not read, and 403 when their access is over.
    """
    found = find(slug)
    if found is None:
        raise _no_lesson()
    return lesson_in(*found, lesson)


def lesson_in(row: Row[Any], mine: public.Learning | None, lesson: str, at: datetime | None = None) -> LessonHere:
    """A lesson as whoever acts may open it, who has this place in its course; now, or `at` an instant. Raises Problem like `lesson_at`."""
    where: dict[str, Any] = {"course_id": row.id, "slug": lesson}
    body = public.BODY.first(**where) if mine is None else public.BODY_NOTED.first(**where, enrolment_id=mine.id)
    reads = public.reads(row, mine)
    if body is not None and mine is not None and not (body.preview or reads):
        raise Problem(403, _("Your access to this course is over."), remedy=_("What you have done is kept. Ask the academy if you want to go on."))
    if body is None or not (body.preview or reads):
        raise _no_lesson()
    sections = public.outline(row.id)
    return LessonHere(row, mine, body, sections, public.locked(row, mine, sections, at), reads)


def _no_lesson() -> Problem:
    """The same for a lesson that is not there, one that is not open, and one of a course that is not shown."""
    return Problem(404, _("This lesson is not here, or not open to everybody."), remedy=_("Sign in if you are in the course, or see which lessons are free."))
