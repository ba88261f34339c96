# SPDX-License-Identifier: MIT
"""What a table of learners says, row by row, beside what is here: what would be added, what is here already, and what stands against it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from upart.plugin import PERSON_FIELDS, Fault, ImportField, Person, clock, context, people_by_address, session
from upart.plugin import gettext as _
from upart_courses.models import Cohort, Course, CourseState, Enrolment, Lesson, LessonEvent, LessonEventKind

AGE = range(1990, 2201)
"""Years in which somebody can have enrolled."""

BETWEEN = re.compile(r"[;|\n]")
EVERY = "*"
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?|(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")


def a_day(text: str) -> str:
    """A day as it is kept (ISO 8601). Raises ValueError with words."""
    found = DAY.fullmatch(text)
    year, month, day = (found[1], found[2], found[3]) if found and found[1] else (found[6], found[5], found[4]) if found else ("", "", "")
    try:
        one = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(_("Write the day as 2026-11-30 or 30.11.2026.")) from None
    if one.year not in AGE or one > clock.now().astimezone(ZoneInfo(context.academy.settings["zone"])).date():
        raise ValueError(_("This day is still to come, or too long ago."))
    return one.isoformat()


def a_line(text: str) -> str:
    """Words on one line."""
    return " ".join(text.split())


FIELDS = (
    *(one if one.key == "email" else ImportField(key=one.key, label=one.label, check=one.check, names=one.names, needed=False) for one in PERSON_FIELDS),
    ImportField(key="course", label="Course", check=a_line, names=("course slug", "slug", "kurs", "course address")),
    ImportField(key="enrolled_on", label="Enrolled on", check=a_day, names=("enrolled", "since", "eingeschrieben am", "enrolment date"), needed=False),
    ImportField(
        key="lessons", label="Lessons done", check=str.strip, needed=False, longest=20_000,
        names=("completed lessons", "done", "lessons", "lektionen", "erledigte lektionen"),
    ),
    ImportField(
        key="completed_on", label="Finished on", check=a_day, names=("completed", "completed on", "finished", "abgeschlossen am"), needed=False
    ),
    ImportField(key="cohort", label="Group", check=a_line, names=("cohort", "gruppe", "class"), needed=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row would bring about: for whom, in which course, and which lessons would be done by it, in order. Days are ISO 8601, "" for none."""

    email: str
    name: str
    person: UUID | None
    course: UUID
    cohort: UUID | None
    lessons: tuple[UUID, ...]
    enrolled_on: str
    completed_on: str


@dataclass(slots=True)
class Here:
    """What is here of what some rows name, gathered by a statement for each table."""

    people: Mapping[str, UUID] = field(default_factory=dict)
    courses: dict[str, Any] = field(default_factory=dict)
    lessons: dict[UUID, list[Any]] = field(default_factory=dict)
    cohorts: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    places: dict[tuple[UUID, UUID], Any] = field(default_factory=dict)
    done: dict[UUID, set[UUID]] = field(default_factory=dict)
    suspended: Set[UUID] = frozenset()


def judge(rows: Sequence[Mapping[str, str]]) -> Sequence[bool | Fault]:
    """Of each row: is it here already, would something be added (False), or what stands against it."""
    return [found if isinstance(found, Fault) else found is True for found in wanted(rows)]


def wanted(rows: Sequence[Mapping[str, str]]) -> list[Wanted | Fault | bool]:
    """What each row would bring about; True where nothing would be new."""
    here = _here(rows)
    return [_wanted(row, here) for row in rows]


def _here(rows: Sequence[Mapping[str, str]]) -> Here:
    here = Here(people_by_address([row["email"] for row in rows]), _courses({row["course"] for row in rows}))
    suspended = select(Person.id).where(Person.id.in_(set(here.people.values())), Person.suspended_at.is_not(None))
    here.suspended = frozenset(session.scalars(suspended))
    ids = {course.id for course in here.courses.values()}
    for lesson in session.execute(
        select(Lesson.id, Lesson.course_id, Lesson.slug, Lesson.title, Lesson.required)
        .where(Lesson.course_id.in_(ids), Lesson.published)
        .order_by(Lesson.position)
    ):
        here.lessons.setdefault(lesson.course_id, []).append(lesson)
    groups = select(Cohort.course_id, Cohort.name, Cohort.id).where(Cohort.course_id.in_(ids))
    here.cohorts = {(one.course_id, one.name.casefold()): one.id for one in session.execute(groups)}
    places = select(Enrolment.id, Enrolment.learner_id, Enrolment.course_id, Enrolment.left_at, Enrolment.completed_at, Enrolment.cohort_id)
    found = session.execute(places.where(Enrolment.course_id.in_(ids), Enrolment.learner_id.in_(set(here.people.values()))))
    here.places = {(one.learner_id, one.course_id): one for one in found}
    done = select(LessonEvent.enrolment_id, LessonEvent.lesson_id).where(LessonEvent.enrolment_id.in_([one.id for one in here.places.values()]))
    for row in session.execute(done.where(LessonEvent.kind == LessonEventKind.COMPLETED)):
        here.done.setdefault(row.enrolment_id, set()).add(row.lesson_id)
    return here


def _courses(names: Iterable[str]) -> dict[str, Any]:
    """Courses by what a table calls them: by address, else by title where only one has it. Compared here: SQLite knows small letters of English only."""
    said, titles = {name.casefold() for name in names}, dict[str, list[Any]]()
    every = session.execute(select(Course.id, Course.slug, Course.title, Course.state)).all()
    for course in every:
        titles.setdefault(a_line(course.title).casefold(), []).append(course)
    found = {title: alike[0] for title, alike in titles.items() if len(alike) == 1} | {course.slug: course for course in every}
    return {name: course for name, course in found.items() if name in said}


def _wanted(row: Mapping[str, str], here: Here) -> Wanted | Fault | bool:
    course, person = here.courses.get(row["course"].casefold()), here.people.get(row["email"])
    if course is None:
        return Fault("course", "unknown", _("No course has this address or this title."))
    if course.state is CourseState.DRAFT:
        return Fault("course", "draft", _("This course is a draft. Publish it first."))
    if person is None and not row["name"]:
        return Fault("name", "missing", _("They are new here, so a name is needed."))
    if row["enrolled_on"] and row["completed_on"] and row["completed_on"] < row["enrolled_on"]:
        return Fault("completed_on", "order", _("They would have finished before they began."))
    place = here.places.get((person, course.id)) if person is not None else None
    if place is not None and place.left_at is not None:
        return Fault("email", "left", _("They were in this course and have left it. Take them in by hand if they come back."))
    lessons = _lessons(row, here.lessons.get(course.id, []))
    if isinstance(lessons, Fault):
        return lessons
    cohort = here.cohorts.get((course.id, row["cohort"].casefold())) if row["cohort"] else None
    if row["cohort"] and cohort is None:
        return Fault("cohort", "unknown", _("This course has no group of this name. Make it first."))
    new = _new(row, Wanted(row["email"], row["name"], person, course.id, cohort, lessons, row["enrolled_on"], row["completed_on"]), place, here)
    if person in here.suspended and new is not True:
        return Fault("email", "suspended", _("They cannot be taken in at present. Ask whoever manages the people of the academy."))
    return new


def _new(row: Mapping[str, str], one: Wanted, place: Any | None, here: Here) -> Wanted | bool:
    """What of a row is not here yet; True where all of it is. Nothing that is here is changed."""
    if place is None:
        return one
    done = here.done.get(place.id, set())
    lessons = tuple(id for id in one.lessons if id not in done)
    cohort = one.cohort if place.cohort_id is None else None
    completed_on = one.completed_on if place.completed_at is None else ""
    if not (lessons or cohort or completed_on):
        return True
    return Wanted(one.email, one.name, one.person, one.course, cohort, lessons, one.enrolled_on, completed_on)


def _lessons(row: Mapping[str, str], every: Sequence[Any]) -> tuple[UUID, ...] | Fault:
    """The lessons that a row says are done, in their order: named by id, address or title; all that are needed, where the course was finished."""
    said = {a_line(part).casefold() for part in BETWEEN.split(row["lessons"])} - {""}
    needed = {one.id for one in every if one.required} or {one.id for one in every}
    found = set(needed) if row["completed_on"] else set[UUID]()
    if said == {EVERY}:
        return tuple(one.id for one in every)
    for one in every:
        if names := said & {str(one.id), one.slug, a_line(one.title).casefold()}:
            found.add(one.id)
            said -= names
    if said:
        unknown = sorted(said)[0]
        return Fault("lessons", "unknown", _("The course has no lesson “%(name)s”. Put “;” between lessons.", name=unknown[:80]))
    return tuple(one.id for one in every if one.id in found)
