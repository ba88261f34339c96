# SPDX-License-Identifier: MIT
"""Learning packages are started over: what was reached stays as evidence, and a lesson that is done stays so unless a teacher says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from upart.plugin import File, Problem, emit, prepared, session
from upart.plugin import gettext as _
from upart_courses.actions import learning
from upart_courses.models import EarlierResult, Enrolment, Lesson, PackageResult
from upart_courses.packaged import version_of_bytes

STAYS = ("part", "status", "score", "least", "most", "seconds", "done_at", "at")
"""What is kept of a result. Where its learner was, and what the package remembered, is cleared."""

ROUNDS = prepared(
    select(EarlierResult.round)
    .where(EarlierResult.enrolment_id == bindparam("enrolment_id"), EarlierResult.lesson_id == bindparam("lesson_id"))
    .where(EarlierResult.block == bindparam("block"))
    .order_by(EarlierResult.round.desc())
    .limit(1)
)


def round_of(enrolment_id: UUID | None, lesson_id: UUID, block: str) -> int:
    """How often somebody has started a package over."""
    row = ROUNDS.first(enrolment_id=enrolment_id, lesson_id=lesson_id, block=block) if enrolment_id is not None else None
    return row.round if row is not None else 0


def edition(file: File, enrolment_id: UUID | None, lesson_id: UUID, block: str) -> str:
    """What a player that is open carries along: it differs after new bytes, and after a new start, so that no old page reports into it."""
    round = round_of(enrolment_id, lesson_id, block)
    return f"{version_of_bytes(file)}_{round}" if round else version_of_bytes(file)


def begun_in(enrolment: Enrolment, lesson: Lesson, block: str) -> Sequence[PackageResult]:
    """What each part of a package says of a learner now, in order."""
    found = select(PackageResult).where(PackageResult.enrolment_id == enrolment.id, PackageResult.lesson_id == lesson.id, PackageResult.block == block)
    return session.scalars(found.order_by(PackageResult.part)).all()


def start_over(enrolment: Enrolment, lesson: Lesson, block: str, *, undone: bool = False) -> None:
    """Let a package begin anew for a learner whose place is held. `undone`: the lesson is not done after all, and a needed one completes the course no more.

    Raises Problem 409 where nothing has begun (`not_begun`); what is kept of somebody restricted nobody else deletes (`restricted`).
    """
    rows, round = begun_in(enrolment, lesson, block), round_of(enrolment.id, lesson.id, block) + 1
    if not rows:
        raise Problem(409, _("Nothing has begun in this package."), remedy=_("There is nothing to start over."), code="not_begun")
    for row in rows:
        kept = {name: getattr(row, name) for name in STAYS}
        session.add(EarlierResult(enrolment_id=enrolment.id, lesson_id=lesson.id, block=block, round=round, **kept))
        session.delete(row)
    session.flush()
    emit("courses.started_over", enrolment, course=enrolment.course_id, lesson=lesson.id, round=round)
    if undone:
        learning.take_back(enrolment, lesson)
