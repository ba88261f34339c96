# SPDX-License-Identifier: MIT
"""Change courses that learners read: on drafts, which are published together, at once or at a planned time. What learners have done stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.plugin import (
    Overtaken,
    Problem,
    Revision,
    clock,
    context,
    drafts_of,
    edited,
    emit,
    enqueue,
    lay_aside,
    mark_of,
    pictures,
    publish_draft,
    restore_version,
    save_draft,
    schedule_draft,
    session,
    unopposed,
)
from upart.plugin import gettext as _
from upart_courses.actions import keeping, outlining
from upart_courses.actions.coming import comes, settle_published, staying, take_back
from upart_courses.actions.filling import keep_files
from upart_courses.actions.learning import needed
from upart_courses.actions.outlining import change_section
from upart_courses.actions.publishing import NotReady, missing_in
from upart_courses.actions.writing import FACTS, lock, version
from upart_courses.models import Course, CourseState, Lesson

LATE = timedelta(minutes=15)
"""After so long a plan that was not kept needs a human; a worker may be busy before."""

PUBLISH = "courses.publish_planned"
"""The task that publishes what was planned for now."""

Changes = list[tuple[Course | Lesson, Revision]]
"""The course itself, then its lessons in order: those that have a draft."""


class Unseen(Exception):
    """The drafts are not those any more that whoever publishes them has read: nothing was published."""


def on_drafts(course: Course) -> bool:
    """Is a course written on drafts, because people read it?"""
    return course.state is not CourseState.DRAFT


def typed(course: Course, row: Course | Lesson) -> dict[str, Any]:
    """What a form begins with: the draft if there is one, else what is stored."""
    stored = {name: getattr(row, name) for name in FACTS[type(row)]}
    return {**stored, **edited(row)} if on_drafts(course) else stored


def cover_of(course: Course) -> UUID | None:
    """The picture of the library that was chosen for the cover, as whoever writes the course sees it."""
    chosen = edited(course)["cover_id"] if on_drafts(course) else course.cover_id
    return UUID(str(chosen)) if chosen else None


def seen(course: Course, row: Course | Lesson) -> str:
    """The mark of that, by which two writers notice each other."""
    return mark_of(row) if on_drafts(course) else version(row)


def hold(course: Course, row: Course | Lesson) -> None:
    """Let nobody else write on a course until the end of this transaction, and read it anew."""
    lock(course)
    session.refresh(row)


def save_facts(course: Course, facts: Mapping[str, Any], mark: str) -> None:
    """Write on the draft of a course's facts. Raises Overtaken."""
    lock(course)
    save_draft(course, facts, seen=mark)


def save_lesson(course: Course, lesson: Lesson, section_id: UUID, facts: Mapping[str, Any], mark: str) -> None:
    """Write on the draft of a lesson; into another section it goes on that of the course. Raises Overtaken, Problem 404 for a section that is gone."""
    lock(course)
    save_draft(lesson, comes(lesson, facts), seen=mark)
    change_section(course, lesson, section_id)
    keep_files(lesson)


def change_blocks(course: Course, lesson: Lesson, change: Callable[[list[Any]], list[Any]]) -> None:
    """Change the blocks of a lesson from what stands in them now: on its draft once people read the course."""
    lock(course)
    session.refresh(lesson)
    facts = {name: value for name, value in typed(course, lesson).items() if name != "section_id"}
    save = save_lesson if on_drafts(course) else outlining.save_lesson
    save(course, lesson, outlining.section_of(course, lesson), {**facts, "blocks": change(facts["blocks"])}, seen(course, lesson))


def changes(course: Course) -> Changes:
    """What of a course has a draft."""
    lessons = _lessons(course)
    found = {**drafts_of([course]), **drafts_of(lessons)}
    rows: list[Course | Lesson] = [course, *lessons]
    return [(row, found[row.id]) for row in rows if row.id in found]


def mark_of_changes(found: Changes) -> str:
    """A mark that is another one for each other set of drafts: the page carries it, so that its button publishes what it shows."""
    said = sorted((str(row.id), draft.body) for row, draft in found)
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()


def _lessons(course: Course) -> Sequence[Lesson]:
    return session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position, Lesson.id)).all()


def goes(draft: Revision) -> bool:
    """Does this draft of a lesson take it away?"""
    return draft.body.get("published") is False


def missing(course: Course, found: Changes) -> list[str]:
    """What the drafts still need before learners can read them, in words."""
    inside = [missing_in(draft.body["title"], draft.body["blocks"], row.id) for row, draft in found if isinstance(row, Lesson) and not goes(draft)]
    lacking = [_("A summary: a sentence or two for lists.") for row, draft in found if isinstance(row, Course) and not draft.body["summary"]]
    lacking += [_("Another cover: the chosen picture cannot be shown to everybody any more.") for row, draft in found if _lost_cover(row, draft)]
    if any(goes(draft) for _row, draft in found) and not staying(_lessons(course), {row.id for row, _draft in found}):
        lacking.append(_("A lesson that stays: all of them would go."))
    return lacking + [one for lesson in inside for one in lesson]


def _lost_cover(row: Course | Lesson, draft: Revision) -> bool:
    cover = draft.body.get("cover_id") if isinstance(row, Course) else None
    return cover is not None and UUID(cover) not in pictures([UUID(cover)], public=True)


def publish_changes(course: Course, seen: str) -> None:
    """Let everybody read all drafts of a course. `seen` is their mark when the page was opened; where nothing waits any more, nothing happens.

    Raises Unseen where they say something else by now, NotReady, and Overtaken where something was changed beside its draft.
    """
    lock(course)
    found = changes(course)
    if found and seen != mark_of_changes(found):
        raise Unseen
    _publish(course, found)


def _publish(course: Course, found: Changes) -> None:
    if lacking := missing(course, found):
        raise NotReady(*lacking)
    if not found:
        return
    unopposed("courses.publish", course)
    lessons = [row for row, _draft in found if isinstance(row, Lesson)]
    new, before = [row for row in lessons if not row.published], needed(course.id)
    with session.begin_nested():  # all of them or none
        for row, draft in found:
            if isinstance(row, Course):
                keeping.take_openings(_removed(row, draft))
            publish_draft(row)
            if isinstance(row, Lesson):
                keep_files(row)
        settle_published(course, lessons, new, before)


def _removed(course: Course, draft: Revision) -> list[UUID]:
    """The sections that a draft removes."""
    kept = {part["section"] for part in draft.body.get("outline", [])}
    return [UUID(part["section"]) for part in course.outline if part["section"] not in kept] if kept else []


def plan(course: Course, at: datetime | None) -> None:
    """Publish the drafts that are there at an instant, or (None) not by themselves. Raises NotReady, Problem 422 for an instant that is over."""
    lock(course)
    found = changes(course)
    if at is not None and at <= clock.now():
        raise Problem(422, _("This time is over."), remedy=_("Choose a later one."))
    if at is not None and (lacking := missing(course, found)):
        raise NotReady(*lacking)
    for row, _draft in found:
        schedule_draft(row, at)
    if at is not None and found:
        enqueue(PUBLISH, run_at=at, dedupe_key=f"{PUBLISH} {course.id} {int(at.timestamp())}", course=course.id)


def publish_planned(course: str) -> None:
    """Task: publish what was planned for now or before; again it finds nothing.

    What cannot be published stays a draft with its plan, which is over: the audit says so, and those who write the course see it among what waits.
    Raises Problem 409 (`restricted`) while something goes in which data of somebody are kept: the job waits, and is done when it may be.
    """
    row = session.get(Course, {"academy_id": context.academy.id, "id": UUID(course)})
    if row is None:
        return
    lock(row)
    due = [(one, draft) for one, draft in changes(row) if draft.scheduled_for is not None and draft.scheduled_for <= clock.now()]
    try:
        _publish(row, due)
    except (NotReady, Overtaken, Problem) as why:
        if isinstance(why, Problem) and why.code == "restricted":
            raise
        emit("courses.changes_kept", row)


def failed_plans() -> list[tuple[Course, datetime]]:
    """Courses whose changes should have been published by now and were not, with the time that was planned."""
    over = (Revision.scheduled_for < clock.now() - LATE, Revision.published_at.is_(None), Revision.laid_aside_at.is_(None))
    found = session.execute(select(Revision.owner_id, Revision.scheduled_for).where(*over, Revision.owner_table.in_(["courses_course", "courses_lesson"])))
    at: dict[UUID, datetime] = {id: planned for id, planned in found if id is not None and planned is not None}
    inside = select(Lesson.course_id).where(Lesson.id.in_(at))
    courses = session.scalars(select(Course).where(Course.id.in_(at) | Course.id.in_(inside))).all()
    of = {row.id: row.course_id for row in session.execute(select(Lesson.id, Lesson.course_id).where(Lesson.id.in_(at)))}
    return [(course, min(planned for id, planned in at.items() if of.get(id, id) == course.id)) for course in courses]


def lay_changes_aside(course: Course, row: Course | Lesson) -> None:
    """End the draft of the facts or of a lesson without publishing it; it can be restored. Raises Problem 409 for a lesson that nobody reads yet."""
    lock(course)
    if isinstance(row, Lesson) and not row.published:
        raise Problem(409, _("This lesson is new: without its draft there is nothing of it."), remedy=_("Delete it if you do not want it."))
    lay_aside(row)
    if isinstance(row, Lesson):
        keep_files(row)


def restore(course: Course, row: Course | Lesson, number: int) -> None:
    """Make a draft of what a version said; that a lesson goes is not restored. Raises NotHere."""
    lock(course)
    restore_version(row, number)
    if isinstance(row, Lesson):
        take_back(course, row)
        keep_files(row)
