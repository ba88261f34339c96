# SPDX-License-Identifier: MIT
"""What is open to a learner now: sections with their plan, what they have done, what was decided for them alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from upart.plugin import Person, clock, context, prepared
from upart_courses.actions.learning import Progress, progress
from upart_courses.models import Cohort, Course, Enrolment, Lesson, Opening, Section
from upart_courses.release import Lock, Pace, Part, locks

HELD = prepared(  # what was decided for learners alone, and when their groups begin
    select(Enrolment.id.label("enrolment_id"), Cohort.starts_on, Cohort.released_at, Opening.section_id, Opening.opens_at)
    .select_from(Enrolment)
    .outerjoin(Cohort, (Cohort.academy_id == Enrolment.academy_id) & (Cohort.id == Enrolment.cohort_id))
    .outerjoin(Opening, (Opening.academy_id == Enrolment.academy_id) & (Opening.enrolment_id == Enrolment.id))
    .where(Enrolment.id.in_(bindparam("enrolments", expanding=True)))
)
PLANNED = prepared(  # the courses of somebody in which a section may be closed, with all their lessons
    select(Section.id.label("section_id"), Section.release, Lesson.id, Lesson.required, Enrolment.id.label("enrolment_id"), Enrolment.enrolled_at)
    .add_columns(Enrolment.course_id, Enrolment.cohort_id)
    .select_from(Enrolment)
    .join(Course, (Course.academy_id == Enrolment.academy_id) & (Course.id == Enrolment.course_id))
    .join(Section, (Section.academy_id == Enrolment.academy_id) & (Section.course_id == Enrolment.course_id))
    .join(Lesson, (Lesson.academy_id == Section.academy_id) & (Lesson.section_id == Section.id))
    .where(Enrolment.learner_id == bindparam("learner_id"), Enrolment.left_at.is_(None), Course.released_at.is_(None), Lesson.published)
    .order_by(Enrolment.id, Lesson.position)
)


@dataclass(slots=True)
class Held:
    """What holds a learner besides the plan: section to instant as it was decided for them, the day on which their group begins, whether all is open to it."""

    openings: dict[UUID, datetime] = field(default_factory=dict)
    starts_on: date | None = None
    released: bool = False


def held(enrolments: Sequence[UUID]) -> Mapping[UUID, Held]:
    """What was decided for these learners and their groups, by one statement."""
    found = {id: Held() for id in enrolments}
    for row in HELD(enrolments=list(enrolments)) if enrolments else ():
        one = found[row.enrolment_id]
        one.starts_on, one.released = row.starts_on, row.released_at is not None
        if row.section_id is not None:
            one.openings[row.section_id] = row.opens_at
    return found


def parts(lessons: Sequence[Row[Any]]) -> list[Part]:
    """Sections as their lessons tell them: rows with `section_id`, `release`, `id`, `required`, in order."""
    found: dict[UUID, tuple[Any, dict[UUID, bool]]] = {}
    for lesson in lessons:
        found.setdefault(lesson.section_id, (lesson.release, {}))[1][lesson.id] = lesson.required
    return [Part(id, release, inside) for id, (release, inside) in found.items()]


@dataclass(frozen=True, slots=True)
class Learner:
    """A place in a course as far as its pace goes."""

    id: UUID
    course_id: UUID
    enrolled_at: datetime
    come: Progress
    cohort_id: UUID | None


def closed(learners: Sequence[Learner], courses: Mapping[UUID, Sequence[Part]], at: datetime | None = None) -> dict[UUID, dict[UUID, Lock]]:
    """Of each learner the sections that are not open to them, each with what opens it; by one statement, or none without plan and group.

    `courses`: the sections of each course whose plan counts; one that is left out is all open. `at`: at another instant than now.
    """
    counting = [one for one in learners if (inside := courses.get(one.course_id)) and (one.cohort_id or any(part.release for part in inside))]
    decided, zone, now = held([one.id for one in counting]), context.academy.settings["zone"], at or clock.now()
    found: dict[UUID, dict[UUID, Lock]] = {one.id: {} for one in learners}
    for one in counting:
        mine = decided[one.id]
        if not mine.released:
            pace = Pace(one.enrolled_at, one.come.done, one.come.touched, mine.openings, mine.starts_on)
            found[one.id] = locks(courses[one.course_id], pace, zone, now)
    return found


def locked_lessons(person: Person | None) -> set[UUID]:
    """All lessons that are not open yet to somebody in the courses in which they are. Previews may be among them."""
    places: dict[UUID, list[Row[Any]]] = {}
    for row in PLANNED(learner_id=person.id) if person is not None else ():
        places.setdefault(row.enrolment_id, []).append(row)
    places = {id: rows for id, rows in places.items() if rows[0].cohort_id or any(row.release for row in rows)}
    come = progress(places) if places else {}
    learners = [Learner(id, rows[0].course_id, rows[0].enrolled_at, come[id], rows[0].cohort_id) for id, rows in places.items()]
    shut = closed(learners, {rows[0].course_id: parts(rows) for rows in places.values()})
    return {row.id for id, rows in places.items() for row in rows if row.section_id in shut[id]}
