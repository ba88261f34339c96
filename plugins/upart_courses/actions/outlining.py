# SPDX-License-Identifier: MIT
"""Sections and lessons of a course, and their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from upart.plugin import Overtaken, Problem, drop_versions, enqueue, session
from upart.plugin import gettext as _
from upart_courses.actions.learning import SETTLE
from upart_courses.actions.writing import Outline, addresses, changed, lock, outline_of, unless_overtaken, write
from upart_courses.models import Course, CourseState, Lesson, LessonEvent, Section


def add_section(course: Course, id: UUID, title: str) -> None:
    """Append a section; with the same id again nothing happens."""
    lock(course)
    outline = outline_of(course)
    if all(section.id != id for section, _inside in outline):
        session.add(Section(id=id, course_id=course.id, title=title, position=len(outline) + 1))
        changed(course)


def rename_section(course: Course, section: Section, title: str) -> None:
    """Give a section another heading."""
    section.title = title
    changed(course)


def remove_section(course: Course, section: Section) -> None:
    """Take a heading away. Its lessons stay: they join the section above, or below when it is the first. Raises Problem 409 for the only one."""
    lock(course)
    outline = outline_of(course)
    at = [one.id for one, _inside in outline].index(section.id)
    lessons = outline.pop(at)[1]
    if lessons and not outline:
        raise Problem(409, _("These lessons need a section."), remedy=_("Add another section first, or rename this one."))
    if lessons and at:
        outline[at - 1][1].extend(lessons)
    elif lessons:
        outline[0][1][:0] = lessons
    arrange(course, outline)
    session.flush()
    session.delete(section)


def add_lesson(course: Course, id: UUID, section_id: UUID, facts: Mapping[str, Any]) -> Lesson:
    """Append a lesson to a section; with the same id again it is the same lesson. Raises Problem 404 for a section that is gone."""
    lock(course)
    outline = outline_of(course)
    every = [lesson for _section, inside in outline for lesson in inside]
    if again := next((lesson for lesson in every if lesson.id == id), None):
        return again
    taken = {lesson.slug for lesson in every}
    slug = next(slug for slug in addresses(facts["title"], "lesson") if slug not in taken)
    lesson = Lesson(id=id, course_id=course.id, section_id=section_id, slug=slug, position=0, **facts)
    _inside(outline, section_id).append(lesson)
    session.add(lesson)
    arrange(course, outline)
    return lesson


def save_lesson(course: Course, lesson: Lesson, section_id: UUID, facts: Mapping[str, Any], seen: str) -> None:
    """Change a lesson at once, also one that learners read; in another section it goes to the end. Its address stays. Raises Overtaken."""
    lock(course)
    session.refresh(lesson)
    unless_overtaken(lesson, seen)
    outline = outline_of(course)
    _put_into(outline, lesson, section_id)
    write(course, lesson, facts)
    arrange(course, outline)


def change_section(course: Course, lesson: Lesson, section_id: UUID) -> None:
    """Put a lesson at the end of another section. Needs the lock of the course."""
    outline = outline_of(course)
    _put_into(outline, lesson, section_id)
    arrange(course, outline)


def _put_into(outline: Outline, lesson: Lesson, section_id: UUID) -> None:
    if section_id != lesson.section_id:
        inside = _inside(outline, section_id)
        _inside(outline, lesson.section_id).remove(lesson)
        inside.append(lesson)


def completions(lesson: Lesson) -> int:
    """How many learners have touched a lesson: what they did there goes with it."""
    return session.scalar(select(func.count(func.distinct(LessonEvent.enrolment_id))).where(LessonEvent.lesson_id == lesson.id)) or 0


def remove_lesson(course: Course, lesson: Lesson) -> None:
    """Delete a lesson, for ever. Raises Problem 409 for the only lesson of a published course."""
    lock(course)
    outline = outline_of(course)
    _inside(outline, lesson.section_id).remove(lesson)
    if course.state is CourseState.PUBLISHED and not any(inside for _section, inside in outline):
        raise Problem(409, _("A published course keeps a lesson."), remedy=_("Archive the course, or add another lesson first."))
    drop_versions(lesson)
    session.execute(delete(Lesson).where(Lesson.id == lesson.id))
    arrange(course, outline)
    enqueue(SETTLE, course=course.id)  # whoever lacked only this one


def _inside(outline: Outline, section_id: UUID) -> list[Lesson]:
    for section, inside in outline:
        if section.id == section_id:
            return inside
    raise Problem(404, _("This section is not here any more."), remedy=_("Open the course again and choose another one."))


def move(course: Course, id: UUID, step: int) -> None:
    """Move a section, with its lessons, or a lesson one place up (-1) or down (1). At the edge of its section a lesson goes to the next one."""
    lock(course)
    outline = outline_of(course)
    for at, (section, inside) in enumerate(outline):
        beside = outline[at + step] if 0 <= at + step < len(outline) else None
        place = next((n for n, lesson in enumerate(inside) if lesson.id == id), None)
        if section.id == id and beside:
            outline[at + step], outline[at] = outline[at], beside
            break
        if place is not None and 0 <= place + step < len(inside):
            inside[place + step], inside[place] = inside[place], inside[place + step]
            break
        if place is not None and beside:
            beside[1].insert(len(beside[1]) if step < 0 else 0, inside.pop(place))
            break
    else:
        return  # at the edge, or gone
    arrange(course, outline)


def order(course: Course, ids: Sequence[UUID]) -> None:
    """Arrange sections and lessons as they stand in `ids`, from top to bottom. Raises Overtaken when those are no longer all."""
    lock(course)
    outline = outline_of(course)
    sections = {section.id: section for section, _inside in outline}
    lessons = {lesson.id: lesson for _section, inside in outline for lesson in inside}
    if len(ids) != len(set(ids)) or set(ids) != set(sections) | set(lessons) or (ids and ids[0] not in sections):
        raise Overtaken
    arranged: Outline = []
    for id in ids:
        if id in sections:
            arranged.append((sections[id], []))
        else:
            arranged[-1][1].append(lessons[id])
    arrange(course, arranged)


def arrange(course: Course, outline: Outline) -> None:
    """Number sections and lessons as they stand, and count."""
    number = count(1)
    for place, (section, inside) in enumerate(outline, start=1):
        section.position = place
        for lesson in inside:
            lesson.section_id, lesson.position = section.id, next(number)
    every = [lesson for _section, inside in outline for lesson in inside]
    course.lessons, course.minutes = len(every), sum(lesson.minutes for lesson in every)
    course.needed = sum(lesson.required is not False for lesson in every) or len(every)
    changed(course)
