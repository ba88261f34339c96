# SPDX-License-Identifier: MIT
"""Say when sections open and which lessons finish a course: for everybody, with the next publication once people read it; for one learner at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from upart.plugin import Problem, clock, context, edited, edited_of, emit, insert_once, instant_of, mark_of, save_draft, session
from upart.plugin import gettext as _
from upart_courses.actions.coming import comes
from upart_courses.actions.drafting import on_drafts
from upart_courses.actions.outlining import arrange, heading_of, written
from upart_courses.actions.writing import changed, lock, outline_of, write
from upart_courses.models import Course, Enrolment, Lesson, Opening, Section
from upart_courses.release import COMPLETION, DATE, Part, circular
from upart_courses.release import before as waits_for


class Deadlock(Exception):
    """A section would wait for what can be done only when it is open."""


def plan_of(course: Course) -> Mapping[str, Any]:
    """What opens the sections of a course, by their ids, as whoever writes the course sees it: on the draft, once people read the course."""
    plan: Mapping[str, Any] = edited(course)["plan"] if on_drafts(course) else course.plan
    return plan


def parts_of(course: Course) -> list[Part]:
    """The sections of a course with what opens them and the lessons that stay, in order, as whoever writes the course sees them."""
    outline, plan = written(course), plan_of(course)
    said = edited_of([lesson for _heading, inside in outline for lesson in inside])
    kept = [(heading, [lesson.id for lesson in inside if said[lesson.id]["published"]]) for heading, inside in outline]
    return [Part(heading.id, plan.get(str(heading.id)), {id: said[id]["required"] for id in ids}) for heading, ids in kept]


def set_release(course: Course, section: UUID, release: Mapping[str, Any] | None, *, at_once: bool = False) -> None:
    """Say when a section opens; None: with the course. Once people read the course it waits on the draft, unless a program sets it `at_once`.

    Raises NotHere, Deadlock, NoSuchTime for a time that clocks skip, Problem 422 for what is not in the course, and 409 at once beside a draft.
    """
    lock(course)
    heading_of(course, section)
    if release is not None and release["kind"] == DATE:
        instant_of(datetime.fromisoformat(release["on"]), context.academy.settings["zone"])
    parts = parts_of(course)
    if release is not None and release["kind"] == COMPLETION:
        _unless_absent(parts, release)
    if section in set(circular([replace(part, release=release) if part.id == section else part for part in parts])):
        raise Deadlock
    plan = {**plan_of(course), str(section): release}
    plan = {id: rule for id, rule in plan.items() if rule is not None}
    if on_drafts(course) and not at_once:
        save_draft(course, {"plan": plan}, seen=mark_of(course))
        return
    write(course, course, {"plan": plan})
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
    """Of these lessons the course is finished only with those in `ids`: once people read the course, from the next publication on.

    Whoever has finished stays finished; whoever lacks nothing then finishes.
    """
    lock(course)
    if on_drafts(course):
        for lesson in among:
            save_draft(lesson, comes(lesson, {"required": lesson.id in ids}), seen=mark_of(lesson))
        return
    for lesson in among:
        lesson.required = lesson.id in ids
    session.flush()
    arrange(course, outline_of(course))


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
