# SPDX-License-Identifier: MIT
"""Say when sections open and which lessons finish a course: for everybody, or for one learner."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from upart.plugin import Problem, clock, context, emit, enqueue, insert_once, instant_of, session
from upart.plugin import gettext as _
from upart_courses.actions.learning import SETTLE
from upart_courses.actions.outlining import arrange
from upart_courses.actions.writing import changed, lock, outline_of
from upart_courses.models import Course, Enrolment, Lesson, Opening, Section
from upart_courses.release import COMPLETION, DATE, Part, circular
from upart_courses.release import before as waits_for


class Deadlock(Exception):
    """A section would wait for what can be done only when it is open."""


def parts_of(course: Course) -> list[Part]:
    """The sections of a course with what opens them, in order."""
    return [Part(section.id, section.release, {lesson.id: lesson.required for lesson in inside}) for section, inside in outline_of(course)]


def set_release(course: Course, section: Section, release: Mapping[str, Any] | None) -> None:
    """Say when a section opens; None: at once. Raises Deadlock, NoSuchTime for a time that clocks skip, Problem 422 for what is not in the course."""
    lock(course)
    if release is not None and release["kind"] == DATE:
        instant_of(datetime.fromisoformat(release["on"]), context.academy.settings["zone"])
    parts = parts_of(course)
    if release is not None and release["kind"] == COMPLETION:
        _unless_absent(parts, release)
    if section.id in set(circular([replace(part, release=release) if part.id == section.id else part for part in parts])):
        raise Deadlock
    section.release = dict(release) if release is not None else None
    changed(course)


def _unless_absent(parts: Sequence[Part], release: Mapping[str, Any]) -> None:
    section, lesson = waits_for(release)
    if section not in {part.id for part in parts} and not any(lesson in part.lessons for part in parts):
        raise Problem(422, _("This is not in the course."), remedy=_("Choose a section or a lesson of it."))


def release_all(course: Course, all_open: bool) -> None:
    """Open all sections to everybody at once, or let the plan count again: it was kept. Where somebody has been, it stays open for them."""
    lock(course)
    if (course.released_at is not None) != all_open:
        course.released_at = clock.now() if all_open else None
        emit("courses.released" if all_open else "courses.changed", course)


def require(course: Course, ids: Collection[UUID], among: Collection[Lesson]) -> None:
    """Of these lessons the course is finished only with those in `ids`. Whoever has finished stays finished; whoever lacks nothing now finishes."""
    lock(course)
    for lesson in among:
        lesson.required = lesson.id in ids
    session.flush()
    arrange(course, outline_of(course))
    enqueue(SETTLE, course=course.id)


def open_for(enrolment: Enrolment, section: Section, at: datetime | None) -> None:
    """Open a section to one learner at an instant, whatever the plan says; None: they follow the plan again. Safe to repeat."""
    if at is None:
        session.execute(delete(Opening).where(Opening.enrolment_id == enrolment.id, Opening.section_id == section.id))
    elif not insert_once(Opening, enrolment_id=enrolment.id, section_id=section.id, opens_at=at):
        row = session.scalars(select(Opening).where(Opening.enrolment_id == enrolment.id, Opening.section_id == section.id).with_for_update()).one()
        row.opens_at = at
    emit("courses.paced", enrolment, course=enrolment.course_id, section=section.id)


def decided_for(enrolment: Enrolment) -> dict[UUID, datetime]:
    """What was decided for one learner alone: section to the instant that opens it."""
    found = session.scalars(select(Opening).where(Opening.enrolment_id == enrolment.id))
    return {row.section_id: row.opens_at for row in found}
