# SPDX-License-Identifier: MIT
"""How far learners have played what stands in lessons."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from upart.plugin import clock, insert_once, prepared, session
from upart_courses.actions.learning import be_active
from upart_courses.models import Enrolment, Lesson, Playing

LONGEST = 24 * 60 * 60
"""Seconds; nothing is longer."""

PLACES = prepared(select(Playing.block, Playing.seconds).where(Playing.enrolment_id == bindparam("enrolment_id"), Playing.lesson_id == bindparam("lesson_id")))


def note(enrolment: Enrolment, lesson: Lesson, block: str, seconds: int) -> None:
    """Note where a learner is in a video or sound; safe to repeat."""
    seconds = min(max(seconds, 0), LONGEST)
    be_active(enrolment)
    where = {"enrolment_id": enrolment.id, "lesson_id": lesson.id, "block": block}
    if not insert_once(Playing, **where, seconds=seconds):
        row = session.scalars(select(Playing).filter_by(**where)).one()
        row.seconds, row.at = seconds, clock.now()


def places(enrolment_id: UUID, lesson_id: UUID) -> Mapping[str, int]:
    """Seconds by block, for what this learner has begun to play in a lesson."""
    return {row.block: row.seconds for row in PLACES(enrolment_id=enrolment_id, lesson_id=lesson_id)}
