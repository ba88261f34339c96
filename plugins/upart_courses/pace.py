# SPDX-License-Identifier: MIT
"""What is open to a learner now: sections with their plan, what they have done, what was decided for them alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from upart.plugin import Person, clock, context, prepared
from upart_courses.actions.learning import Progress, progress
from upart_courses.models import Course, Enrolment, Lesson, Opening, Section
from upart_courses.release import Lock, Pace, Part, locks

OPENINGS = prepared(
    select(Opening.enrolment_id, Opening.section_id, Opening.opens_at).where(Opening.enrolment_id.in_(bindparam("enrolments", expanding=True)))
)
PLANNED = prepared(  # the courses of somebody in which a section may be closed, with all their lessons
    select(Section.id.label("section_id"), Section.release, Lesson.id, Lesson.required, Enrolment.id.label("enrolment_id"), Enrolment.enrolled_at)
    .select_from(Enrolment)
    .join(Course, (Course.academy_id == Enrolment.academy_id) & (Course.id == Enrolment.course_id))
    .join(Section, (Section.academy_id == Enrolment.academy_id) & (Section.course_id == Enrolment.course_id))
    .join(Lesson, (Lesson.academy_id == Section.academy_id) & (Lesson.section_id == Section.id))
    .where(Enrolment.learner_id == bindparam("learner_id"), Enrolment.left_at.is_(None), Course.released_at.is_(None))
    .order_by(Enrolment.id, Lesson.position)
)


def openings(enrolments: Sequence[UUID]) -> Mapping[UUID, dict[UUID, Any]]:
    """What was decided for these learners alone, by one statement: enrolment to section to instant."""
    found: dict[UUID, dict[UUID, Any]] = {id: {} for id in enrolments}
    for row in OPENINGS(enrolments=list(enrolments)) if enrolments else ():
        found[row.enrolment_id][row.section_id] = row.opens_at
    return found


def parts(lessons: Sequence[Row[Any]]) -> list[Part]:
    """Sections as their lessons tell them: rows with `section_id`, `release`, `id`, `required`, in order."""
    found: dict[UUID, tuple[Any, dict[UUID, bool]]] = {}
    for lesson in lessons:
        found.setdefault(lesson.section_id, (lesson.release, {}))[1][lesson.id] = lesson.required
    return [Part(id, release, inside) for id, (release, inside) in found.items()]


def closed(of: Sequence[Part], enrolled_at: Any, come: Progress, decided: Mapping[UUID, Any]) -> dict[UUID, Lock]:
    """The sections that are not open to a learner now, each with what opens it."""
    pace = Pace(enrolled_at, come.done, come.touched, decided)
    return locks(of, pace, context.academy.settings["zone"], clock.now())


def locked_lessons(person: Person | None) -> set[UUID]:
    """All lessons that are not open yet to somebody in the courses in which they are. Previews may be among them."""
    rows = PLANNED(learner_id=person.id) if person is not None else ()
    by_enrolment: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        by_enrolment.setdefault(row.enrolment_id, []).append(row)
    decided = openings(list(by_enrolment))
    planned = {id: inside for id, inside in by_enrolment.items() if decided[id] or any(row.release for row in inside)}
    come = progress(planned) if planned else {}
    found = set()
    for id, inside in planned.items():
        shut = closed(parts(inside), inside[0].enrolled_at, come[id], decided[id])
        found |= {row.id for row in inside if row.section_id in shut}
    return found
