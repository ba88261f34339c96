# SPDX-License-Identifier: MIT
"""What waits for a teacher: quizzes that do not grade themselves, and the last work that a learner has handed in; and what the learner is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, select, true
from sqlalchemy.orm import aliased

from upart.plugin import Person, Purpose, address_of, clock, context, permitted, send, session
from upart_courses.actions.outliving import last_known, standing
from upart_courses.blocks import tasks_of
from upart_courses.kinds import Block
from upart_courses.models import Course, Enrolment, Lesson
from upart_courses.models.assessed import Assignment, Attempt, Quiz, Stage, Submission, Verdict

MOST = 100
"""As many as one page shows."""

LONG = timedelta(days=7)
"""How long work may wait before managers are told too."""

Newer = aliased(Submission)
SENT_AT = func.coalesce(Attempt.handed_in_at, Attempt.ends_at, Attempt.started_at)
"""When an attempt was handed in, or its time ran out; a row from elsewhere may not say so."""
RAN_OUT = and_(Attempt.handed_in_at.is_(None), Attempt.ends_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Ungraded:
    """One attempt or one work that waits: whose it is, of which task, since when; `ran_out`: nobody handed it in, its time was over."""

    id: UUID
    quiz: bool
    learner: str
    task: str
    since: datetime
    late: bool
    ran_out: bool
    number: int
    taken_out: bool = False


class Pile(NamedTuple):
    """How much waits in a course, and since when."""

    course: Course
    number: int
    since: datetime


def _attempts(*columns: Any) -> Select[Any]:
    """Attempts that wait, with their quizzes, lessons and learners' places."""
    found = select(*columns).select_from(Attempt).join(Quiz, and_(Quiz.academy_id == Attempt.academy_id, Quiz.id == Attempt.quiz_id))
    found = found.join(Lesson, and_(Lesson.academy_id == Quiz.academy_id, Lesson.id == Quiz.lesson_id))
    found = found.join(Enrolment, and_(Enrolment.academy_id == Attempt.academy_id, Enrolment.id == Attempt.enrolment_id))
    return found.where(Attempt.stage == Stage.WAITING, Enrolment.left_at.is_(None))


def _submissions(*columns: Any) -> Select[Any]:
    """Work that waits and is the last of its learner, with its assignment, lesson and the learner's place."""
    same = (Newer.enrolment_id == Submission.enrolment_id, Newer.assignment_id == Submission.assignment_id, Newer.number > Submission.number)
    found = select(*columns).select_from(Submission)
    found = found.join(Assignment, and_(Assignment.academy_id == Submission.academy_id, Assignment.id == Submission.assignment_id))
    found = found.join(Lesson, and_(Lesson.academy_id == Assignment.academy_id, Lesson.id == Assignment.lesson_id))
    found = found.join(Enrolment, and_(Enrolment.academy_id == Submission.academy_id, Enrolment.id == Submission.enrolment_id))
    return found.where(Submission.verdict == Verdict.WAITING, Enrolment.left_at.is_(None), ~select(Newer.id).where(*same).exists())


def waiting(course: Course) -> list[Ungraded]:
    """What waits in a course, the oldest first: `MOST` at most."""
    there = and_(Person.academy_id == Enrolment.academy_id, Person.id == Enrolment.learner_id)
    shown = (Person.name, Lesson.id.label("lesson"), Lesson.blocks)
    tried = _attempts(literal("quiz").label("kind"), *shown, Attempt.id, Quiz.block, SENT_AT.label("since"), Attempt.late, Attempt.number)
    sent = _submissions(literal("assignment").label("kind"), *shown, Submission.id, Assignment.block, Submission.late, Submission.number)
    rows: list[Any] = []
    for found, since in (
        (tried.add_columns(RAN_OUT.label("ran_out")), SENT_AT),
        (sent.add_columns(Submission.handed_in_at.label("since"), literal(False).label("ran_out")), Submission.handed_in_at),
    ):
        rows += session.execute(found.join(Person, there).where(Lesson.course_id == course.id).order_by(since).limit(MOST)).all()
    gone = last_known({(row.lesson, row.block): row.kind for row in rows if row.block not in standing(row)})
    made = [_ungraded(row, gone.get((row.lesson, row.block))) for row in rows]
    return sorted(made, key=lambda one: (one.since, one.id))[:MOST]


def following(course: Course, task: Quiz | Assignment) -> tuple[bool, UUID] | None:
    """What to grade next: of this task before the others, the oldest first. Is it of a quiz, and its id; None when nothing waits."""
    found = _attempts(Attempt.id).where(Attempt.quiz_id == task.id).order_by(SENT_AT, Attempt.id)
    if isinstance(task, Assignment):
        found = _submissions(Submission.id).where(Submission.assignment_id == task.id).order_by(Submission.handed_in_at, Submission.id)
    id = session.scalars(found.limit(1)).first()
    if id is not None:
        return isinstance(task, Quiz), id
    return next(((one.quiz, one.id) for one in waiting(course)), None)


def _ungraded(row: Any, gone: Block | None) -> Ungraded:
    title = _title(row.blocks, row.block) if gone is None else str(gone["title"])
    return Ungraded(row.id, row.kind == "quiz", row.name, title, row.since, row.late, row.ran_out, row.number, taken_out=gone is not None)


def _title(blocks: Sequence[Any], block: str) -> str:
    return next((str(one.get("title") or "") for one in tasks_of(blocks) if one["id"] == block), "")


def piles() -> list[Pile]:
    """How much waits in the courses that the acting person teaches; to managers also where nobody does, and what others have left for a week."""
    mine = select(Course.id).where(true() if permitted("courses.manage") else Course.author_id == context.person.id)
    found: dict[UUID, tuple[int, datetime]] = {}
    for waits, since in ((_attempts, SENT_AT), (_submissions, Submission.handed_in_at)):
        counted = waits(Lesson.course_id, func.count(Lesson.id), func.min(since)).where(Lesson.course_id.in_(mine)).group_by(Lesson.course_id)
        for id, number, oldest in session.execute(counted):
            before = found.get(id, (0, oldest))
            found[id] = before[0] + number, min(before[1], oldest)
    courses = session.scalars(select(Course).where(Course.id.in_(found)).order_by(Course.title, Course.id)).all()
    long_ago = clock.now() - LONG
    return [Pile(one, *found[one.id]) for one in courses if one.author_id in (None, context.person.id) or found[one.id][1] < long_ago]


def tell(enrolment: Enrolment, task: Quiz | Assignment, lesson: Lesson, *, template: str = "courses/mail/graded.txt", once: str) -> None:
    """Write to a learner that a teacher has done something for them. What came of it stands on the page, and not in the mail. `once`: for what of it."""
    course = session.scalars(select(Course).where(Course.id == lesson.course_id)).one()
    learner = session.scalars(select(Person).where(Person.id == enrolment.learner_id)).one()
    link = address_of(f"/learn/{course.slug}/{lesson.slug}/tasks/{task.block}")
    values = {"course": course, "title": _title(lesson.blocks, task.block) or lesson.title, "link": link}
    send(learner, Purpose.LEARN, template=template, values=values, dedupe_key=f"courses.graded {once}")
