# SPDX-License-Identifier: MIT
"""What programs read of courses besides their columns: pictures, how far somebody has come, and what is still a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select

from upart.plugin import Basis, Category, Purpose, drafts_of, get_or_404, open_preview, picture_out, pictures, session
from upart_courses import public
from upart_courses.actions.coming import to_come
from upart_courses.actions.pacing import plan_of
from upart_courses.blocks import words_of
from upart_courses.models import Course, Lesson, Section

LEARNS = {"purpose": Purpose.LEARN.value, "basis": Basis.CONTRACT.value, "retain": "24 months"}
RESULT = {"x-personal-data": {"category": Category.EDU_RESULT.value, **LEARNS}}
ACTIVITY = {"x-personal-data": {"category": Category.USAGE_ACTIVITY.value, **LEARNS}}


class ProgressOut(Struct):
    """How far somebody has come in a course."""

    done: Annotated[int, Meta(description="Lessons that are marked as done.", extra_json_schema=RESULT)]
    lessons: Annotated[int, Meta(description="Lessons that the course has.")]
    needed: Annotated[int, Meta(description="Lessons that finish the course: the required ones, or all where none is.")]
    needed_done: Annotated[int, Meta(description="How many of those are done.", extra_json_schema=RESULT)]
    last: Annotated[UUID | None, Meta(description="The lesson where they were last.", extra_json_schema=ACTIVITY)]


def covers(rows: Sequence[Mapping[str, Any]]) -> Mapping[UUID, Any]:
    """The pictures of courses, or the drawings that stand for them."""
    shown = pictures((row["cover_id"] for row in rows), public=True)
    return {row["id"]: picture_out(shown.get(row["cover_id"]), f"courses/{row['cover']}") for row in rows}


def progress(rows: Sequence[Mapping[str, Any]]) -> Mapping[UUID, Any]:
    """How far each of these enrolments has come."""
    made = public.progress(row["id"] for row in rows)
    there = public.lessons_of(list({row["course_id"] for row in rows}))
    return {row["id"]: _progress(made[row["id"]], there[row["course_id"]]) for row in rows}


def _progress(come: public.Progress, lessons: Sequence[Any]) -> ProgressOut:
    needed = {lesson.id for lesson in lessons if lesson.required} or {lesson.id for lesson in lessons}
    return ProgressOut(len(come.done), len(lessons), len(needed), len(come.done & needed), come.last)


def open_course(rows: Sequence[Any], token: str) -> None:
    """Pass if the token is for the course of these rows. Raises NotHere."""
    for id in {row.course_id for row in rows}:
        open_preview(get_or_404(Course, id), token)


def as_drafted(rows: Sequence[Any]) -> Mapping[UUID, Mapping[str, Any]]:
    """What rows say once their drafts are published."""
    drafts = drafts_of(rows)
    return {row.id: _said(row, drafts[row.id].body if row.id in drafts else {}) for row in rows}


def course_as_drafted(course: Course) -> Mapping[str, Any]:
    """A course once all drafts of it are published, with the numbers of its lessons then."""
    lessons = as_drafted([lesson for _heading, inside in to_come(course) for lesson in inside])
    numbers = {"lesson_count": len(lessons), "minutes": sum(said["minutes"] for said in lessons.values())}
    return {**as_drafted([course])[course.id], **numbers}


def lessons_as_drafted(rows: Sequence[Lesson]) -> Mapping[UUID, Mapping[str, Any]]:
    """Lessons of a course once all drafts of it are published, in order; those that go are left out. A section that is still a draft has no id yet."""
    said, places = as_drafted(rows), dict[UUID, dict[str, Any]]()
    for course in _courses(rows):
        there = set(session.scalars(select(Section.id).where(Section.course_id == course.id)))
        every = [(heading.id, lesson) for heading, inside in to_come(course) for lesson in inside]
        for number, (section, lesson) in enumerate(every, start=1):
            places[lesson.id] = {"section_id": section if section in there else lesson.section_id, "position": number}
    return {id: {**said[id], **place} for id, place in places.items() if id in said}


def sections_as_drafted(rows: Sequence[Section]) -> Mapping[UUID, Mapping[str, Any]]:
    """Sections of a course once all drafts of it are published, in order; those that go are left out."""
    found: dict[UUID, Mapping[str, Any]] = {}
    for course in _courses(rows):
        plan = plan_of(course)
        for number, (heading, _inside) in enumerate(to_come(course), start=1):
            found[heading.id] = {"title": heading.title, "position": number, "release": plan.get(str(heading.id))}
    return found


def _courses(rows: Sequence[Lesson | Section]) -> list[Course]:
    return [get_or_404(Course, id) for id in {row.course_id for row in rows}]


def _said(row: Any, draft: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row as its draft has it; the words of a lesson are made of its blocks."""
    said = {**{name: getattr(row, name) for name in type(row).__revised__}, **draft}
    return {**said, "body": words_of(said["blocks"])} if "blocks" in said else said
