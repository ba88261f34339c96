# SPDX-License-Identifier: MIT
"""Further attempts and extra minutes for one learner at one quiz."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from upart.plugin import clock, emit, insert_once, session
from upart_courses.actions.grading import tell
from upart_courses.actions.passing import lesson_of
from upart_courses.actions.restricting import unless_kept_still
from upart_courses.models import Enrolment
from upart_courses.models.assessed import Allowance, Attempt, Quiz, Stage

NONE = {"more_attempts": 0, "more_minutes": 0}


def more_for(enrolment_id: UUID, quiz: Quiz) -> dict[str, int]:
    """What a learner has beyond everybody's: `more_attempts`, `more_minutes`; 0 for none."""
    own = session.execute(
        select(Allowance.more_attempts, Allowance.more_minutes).where(Allowance.enrolment_id == enrolment_id, Allowance.quiz_id == quiz.id)
    ).first()
    return dict(own._mapping) if own is not None else dict(NONE)


def attempts_for(enrolment_id: UUID, quiz: Quiz) -> int:
    """How often a learner may try a quiz; 0 for any number."""
    return quiz.attempts + more_for(enrolment_id, quiz)["more_attempts"] if quiz.attempts else 0


def minutes_for(enrolment_id: UUID, quiz: Quiz) -> int:
    """How many minutes a learner has for an attempt; 0 for no limit."""
    return quiz.minutes + more_for(enrolment_id, quiz)["more_minutes"] if quiz.minutes else 0


def allow_more(enrolment: Enrolment, quiz: Quiz, attempts: int, minutes: int) -> None:
    """Let a learner try a quiz so many times more, and have so many more minutes each time; 0 and 0: as everybody again. Needs the enrolment locked.

    An attempt that runs gets what is added; nothing is taken from it. Raises Problem 409 (`restricted`) while their data are.
    """
    unless_kept_still(enrolment.learner)
    before = more_for(enrolment.id, quiz)
    if before == {"more_attempts": attempts, "more_minutes": minutes}:
        return
    insert_once(Allowance, enrolment_id=enrolment.id, quiz_id=quiz.id)
    row = session.scalars(select(Allowance).where(Allowance.enrolment_id == enrolment.id, Allowance.quiz_id == quiz.id)).one()
    row.more_attempts, row.more_minutes = attempts, minutes
    if not attempts and not minutes:
        session.delete(row)
    _lengthen(enrolment, quiz, minutes)
    emit("courses.allowed", enrolment, course=enrolment.course_id)
    if (quiz.attempts and attempts > before["more_attempts"]) or (quiz.minutes and minutes > before["more_minutes"]):
        tell(enrolment, quiz, lesson_of(quiz), template="courses/mail/allowed.txt", once=f"{row.id} {clock.now().isoformat()}")


def _lengthen(enrolment: Enrolment, quiz: Quiz, minutes: int) -> None:
    found = select(Attempt).where(Attempt.enrolment_id == enrolment.id, Attempt.quiz_id == quiz.id, Attempt.stage == Stage.RUNNING)
    for attempt in session.scalars(found, execution_options={"populate_existing": True}) if quiz.minutes else ():
        if attempt.ends_at is not None:
            attempt.ends_at = max(attempt.ends_at, attempt.started_at + timedelta(minutes=quiz.minutes + minutes))
