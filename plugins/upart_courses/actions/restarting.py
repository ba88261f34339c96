# SPDX-License-Identifier: MIT
"""Learning packages are started over: what was reached stays as evidence, and a lesson that is done stays so unless a teacher says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from upart.plugin import File, Problem, emit, prepared, session
from upart.plugin import gettext as _
from upart_courses.actions import learning, played
from upart_courses.models import EarlierResult, Enrolment, Lesson, PackageResult
from upart_courses.packaged import version_of_bytes

STAYS = ("part", "status", "score", "least", "most", "seconds", "done_at", "at")
"""What is kept of a result. Where its learner was, and what the package remembered, is cleared."""

KEPT = 20
"""Earlier rounds that stay besides the one that counts; the newest. A learner may start over as often as they like, and pages show them all."""

ROUNDS = prepared(
    select(EarlierResult.round)
    .where(EarlierResult.enrolment_id == bindparam("enrolment_id"), EarlierResult.lesson_id == bindparam("lesson_id"))
    .where(EarlierResult.block == bindparam("block"))
    .order_by(EarlierResult.round.desc())
    .limit(1)
)
OTHER_BYTES = prepared(
    select(PackageResult.id)
    .where(PackageResult.enrolment_id == bindparam("enrolment_id"), PackageResult.lesson_id == bindparam("lesson_id"))
    .where(PackageResult.block == bindparam("block"), PackageResult.version != bindparam("version"))
    .limit(1)
)


def round_of(enrolment_id: UUID | None, lesson_id: UUID, block: str) -> int:
    """How often somebody has started a package over."""
    row = ROUNDS.first(enrolment_id=enrolment_id, lesson_id=lesson_id, block=block) if enrolment_id is not None else None
    return row.round if row is not None else 0


def edition(file: File, enrolment_id: UUID | None, lesson_id: UUID, block: str) -> str:
    """What a player that is open carries along: it differs after new bytes, and after a new start, so that no old page reports into it.

    What was reached with other bytes counts as a round already: it becomes one with the first report, and the player goes on reporting.
    """
    version, round = version_of_bytes(file), round_of(enrolment_id, lesson_id, block)
    if enrolment_id is not None and OTHER_BYTES.first(enrolment_id=enrolment_id, lesson_id=lesson_id, block=block, version=version) is not None:
        round += 1
    return f"{version}_{round}" if round else version


def begun_in(enrolment: Enrolment, lesson: Lesson, block: str) -> Sequence[PackageResult]:
    """What each part of a package says of a learner now, in order."""
    found = select(PackageResult).where(PackageResult.enrolment_id == enrolment.id, PackageResult.lesson_id == lesson.id, PackageResult.block == block)
    return session.scalars(found.order_by(PackageResult.part)).all()


def start_over(enrolment: Enrolment, lesson: Lesson, block: str, *, undone: bool = False) -> None:
    """Let a package begin anew for a learner whose place is held. `undone`: the lesson is not done after all, and a needed one completes the course no more.

    Raises Problem 409 where nothing has begun (`not_begun`); what is kept of somebody restricted nobody else deletes (`restricted`).
    """
    rows = begun_in(enrolment, lesson, block)
    if not rows:
        raise Problem(409, _("Nothing has begun in this package."), remedy=_("There is nothing to start over."), code="not_begun")
    round = _put_aside(rows)
    emit("courses.started_over", enrolment, course=enrolment.course_id, lesson=lesson.id, round=round)
    if undone:
        learning.take_back(enrolment, lesson)


def begin_anew(enrolment: Enrolment, lesson: Lesson, block: str, version: str) -> None:
    """What a learner whose place is held has reached with other bytes of a package becomes an earlier round. Safe to repeat."""
    if rows := [row for row in begun_in(enrolment, lesson, block) if row.version != version]:
        _put_aside(rows)


def _put_aside(rows: Sequence[PackageResult]) -> int:
    """Keep what parts of one package have said of a learner as an earlier round; returns its number."""
    first = rows[0]
    round = round_of(first.enrolment_id, first.lesson_id, first.block) + 1
    for row in rows:
        kept = {name: getattr(row, name) for name in STAYS}
        session.add(EarlierResult(enrolment_id=row.enrolment_id, lesson_id=row.lesson_id, block=row.block, round=round, **kept))
        session.delete(row)
    session.flush()
    _forget_old_ones(first.enrolment_id, first.lesson_id, first.block)
    return round


def _forget_old_ones(enrolment_id: UUID, lesson_id: UUID, block: str) -> None:
    """Of many earlier rounds the one that counts stays, and the newest."""
    found = select(EarlierResult).where(EarlierResult.enrolment_id == enrolment_id, EarlierResult.lesson_id == lesson_id, EarlierResult.block == block)
    rows = session.scalars(found).all()
    rounds = sorted({row.round for row in rows}, reverse=True)
    if len(rounds) > KEPT:
        some = {number: [row for row in rows if row.round == number] for number in rounds}
        parts = max(row.part for row in rows) + 1
        counts = played.best([played.Round(each, parts, number) for number, each in some.items()]).number
        for number in rounds[KEPT:]:
            for row in some[number] if number != counts else ():
                session.delete(row)
        session.flush()
