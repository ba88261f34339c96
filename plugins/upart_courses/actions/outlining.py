# SPDX-License-Identifier: MIT
"""Sections and lessons of a course, and their order: once people read the course, on its draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from upart.plugin import NotHere, Overtaken, Problem, beside_draft, draft_of, edited, enqueue, mark_of, save_draft, session
from upart.plugin import gettext as _
from upart_courses.actions import keeping
from upart_courses.actions.filling import keep_files
from upart_courses.actions.learning import SETTLE
from upart_courses.actions.writing import Outline, changed, lock, outline_of, unless_overtaken, write
from upart_courses.models import Course, CourseState, Lesson, Parts, Section, fitting


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


def own_id(course: Course, proposed: UUID) -> UUID:
    """The id of what a form makes in a course: another one in each course to which it is sent, so that none takes what another has, or drafts."""
    return uuid5(course.id, str(proposed))


def add_section(course: Course, id: UUID, title: str) -> None:
    """Append a section; with the same proposed id again nothing happens."""
    lock(course)
    id, outline = own_id(course, id), written(course)
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


def removed_sections(course: Course) -> list[Heading]:
    """The sections that learners read and the draft has no more."""
    kept = {heading.id for heading, _inside in written(course)}
    return [Heading(UUID(part["section"]), part["title"]) for part in course.outline if UUID(part["section"]) not in kept]


def take_section_back(course: Course, id: UUID) -> None:
    """Let a section that the draft has removed stay after all: where it was, with the lessons that are in it. Raises NotHere. Safe to repeat."""
    lock(course)
    outline, live = written(course), course.outline
    if any(heading.id == id for heading, _inside in outline):
        return
    at = next((place for place, part in enumerate(live) if part["section"] == str(id)), None)
    if at is None:
        raise NotHere
    back = [lesson for _heading, inside in outline for lesson in inside if str(lesson.id) in live[at]["lessons"]]
    back.sort(key=lambda lesson: live[at]["lessons"].index(str(lesson.id)))
    rest = [(heading, [lesson for lesson in inside if lesson not in back]) for heading, inside in outline]
    before = {part["section"] for part in live[:at]}
    place = max((number for number, (heading, _inside) in enumerate(rest, start=1) if str(heading.id) in before), default=0)
    _keep(course, [*rest[:place], (Heading(id, live[at]["title"]), back), *rest[place:]])


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
    keeping.take_openings([id])
    home["lessons"] = [*home["lessons"], *gone["lessons"]] if at else [*gone["lessons"], *home["lessons"]]
    write(course, course, {"outline": rest})
    changed(course)


def order_at_once(course: Course, wanted: Parts) -> bool:
    """Put sections and lessons into another order, also in a course that people read. False unless all are named, each once. Raises Problem 409 for a draft."""
    lock(course)
    titles = {part["section"]: part["title"] for part in course.outline}
    there = sorted(str(lesson.id) for _section, inside in outline_of(course) for lesson in inside if lesson.published)
    if sorted(part["section"] for part in wanted) != sorted(titles) or sorted(id for part in wanted for id in part["lessons"]) != there:
        return False
    write(course, course, {"outline": [{**part, "title": titles[part["section"]]} for part in wanted]})
    changed(course)
    return True


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
    if "required" in facts:
        enqueue(SETTLE, course=course.id)  # whoever lacked only this one


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
        inside = inside_of(outline, section_id)
        inside_of(outline, lesson.section_id).remove(lesson)
        inside.append(lesson)


def inside_of(outline: Outline, section_id: UUID) -> list[Lesson]:
    """The lessons of a section. Raises Problem 404 for one that is gone."""
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
    """Number sections and lessons as they stand, and count what learners read."""
    number(outline)
    every = [lesson for _section, inside in outline for lesson in inside if lesson.published is not False]
    course.lessons, course.minutes = len(every), sum(lesson.minutes for lesson in every)
    course.needed = sum(lesson.required is not False for lesson in every) or len(every)
    changed(course, goes_on=goes_on)


def number(outline: Outline) -> None:
    """Number sections and lessons as they stand."""
    numbers = count(1)
    for place, (section, inside) in enumerate(outline, start=1):
        section.position = place
        for lesson in inside:
            lesson.section_id, lesson.position = section.id, next(numbers)
