# SPDX-License-Identifier: MIT
"""Answer a quiz: begin, keep, hand in; it is graded at once, or waits for a teacher. The server's clock counts, never the browser's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from upart.plugin import Problem, clock, emit, enqueue, session
from upart.plugin import gettext as _
from upart_courses.actions.allowing import attempts_for, minutes_for
from upart_courses.actions.grading import tell
from upart_courses.actions.learning import be_active, complete
from upart_courses.actions.outliving import standing
from upart_courses.actions.passing import held, hold, lesson_of, still_open
from upart_courses.actions.quizzing import questions_of
from upart_courses.actions.restricting import unless_restricted
from upart_courses.models import Enrolment, Lesson
from upart_courses.models.assessed import Attempt, Question, Quiz, Sheet, Stage
from upart_courses.questions import HUNDRED, ask, grade, well_formed

GRACE = timedelta(seconds=30)
"""What comes so soon after the end was sent before it, over a slow network."""

LATE = timedelta(hours=1)
"""So long what comes late is taken for an attempt that was closed by then, and right answers of it are not told."""

TIME_OVER, OVERDUE = "courses.time_over", "courses.overdue"
"""The tasks that close an attempt whose time is over, and that look every day for those of which no job knows."""

Answers = list[list[str]]
"""In the order of `asked`."""


class Closed(Exception):
    """This attempt takes no answers any more."""


def attempts_of(enrolment_id: UUID, quiz: Quiz) -> Sequence[Attempt]:
    """The attempts of a learner at a quiz, the first one first."""
    found = select(Attempt).where(Attempt.enrolment_id == enrolment_id, Attempt.quiz_id == quiz.id).options(joinedload(Attempt.sheet))
    return session.scalars(found.order_by(Attempt.number)).all()


def is_over(attempt: Attempt) -> bool:
    """Is its time over, by more than the network may take?"""
    return attempt.ends_at is not None and clock.now() > attempt.ends_at + GRACE


def given(attempt: Attempt, name: str = "given") -> Answers:
    """The answers that are kept, one for each question; a row from elsewhere may hold anything."""
    kept = attempt.answers.get(name) if isinstance(attempt.answers, dict) else None
    rows = kept if isinstance(kept, list) else []
    number = len(well_formed(attempt.asked))
    found = [[one for one in row if isinstance(one, str)] if isinstance(row, list) else [] for row in rows[:number]]
    return found + [[]] * (number - len(found))


def marks(attempt: Attempt) -> list[int | None]:
    """The points of each question, in hundredths; None for what a teacher has to grade."""
    kept = attempt.marks.get("points") if isinstance(attempt.marks, dict) else None
    rows = kept if isinstance(kept, list) else []
    number = len(well_formed(attempt.asked))
    found = [row if isinstance(row, int) else None for row in rows[:number]]
    return found + [None] * (number - len(found))


def start(enrolment: Enrolment, lesson: Lesson, quiz: Quiz) -> Attempt:
    """Begin an attempt, or go on with the one that runs: twenty requests at once begin one. Needs the enrolment locked.

    Raises Problem 409 when no attempt is left (`no_attempts`), nothing is asked (`no_questions`), or the quiz is not in the lesson any more (`taken_out`);
    while the learner's data are restricted also when one before it is still to be graded (`restricted`).
    """
    made = attempts_of(enrolment.id, quiz)
    running = next((one for one in made if one.stage is Stage.RUNNING), None)
    if running is not None and not is_over(running):
        return running
    if quiz.block not in standing(lesson):
        raise Problem(409, _("This quiz was taken out of the course meanwhile."), remedy=_("What you have begun you can still finish."), code="taken_out")
    if quiz.attempts and len(made) >= attempts_for(enrolment.id, quiz):
        raise Problem(409, _("You have used all attempts at this quiz."), remedy=_("Ask the teacher if you need another one."), code="no_attempts")
    questions = list(questions_of(quiz))
    if not questions:
        raise Problem(409, _("This quiz has no question yet."), remedy=_("Come back later."), code="no_questions")
    if running is not None:
        unless_restricted(enrolment, Attempt.__tablename__)
        _close(running, enrolment, lesson, quiz)  # its time is over: by what was kept
    questions = drawn(quiz, questions)
    minutes, now, sheet = minutes_for(enrolment.id, quiz), clock.now(), Sheet(quiz_id=quiz.id, asked=[ask(one) for one in questions])
    session.add(sheet)
    session.flush()
    attempt = Attempt(
        enrolment_id=enrolment.id, quiz_id=quiz.id, number=len(made) + 1, started_at=now, sheet_id=sheet.id,
        ends_at=now + timedelta(minutes=minutes) if minutes else None, most=sum(one.points for one in questions) * HUNDRED,
    )  # fmt: skip
    session.add(attempt)
    session.flush()
    be_active(enrolment)
    _close_in_time(attempt, enrolment)
    return attempt


def drawn(quiz: Quiz, questions: Sequence[Question]) -> list[Question]:
    """The questions that one attempt asks, in order: all, or as many as the rules let it draw."""
    if not 0 < quiz.pool < len(questions):
        return list(questions)
    chosen = set(secrets.SystemRandom().sample(range(len(questions)), quiz.pool))
    return [one for at, one in enumerate(questions) if at in chosen]


def _close_in_time(attempt: Attempt, enrolment: Enrolment, *, wait: timedelta = timedelta()) -> None:
    if attempt.ends_at is not None:
        at = max(attempt.ends_at + GRACE + timedelta(seconds=1), clock.now() + wait)
        enqueue(TIME_OVER, person=enrolment.learner, run_at=at, dedupe_key=f"{TIME_OVER} {attempt.id}", attempt=attempt.id)


def time_over(attempt: str) -> None:
    """Task: an attempt whose time is over counts as it was kept in time. Again, it finds nothing to do.

    Raises Problem 409 (`restricted`) while the learner's data are: the job waits, and so does the attempt.
    """
    row = session.scalars(select(Attempt).where(Attempt.id == UUID(attempt))).first()
    if row is None:
        return
    enrolment = held(row.enrolment_id)
    session.refresh(row)
    if row.stage is not Stage.RUNNING:
        return
    if not is_over(row):  # the database's clock is ahead of ours
        _close_in_time(row, enrolment, wait=GRACE)
        return
    unless_restricted(enrolment, Attempt.__tablename__)
    quiz = session.scalars(select(Quiz).where(Quiz.id == row.quiz_id)).one()
    _close(row, enrolment, lesson_of(quiz), quiz)


def overdue() -> None:
    """Task: let each attempt be closed whose time is over and which still runs: begun before there were jobs for that. Again it finds nothing."""
    late = select(Attempt, Enrolment).join(Enrolment, (Enrolment.academy_id == Attempt.academy_id) & (Enrolment.id == Attempt.enrolment_id))
    for attempt, enrolment in session.execute(late.where(Attempt.stage == Stage.RUNNING, Attempt.ends_at < clock.now() - GRACE)):
        _close_in_time(attempt, enrolment)


def takes_late(attempt: Attempt) -> bool:
    """May what comes late still be put beside what was kept, for a teacher to decide? Not once one has, or another attempt has begun."""
    if not attempt.ran_out or attempt.ends_at is None or clock.now() > attempt.ends_at + LATE or _by_hand(attempt):
        return False
    newer = select(Attempt.id).where(Attempt.enrolment_id == attempt.enrolment_id, Attempt.quiz_id == attempt.quiz_id, Attempt.number > attempt.number)
    return session.scalars(newer.limit(1)).first() is None


def _by_hand(attempt: Attempt) -> bool:
    """Has a teacher said something about it that would be lost: points other than it gets by itself, or feedback?"""
    return attempt.stage is Stage.GRADED and (bool(attempt.feedback) or marks(attempt) != _by_itself(attempt))


def _by_itself(attempt: Attempt) -> list[int | None]:
    """The points that each answer gets without a teacher, in hundredths; None for what one has to grade."""
    return [grade(one, answer) for one, answer in zip(well_formed(attempt.asked), given(attempt), strict=True)]


def keep(attempt: Attempt, typed: Answers) -> None:
    """Keep answers for now. Raises Closed when the attempt was handed in, or its time is over."""
    if attempt.stage is not Stage.RUNNING or is_over(attempt):
        raise Closed
    attempt.answers = {"given": typed}


def unanswered(attempt: Attempt, typed: Answers) -> int:
    """How many questions have no answer, while the learner can still give one."""
    open = attempt.stage is Stage.RUNNING and (attempt.ends_at is None or clock.now() < attempt.ends_at)
    return sum(not one for one in typed) if open else 0


def hand_in(attempt: Attempt, typed: Answers, enrolment: Enrolment, lesson: Lesson, quiz: Quiz) -> None:
    """Hand in answers: graded as far as that goes by itself. The same again changes nothing; others raise Closed.

    What comes after the time is kept beside what was kept in time, and a teacher decides; what was graded meanwhile counts until then.
    """
    if attempt.stage is not Stage.RUNNING:
        if given(attempt) == typed:
            return
        if not takes_late(attempt):
            raise Closed
    be_active(enrolment)
    attempt.handed_in_at, attempt.late = clock.now(), is_over(attempt)
    attempt.answers = {"given": typed, "in_time": given(attempt)} if attempt.late else {"given": typed}
    _close(attempt, enrolment, lesson, quiz)


def _close(attempt: Attempt, enrolment: Enrolment, lesson: Lesson, quiz: Quiz) -> None:
    found = _by_itself(attempt)
    attempt.marks = {"points": found}
    emit("courses.handed_in", attempt, course=enrolment.course_id)
    if attempt.late or None in found:
        attempt.stage = Stage.WAITING
        return
    _graded(attempt, [one or 0 for one in found], enrolment, lesson, quiz)


def _graded(attempt: Attempt, points: Sequence[int], enrolment: Enrolment, lesson: Lesson, quiz: Quiz) -> None:
    attempt.stage, attempt.marks, attempt.points = Stage.GRADED, {"points": list(points)}, sum(points)
    attempt.passed = sum(points) * HUNDRED >= quiz.pass_percent * attempt.most
    emit("courses.graded", attempt, course=enrolment.course_id)
    achieved(enrolment, lesson, attempt.passed)


def grade_by_hand(attempt: Attempt, points: Sequence[int], feedback: str, quiz: Quiz) -> None:
    """Give points for each question, in hundredths, and say why. Again, it is a correction.

    Raises Problem 409 while the learner may still answer, Problem 422 for points that a question does not have.
    """
    enrolment, lesson = hold(attempt), lesson_of(quiz)
    asked = well_formed(attempt.asked)
    if attempt.stage is Stage.RUNNING and (attempt.ends_at is None or not is_over(attempt)):
        raise Problem(409, _("This learner is still answering."), remedy=_("Grade it when it was handed in."))
    if len(points) != len(asked) or any(not 0 <= one <= question["points"] * HUNDRED for one, question in zip(points, asked, strict=True)):
        raise Problem(422, _("These points do not fit the questions."), remedy=_("Give each question from 0 to its points."))
    attempt.feedback = feedback
    _graded(attempt, points, enrolment, lesson, quiz)
    tell(enrolment, quiz, lesson, once=f"{attempt.id} {attempt.points}")


def achieved(enrolment: Enrolment, lesson: Lesson, passed: bool) -> None:
    """With the last thing that had to be passed, a lesson is done, unless they have left. What was done stays, also when a grade is corrected later."""
    required = any(one.get("required") for one in lesson.blocks if isinstance(one, dict))
    if passed and required and enrolment.left_at is None and not still_open(enrolment, lesson):
        complete(enrolment, lesson)


def best(attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt that counts: passed before not passed, then the larger share of the points, then the earlier one."""
    graded = [one for one in attempts if one.points is not None]
    return max(graded, key=lambda one: (bool(one.passed), (one.points or 0) / (one.most or 1), -one.number), default=None)


def seen_of(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The lines of a question as they are shown: place and words."""
    lines, order = asked["lines"], asked.get("order")
    fits = isinstance(order, list) and sorted(str(one) for one in order) == sorted(str(place) for place in range(len(lines)))
    return [(str(place), str(lines[place])) for place in (order if fits and order is not None else range(len(lines)))]
