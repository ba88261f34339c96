# SPDX-License-Identifier: MIT
"""Sections and lessons of a course, and their order: once people read the course, on its draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from upart.plugin import NotHere, Overtaken, Problem, beside_draft, draft_of, drop_versions, edited, enqueue, mark_of, save_draft, session
from upart.plugin import gettext as _
from upart_courses.actions import noting
from upart_courses.actions.filling import keep_files
from upart_courses.actions.learning import SETTLE
from upart_courses.actions.writing import Outline, addresses, changed, lock, outline_of, unless_overtaken, write
from upart_courses.models import Course, CourseState, Lesson, LessonEvent, Parts, Section, fitting


@dataclass(slots=True)
class Heading:
    """A section as whoever writes the course sees it."""

    id: UUID
    title: str


Written = list[tuple[Heading, list[Lesson]]]
"""The outline as whoever writes the course sees it: that of the draft, once people read the course."""


def written(course: Course) -> Written:
    """That outline, as the database has it now."""
    lessons = {str(one.id): one for _section, inside in outline_of(course) for one in inside}
    live = course.outline
    parts = fitting(edited(course)["outline"], live) if course.state is not CourseState.DRAFT else live
    return [(Heading(UUID(part["section"]), part["title"]), [lessons[id] for id in part["lessons"]]) for part in parts]


def _keep(course: Course, outline: Written) -> None:
    """Write an outline: on the draft, once people read the course."""
    parts = [{"section": str(heading.id), "title": heading.title, "lessons": [str(one.id) for one in inside]} for heading, inside in outline]
    if course.state is not CourseState.DRAFT:
        save_draft(course, {"outline": parts}, seen=mark_of(course))
        return
    course.outline = parts
    changed(course)


def add_section(course: Course, id: UUID, title: str) -> None:
    """Append a section; with the same id again nothing happens."""
    lock(course)
    outline = written(course)
    if all(heading.id != id for heading, _inside in outline) and session.scalar(select(Section.id).where(Section.id == id)) is None:
        _keep(course, [*outline, (Heading(id, title), [])])


def heading_of(course: Course, id: UUID) -> Heading:
    """A section of the outline that is being written. Raises NotHere."""
    for heading, _inside in written(course):
        if heading.id == id:
            return heading
    raise NotHere


def rename_section(course: Course, id: UUID, title: str) -> None:
    """Give a section another heading."""
    lock(course)
    _keep(course, [(Heading(id, title) if heading.id == id else heading, inside) for heading, inside in written(course)])


def rename_at_once(course: Course, id: UUID, title: str) -> None:
    """Give a section another heading, also in a course that people read. Raises Problem 409 while a draft is open."""
    lock(course)
    write(course, course, {"outline": [{**part, "title": title} if part["section"] == str(id) else part for part in course.outline]})
    changed(course)


def remove_section(course: Course, id: UUID) -> None:
    """Take a heading away. Its lessons stay: they join the section above, or below when it is the first. Raises Problem 409 for the only one."""
    lock(course)
    outline = written(course)
    at = [heading.id for heading, _inside in outline].index(id)
    lessons = outline.pop(at)[1]
    if lessons and not outline:
        raise Problem(409, _("These lessons need a section."), remedy=_("Add another section first, or rename this one."))
    if lessons and at:
        outline[at - 1][1].extend(lessons)
    elif lessons:
        outline[0][1][:0] = lessons
    _keep(course, outline)


def add_section_at_once(course: Course, id: UUID, title: str) -> Section:
    """Append a section, also to a course that people read: they see it once it has a lesson. A draft goes on beside it."""
    lock(course)
    outline = outline_of(course)
    section = Section(id=id, course_id=course.id, title=title, position=len(outline) + 1)
    with beside_draft(course):
        session.add(section)
        arrange(course, [*outline, (section, [])])
    session.flush()
    return section


def remove_section_at_once(course: Course, id: UUID) -> None:
    """Take a heading away, also in a course that people read; its lessons join the one above, or below. Raises Problem 409 for the only one, or a draft."""
    lock(course)
    parts = course.outline
    at = [part["section"] for part in parts].index(str(id))
    gone, rest = parts[at], [*parts[:at], *parts[at + 1 :]]
    if not rest:
        raise Problem(409, _("A course keeps a section."), remedy=_("Add another section first, or rename this one."))
    home = rest[max(at - 1, 0)]
    home["lessons"] = [*home["lessons"], *gone["lessons"]] if at else [*gone["lessons"], *home["lessons"]]
    write(course, course, {"outline": rest})
    changed(course)


def order_at_once(course: Course, wanted: Parts) -> bool:
    """Put sections and lessons into another order, also in a course that people read. False unless all are named, each once. Raises Problem 409 for a draft."""
    lock(course)
    titles = {part["section"]: part["title"] for part in course.outline}
    there = sorted(id for part in course.outline for id in part["lessons"])
    if sorted(part["section"] for part in wanted) != sorted(titles) or sorted(id for part in wanted for id in part["lessons"]) != there:
        return False
    write(course, course, {"outline": [{**part, "title": titles[part["section"]]} for part in wanted]})
    changed(course)
    return True


def add_lesson(course: Course, id: UUID, section_id: UUID, facts: Mapping[str, Any]) -> Lesson:
    """Append a lesson to a section; with the same id again it is the same lesson. Raises Problem 404 for a section that is gone.

    People who read the course see it at once; a section that waits on the draft comes along.
    """
    lock(course)
    outline = outline_of(course)
    every = [lesson for _section, inside in outline for lesson in inside]
    if again := next((lesson for lesson in every if lesson.id == id), None):
        return again
    taken = {lesson.slug for lesson in every}
    slug = next(slug for slug in addresses(facts["title"], "lesson") if slug not in taken)
    lesson = Lesson(id=id, course_id=course.id, section_id=section_id, slug=slug, position=0, **facts)
    with beside_draft(course):
        _with_section(course, outline, section_id)
        _inside(outline, section_id).append(lesson)
        session.add(lesson)
        arrange(course, outline)
    keep_files(lesson)
    return lesson


def _with_section(course: Course, outline: Outline, id: UUID) -> None:
    """Let people read a section that the draft alone has had so far."""
    heading = next((heading for heading, _inside in written(course) if heading.id == id), None)
    if heading is not None and all(section.id != id for section, _inside in outline):
        made = Section(id=id, course_id=course.id, title=heading.title, position=len(outline) + 1)
        session.add(made)
        outline.append((made, []))


def save_lesson(course: Course, lesson: Lesson, section_id: UUID, facts: Mapping[str, Any], seen: str, *, goes_on: bool = False) -> None:
    """Change a lesson at once, also one that learners read; in another section it goes to the end. Its address stays.

    Raises Overtaken, and Problem 409 for another section while somebody arranges the outline on a draft.
    """
    lock(course)
    session.refresh(lesson)
    unless_overtaken(lesson, seen)
    if section_id != lesson.section_id and draft_of(course) is not None:
        raise Problem(409, _("There are changes that are not published yet."), remedy=_("Publish them or lay them aside, then try again."))
    outline = outline_of(course)
    _put_into(outline, lesson, section_id)
    write(course, lesson, facts)
    arrange(course, outline, goes_on=goes_on)
    keep_files(lesson)


def change_section(course: Course, lesson: Lesson, section_id: UUID) -> None:
    """Put a lesson at the end of another section, with the next publication. Needs the lock of the course. Raises Problem 404 for a section that is gone."""
    outline = written(course)
    inside = next((inside for heading, inside in outline if heading.id == section_id), None)
    if inside is None:
        raise Problem(404, _("This section is not here any more."), remedy=_("Open the course again and choose another one."))
    if all(one.id != lesson.id for one in inside):
        for _heading, others in outline:
            others[:] = [one for one in others if one.id != lesson.id]
        inside.append(lesson)
        _keep(course, outline)


def section_of(course: Course, lesson: Lesson) -> UUID:
    """In which section a lesson is, for whoever writes the course."""
    return next((heading.id for heading, inside in written(course) if any(one.id == lesson.id for one in inside)), lesson.section_id)


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
    with beside_draft(course):
        drop_versions(lesson)
        noting.outlive([lesson.id])
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
    outline = written(course)
    for at, (heading, inside) in enumerate(outline):
        beside = outline[at + step] if 0 <= at + step < len(outline) else None
        place = next((n for n, lesson in enumerate(inside) if lesson.id == id), None)
        if heading.id == id and beside:
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
    _keep(course, outline)


def order(course: Course, ids: Sequence[UUID]) -> None:
    """Arrange sections and lessons as they stand in `ids`, from top to bottom. Raises Overtaken when those are no longer all."""
    lock(course)
    outline = written(course)
    headings = {heading.id: heading for heading, _inside in outline}
    lessons = {lesson.id: lesson for _section, inside in outline for lesson in inside}
    if len(ids) != len(set(ids)) or set(ids) != set(headings) | set(lessons) or (ids and ids[0] not in headings):
        raise Overtaken
    arranged: Written = []
    for id in ids:
        if id in headings:
            arranged.append((headings[id], []))
        else:
            arranged[-1][1].append(lessons[id])
    _keep(course, arranged)


def arrange(course: Course, outline: Outline, *, goes_on: bool = False) -> None:
    """Number sections and lessons as they stand, and count."""
    number = count(1)
    for place, (section, inside) in enumerate(outline, start=1):
        section.position = place
        for lesson in inside:
            lesson.section_id, lesson.position = section.id, next(number)
    every = [lesson for _section, inside in outline for lesson in inside]
    course.lessons, course.minutes = len(every), sum(lesson.minutes for lesson in every)
    course.needed = sum(lesson.required is not False for lesson in every) or len(every)
    changed(course, goes_on=goes_on)
