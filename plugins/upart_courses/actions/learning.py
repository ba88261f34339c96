# SPDX-License-Identifier: MIT
"""Enrol, go through lessons, leave. How far somebody has come is read from what they did, each time anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from upart.plugin import Person, Problem, Purpose, address_of, clock, emit, insert_once, prepared, send, session, unopposed
from upart.plugin import gettext as _
from upart_courses.actions.passing import unless_open
from upart_courses.models import Course, CourseState, Enrolment, Lesson, LessonEvent, LessonEventKind

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = timedelta(hours=1)
"""Opening the same lesson again within this time is not noted."""

TICK = timedelta(microseconds=1)

DONE_AT = func.max(case((LessonEvent.kind == LessonEventKind.COMPLETED, LessonEvent.at)))
RESET_AT = func.max(case((LessonEvent.kind == LessonEventKind.RESET, LessonEvent.at), else_=NEVER))
STANDING = prepared(  # one row for each learner and lesson that they touched
    select(LessonEvent.enrolment_id, LessonEvent.lesson_id, (DONE_AT > RESET_AT).label("done"), func.max(LessonEvent.at).label("last"))
    .where(LessonEvent.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .group_by(LessonEvent.enrolment_id, LessonEvent.lesson_id)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """The lessons that a learner has done, and the one that they touched last."""

    done: frozenset[UUID] = frozenset()
    last: UUID | None = None

    def next_among(self, lessons: Sequence[UUID]) -> UUID | None:
        """Where to go on: the first lesson that is not done, from the last touched one on, then from the start. None: all are done."""
        at = lessons.index(self.last) if self.last in lessons else 0
        return next((id for id in (*lessons[at:], *lessons[:at]) if id not in self.done), None)


def progress(enrolments: Iterable[UUID]) -> Mapping[UUID, Progress]:
    """How far each of these enrolments has come, by one statement however many they are."""
    session.flush()
    touched: dict[UUID, list[tuple[datetime, UUID, bool]]] = {id: [] for id in enrolments}
    for row in STANDING(enrolments=list(touched)):
        touched[row.enrolment_id].append((row.last, row.lesson_id, bool(row.done)))
    return {id: Progress(frozenset(lesson for _at, lesson, done in rows if done), max(rows)[1] if rows else None) for id, rows in touched.items()}


def enrolment_of(learner: Person, course: Course) -> Enrolment | None:
    """A learner's place in a course, also one that they have left. Locks it: what two tabs of theirs do happens one after the other."""
    found = select(Enrolment).where(Enrolment.learner_id == learner.id, Enrolment.course_id == course.id)
    return session.scalars(found.with_for_update()).first()


def enrol(learner: Person, course: Course) -> Enrolment:
    """Take a learner into a free course, or back into it. Safe to repeat: twenty requests at once make one place and one mail.

    Raises Problem 409 when the course is not offered, or somebody objects.
    """
    enrolment = enrolment_of(learner, course)
    if enrolment is not None and enrolment.left_at is None:
        return enrolment
    state = session.scalar(select(Course.state).where(Course.id == course.id).with_for_update(read=True))
    if state is not CourseState.PUBLISHED:
        raise Problem(409, _("This course takes nobody new."), remedy=_("Look for another one among all courses."), code="not_offered")
    unopposed("courses.enrol", course)
    made = insert_once(Enrolment, learner_id=learner.id, course_id=course.id)
    enrolment = enrolment_of(learner, course)
    assert enrolment is not None
    if made or enrolment.left_at is not None:
        enrolment.left_at = None
        emit("courses.enrolled", enrolment, course=course.id)
        _welcome(learner, course, enrolment)
    return enrolment


def against_bringing(enrolment: Enrolment) -> list[str]:
    """What stands against an enrolment that somebody brings from elsewhere; not more than if its course were not here."""
    state = session.scalar(select(Course.state).where(Course.id == enrolment.course_id))
    return [] if state is CourseState.PUBLISHED else [_("It belongs to something that is not here.")]


def _welcome(learner: Person, course: Course, enrolment: Enrolment) -> None:
    values = {"course": course, "link": address_of(f"/learn/{course.slug}/")}
    send(learner, Purpose.LEARN, template="courses/mail/welcome.txt", values=values, dedupe_key=f"courses.welcome {enrolment.id}")


def leave(enrolment: Enrolment) -> None:
    """Leave a course. What was done stays for whoever comes back, until retention takes it."""
    if enrolment.left_at is None:
        enrolment.left_at = clock.now()
        emit("courses.left", enrolment, course=enrolment.course_id)


def open_lesson(enrolment: Enrolment, lesson: Lesson) -> None:
    """Note that a learner looks at a lesson, so that they can go on there. Says nothing about whether it is done."""
    if progress([enrolment.id])[enrolment.id].last != lesson.id or enrolment.last_activity_at < clock.now() - AGAIN:
        _note(enrolment, lesson, LessonEventKind.OPENED)
    _finish(enrolment)  # the lesson that was missing may have been deleted


def complete(enrolment: Enrolment, lesson: Lesson) -> Progress:
    """Mark a lesson as done; with the last one the course is. Safe to repeat. Returns how far the learner has come.

    Raises Problem 409 while something in it has to be passed first.
    """
    if lesson.id not in progress([enrolment.id])[enrolment.id].done:
        unless_open(enrolment, lesson)
        _note(enrolment, lesson, LessonEventKind.COMPLETED)
    return _finish(enrolment)


def _finish(enrolment: Enrolment) -> Progress:
    """Complete the course if no lesson is left to do."""
    now = progress([enrolment.id])[enrolment.id]
    every = session.scalars(select(Lesson.id).where(Lesson.course_id == enrolment.course_id)).all()
    if enrolment.completed_at is None and now.done >= set(every):
        enrolment.completed_at = clock.now()
        emit("courses.completed", enrolment, course=enrolment.course_id)
    return now


def take_back(enrolment: Enrolment, lesson: Lesson) -> None:
    """Mark a lesson as not done after all; then the course is not completed either. Lessons that a teacher adds later do not undo a completion."""
    if lesson.id in progress([enrolment.id])[enrolment.id].done:
        _note(enrolment, lesson, LessonEventKind.RESET)
        enrolment.completed_at = None


def _note(enrolment: Enrolment, lesson: Lesson, kind: LessonEventKind) -> None:
    # Later than all before it, also when the machine's clock has been put back.
    enrolment.last_activity_at = max(clock.now(), enrolment.last_activity_at + TICK)
    session.add(LessonEvent(enrolment_id=enrolment.id, lesson_id=lesson.id, kind=kind, at=enrolment.last_activity_at))
