# SPDX-License-Identifier: MIT
"""Quizzes and assignments that were taken out of their lesson: whoever has begun one finishes it, and what they did is graded and stays in sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from upart.plugin import Revision, prepared, session
from upart_courses.blocks import tasks_of
from upart_courses.kinds import Block
from upart_courses.models import Lesson
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Submission

Place = tuple[UUID, str]
"""A lesson, and the id of a block."""

BEGUN: tuple[tuple[str, type[Any], type[Any], Any], ...] = (
    ("quiz", Quiz, Attempt, Attempt.quiz_id),
    ("assignment", Assignment, Submission, Submission.assignment_id),
)
"""By kind: its rules, what learners did in it, and the link between them."""

RUNNING = prepared(
    select(Quiz.block)
    .join(Attempt, (Attempt.academy_id == Quiz.academy_id) & (Attempt.quiz_id == Quiz.id))
    .where(Quiz.lesson_id == bindparam("lesson_id"), Attempt.enrolment_id == bindparam("enrolment_id"), Attempt.stage == Stage.RUNNING)
)


def standing(lesson: Any) -> set[str]:
    """The ids of the quizzes and assignments that stand in a lesson."""
    return {str(one["id"]) for one in tasks_of(lesson.blocks)}


def unfinished(enrolment_id: UUID, lesson: Any) -> list[str]:
    """The quizzes that somebody is answering and that do not stand in the lesson any more."""
    running = {row.block for row in RUNNING(enrolment_id=enrolment_id, lesson_id=lesson.id)}
    return sorted(running - standing(lesson)) if running else []


def begun(lesson_id: UUID, block: str, enrolment_id: UUID) -> Block | None:
    """A task as it last stood in a lesson, if this learner has begun it; it says that it was `taken_out`."""
    for kind, rules, act, link in BEGUN:
        mine = select(act.id).join(rules, (rules.academy_id == act.academy_id) & (rules.id == link)).where(act.enrolment_id == enrolment_id)
        if session.scalars(mine.where(rules.lesson_id == lesson_id, rules.block == block).limit(1)).first() is not None:
            return last_known({(lesson_id, block): kind})[lesson_id, block]
    return None


def taken_out(lessons: Iterable[Lesson], rows: Mapping[Place, Quiz | Assignment]) -> dict[Place, Block]:
    """Of the tasks of lessons those that do not stand there any more, and in which somebody did something; each as it last stood there."""
    present = {(lesson.id, block) for lesson in lessons for block in standing(lesson)}
    gone = {row.id: place for place, row in rows.items() if place not in present}
    found: dict[Place, str] = {}
    for kind, rules, _act, link in BEGUN:
        ids = [id for id, place in gone.items() if isinstance(rows[place], rules)]
        if ids:
            found |= {gone[id]: kind for id in session.scalars(select(rules.id).where(rules.id.in_(ids), rules.id.in_(select(link))))}
    return last_known(found)


def last_known(kinds: Mapping[Place, str]) -> dict[Place, Block]:
    """Tasks as they last stood in versions of their lessons that people read; of one that no version has, only what it is."""
    found: dict[Place, Block] = {}
    lessons = {lesson for lesson, _block in kinds}
    versions = select(Revision.owner_id, Revision.body).where(Revision.owner_table == Lesson.__tablename__, Revision.owner_id.in_(lessons))
    if lessons:
        for lesson, body in session.execute(versions.where(Revision.published_at.is_not(None)).order_by(Revision.number.desc())):
            for one in tasks_of(body.get("blocks") or []):
                if kinds.get((lesson, one["id"])) == one["kind"]:
                    found.setdefault((lesson, one["id"]), one)
    return {place: {"title": "", **found.get(place, {}), "id": place[1], "kind": kind, "required": False, "taken_out": True} for place, kind in kinds.items()}
