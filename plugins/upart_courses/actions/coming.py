# SPDX-License-Identifier: MIT
"""Lessons come and go: once people read the course, when the changes are published. Until then a new one can be deleted, a deleted one taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from upart.plugin import Problem, begin_draft, beside_draft, clock, drafts_of, drop_versions, edited, enqueue, mark_of, save_draft, session
from upart.plugin import gettext as _
from upart_courses.actions import keeping, noting
from upart_courses.actions.filling import keep_files
from upart_courses.actions.learning import SETTLE, needed
from upart_courses.actions.outlining import Written, arrange, change_section, inside_of, number, own_id, written
from upart_courses.actions.writing import addresses, lock, outline_of
from upart_courses.models import Course, CourseState, Lesson, LessonEvent


def add_lesson(course: Course, id: UUID, section_id: UUID, facts: Mapping[str, Any], *, at_once: bool = False) -> Lesson:
    """Append a lesson to a section; with the same proposed id again it is the same lesson. Raises Problem 404 for a section that is gone.

    Once people read the course it waits until the changes are published, unless a program adds it `at_once`.
    """
    lock(course)
    id, outline = own_id(course, id), outline_of(course)
    every = [lesson for _section, inside in outline for lesson in inside]
    if again := next((lesson for lesson in every if lesson.id == id), None):
        return again
    taken = {lesson.slug for lesson in every}
    slug = next(slug for slug in addresses(facts["title"], "lesson") if slug not in taken)
    waits = course.state is not CourseState.DRAFT and not at_once
    # A section that the draft alone has is no row yet: till then the lesson hangs on the last one that is.
    home = section_id if not waits or any(section.id == section_id for section, _inside in outline) else outline[-1][0].id
    lesson = Lesson(id=id, course_id=course.id, section_id=home, slug=slug, position=0, published=not waits, **facts)
    with beside_draft(course):
        inside_of(outline, home).append(lesson)
        session.add(lesson)
        number(outline) if waits else arrange(course, outline)
    if waits:
        begin_draft(lesson, {"published": True})
        change_section(course, lesson, section_id)
    keep_files(lesson)
    return lesson


def comes(lesson: Lesson, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft of a lesson says: with the first one it comes into the course, also where an earlier one has been forgotten since."""
    return {**facts} if lesson.published else {**facts, "published": True}


def staying(lessons: Sequence[Lesson], among: Collection[UUID] | None = None) -> list[Lesson]:
    """The lessons that learners will read once the drafts are published: all drafts, or those of lessons `among` these."""
    drafts = drafts_of(lessons)
    said = {id: draft.body.get("published", True) for id, draft in drafts.items() if among is None or id in among}
    return [lesson for lesson in lessons if said.get(lesson.id, lesson.published)]


def to_come(course: Course) -> Written:
    """The outline as learners will read it once all drafts are published."""
    outline = written(course)
    stay = {lesson.id for lesson in staying([lesson for _heading, inside in outline for lesson in inside])}
    return [(heading, [lesson for lesson in inside if lesson.id in stay]) for heading, inside in outline]


def completions(lesson: Lesson) -> int:
    """How many learners have touched a lesson: what they did there goes with it."""
    return session.scalar(select(func.count(func.distinct(LessonEvent.enrolment_id))).where(LessonEvent.lesson_id == lesson.id)) or 0


def is_leaving(lesson: Lesson) -> bool:
    """Does the draft of a lesson that learners read say that it goes?"""
    return lesson.published and not edited(lesson)["published"]


def remove_lesson(course: Course, lesson: Lesson, *, at_once: bool = False) -> None:
    """Delete a lesson: for ever, or, where learners read it, with the next publication; until then it can be taken back.

    `at_once`: a program deletes it. Raises Problem 409 for the only lesson of a published course, and where learners' data in it are kept (`restricted`).
    """
    lock(course)
    session.refresh(lesson)
    others = [one for _section, inside in outline_of(course) for one in inside if one.id != lesson.id]
    left = [one for one in others if one.published] if at_once else staying(others)
    if course.state is CourseState.PUBLISHED and not left:
        raise Problem(409, _("A published course keeps a lesson."), remedy=_("Archive the course, or add another lesson first."))
    if lesson.published and course.state is not CourseState.DRAFT and not at_once:
        save_draft(lesson, {"published": False}, seen=mark_of(lesson))
    else:
        _drop(course, [lesson])
        enqueue(SETTLE, course=course.id)  # whoever lacked only this one


def take_back(course: Course, lesson: Lesson) -> None:
    """Let a lesson stay after all; what else its draft says goes on waiting. Safe to repeat."""
    lock(course)
    if is_leaving(lesson):
        save_draft(lesson, {"published": True}, seen=mark_of(lesson))


def settle_published(course: Course, lessons: Sequence[Lesson], new: Collection[Lesson], before: Collection[UUID]) -> None:
    """After drafts of these lessons were published: `new` ones are there from now on, those that shall go are deleted. Counts anew.

    `before`: the lessons that finished the course until now; where others do, a task looks who has finished it.
    """
    for lesson in new:
        lesson.added_at = clock.now()
    _drop(course, [lesson for lesson in lessons if not lesson.published and lesson not in new])
    if needed(course.id) != before:
        enqueue(SETTLE, course=course.id)


def _drop(course: Course, lessons: Sequence[Lesson]) -> None:
    with beside_draft(course):
        ids = [lesson.id for lesson in lessons]
        drop_versions(*lessons)
        noting.outlive(ids)
        keeping.take_along(Lesson, ids)
        session.execute(delete(Lesson).where(Lesson.id.in_(ids)))
        arrange(course, outline_of(course))
