# SPDX-License-Identifier: MIT
"""Enrol, go through lessons, leave. How far somebody has come is read from what they did, each time anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from upart.plugin import Person, Problem, Purpose, address_of, clock, emit, enqueue, insert_once, prepared, send, session, unopposed
from upart.plugin import gettext as _
from upart_courses.actions import cohorts
from upart_courses.actions.certifying import certificate_of, certify, withdraw
from upart_courses.actions.entitling import let_in, may_enter
from upart_courses.actions.passing import unless_open
from upart_courses.actions.preceding import missing_before
from upart_courses.actions.restricting import unless_restricted, unrestricted
from upart_courses.blocks import tasks_of
from upart_courses.models import Certificate, CertificateState, Course, CourseState, Enrolment, Entry, Lesson, LessonEvent, LessonEventKind, Section, Visibility
from upart_courses.release import DATE, DAYS

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
AGAIN = timedelta(hours=1)
"""Opening the same lesson again within this time is not noted."""

TICK = timedelta(microseconds=1)
BATCH = 500

BROUGHT = (Visibility.PUBLIC, Visibility.MEMBERS)
"""Courses into which a file from elsewhere may bring somebody: those that they would find here, and enter, by themselves."""

SETTLE = "courses.settle"
"""The task that completes courses for those who lack nothing any more."""

DONE_AT = func.max(case((LessonEvent.kind == LessonEventKind.COMPLETED, LessonEvent.at)))
RESET_AT = func.max(case((LessonEvent.kind == LessonEventKind.RESET, LessonEvent.at), else_=NEVER))
STANDING = prepared(  # one row for each learner and lesson that they touched; grouped by the event's own lesson_id, SQLite reads all events for one learner
    select(LessonEvent.enrolment_id, Lesson.id.label("lesson_id"), Lesson.required, (DONE_AT > RESET_AT).label("done"), func.max(LessonEvent.at).label("last"))
    .join_from(LessonEvent, Lesson, (Lesson.academy_id == LessonEvent.academy_id) & (Lesson.id == LessonEvent.lesson_id))
    .where(LessonEvent.enrolment_id.in_(bindparam("enrolments", expanding=True)))
    .group_by(LessonEvent.enrolment_id, Lesson.id, Lesson.required)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """The lessons that a learner has done, the one that they touched last, and all that they have touched."""

    done: frozenset[UUID] = frozenset()
    last: UUID | None = None
    touched: frozenset[UUID] = frozenset()
    required: frozenset[UUID] = frozenset()
    """Of those that are done, the ones that finish the course."""

    def count(self, course: Course) -> int:
        """How many of the `course.needed` lessons are done."""
        return len(self.required if course.needed < course.lessons else self.done)

    def next_among(self, lessons: Sequence[UUID]) -> UUID | None:
        """Where to go on: the first lesson that is not done, from the last touched one on, then from the start. None: all are done."""
        at = lessons.index(self.last) if self.last in lessons else 0
        return next((id for id in (*lessons[at:], *lessons[:at]) if id not in self.done), None)


Touched = tuple[datetime, UUID, bool, bool]
"""When a lesson was last touched, which, whether it is done, whether it is required."""


def progress(enrolments: Iterable[UUID]) -> Mapping[UUID, Progress]:
    """How far each of these enrolments has come, by one statement however many they are."""
    session.flush()
    touched: dict[UUID, list[Touched]] = {id: [] for id in enrolments}
    for row in STANDING(enrolments=list(touched)):
        touched[row.enrolment_id].append((row.last, row.lesson_id, bool(row.done), row.required))
    return {id: _progress(rows) for id, rows in touched.items()}


def _progress(rows: Sequence[Touched]) -> Progress:
    done = frozenset(lesson for _at, lesson, done, _required in rows if done)
    touched, required = frozenset(lesson for _at, lesson, *_rest in rows), frozenset(lesson for _at, lesson, _done, required in rows if required)
    return Progress(done, max(rows)[1] if rows else None, touched, done & required)


def enrolment_of(learner: Person, course: Course) -> Enrolment | None:
    """A learner's place in a course, also one that they have left. Locks it: what two tabs of theirs do happens one after the other."""
    found = select(Enrolment).where(Enrolment.learner_id == learner.id, Enrolment.course_id == course.id)
    return session.scalars(found.with_for_update()).first()


def enrol(learner: Person, course: Course, *, by_themselves: bool = True, group: UUID | None = None) -> Enrolment:
    """Take a learner into a course, or back into it, with or without a group. Safe to repeat: twenty requests at once make one place and one mail.

    `by_themselves`: they need a right where the course asks for one, and what comes before it done; staff and a purchase take them in without.
    Raises Problem 409 when the course is not offered (`not_offered`), they may not enter (`no_right`, `prerequisites`), or somebody objects; when the
    course asks for a group (`group_needed`), or the group takes nobody new (`group_closed`, `full`).
    """
    into = None if group is None else cohorts.choose(course, group) if by_themselves else cohorts.hold(course, group)
    enrolment = enrolment_of(learner, course)
    if enrolment is not None and enrolment.left_at is None:
        return enrolment
    state = session.scalar(select(Course.state).where(Course.id == course.id).with_for_update(read=True))
    if state is not CourseState.PUBLISHED:
        raise Problem(409, _("This course takes nobody new."), remedy=_("Look for another one among all courses."), code="not_offered")
    if by_themselves:
        _unless_barred(learner, course)
        if course.grouped and into is None:
            raise Problem(409, _("Whoever takes this course chooses a group."), remedy=_("Open the course and choose one."), code="group_needed")
    unopposed("courses.enrol", course)
    made = insert_once(Enrolment, learner_id=learner.id, course_id=course.id)
    enrolment = enrolment_of(learner, course)
    assert enrolment is not None
    if made or enrolment.left_at is not None:
        enrolment.left_at = None
        cohorts.join(enrolment, into)
        if course.entry is Entry.OPEN:
            let_in(learner, course)
        emit("courses.enrolled", enrolment, course=course.id)
        _welcome(learner, course, enrolment)
    return enrolment


def _unless_barred(learner: Person, course: Course) -> None:
    if not may_enter(learner, course):
        raise Problem(409, _("You need access to this course."), remedy=_("Ask the academy for it."), code="no_right")
    if first := missing_before(learner, course):
        names = ", ".join(f"“{one.title}”" for one in first)
        raise Problem(409, _("Something comes before this course: %(names)s.", names=names), remedy=_("Finish that first."), code="prerequisites")


def against_bringing(enrolment: Enrolment) -> list[str]:
    """What stands against an enrolment that somebody brings from elsewhere; not more than if its course were not here, or were entered by themselves."""
    found = select(Course).where(Course.id == enrolment.course_id, Course.state == CourseState.PUBLISHED, Course.visibility.in_(BROUGHT))
    course = session.scalars(found.where(Course.entry == Entry.OPEN)).first()
    if course is None:
        return [_("It belongs to something that is not here.")]
    return [_("Its course has rules that a file cannot keep. Enrol there.")] if course.prerequisites or course.grouped or _checks(course) else []


def _checks(course: Course) -> bool:
    """Does something in a course open with time, or has something to be passed? What a file says of both, anybody may have written."""
    rules = session.scalars(select(Section.release).where(Section.course_id == course.id)).all()
    lessons = session.scalars(select(Lesson.blocks).where(Lesson.course_id == course.id, Lesson.published)).all()
    timed = any((rule or {}).get("kind") in (DATE, DAYS) for rule in rules)
    return timed or any(one.get("required") for blocks in lessons for one in tasks_of(blocks))


def _welcome(learner: Person, course: Course, enrolment: Enrolment) -> None:
    values = {"course": course, "link": address_of(f"/learn/{course.slug}/")}
    send(learner, Purpose.LEARN, template="courses/mail/welcome.txt", values=values, dedupe_key=f"courses.welcome {enrolment.id}")


def leave(enrolment: Enrolment) -> None:
    """Leave a course. What was done stays for whoever comes back, until retention takes it."""
    if enrolment.left_at is None:
        enrolment.left_at, enrolment.cohort_id = clock.now(), None
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
    """Complete the course if no lesson that it needs is left to do."""
    now = progress([enrolment.id])[enrolment.id]
    if enrolment.completed_at is None and now.done >= needed(enrolment.course_id):
        enrolment.completed_at = clock.now()
        emit("courses.completed", enrolment, course=enrolment.course_id)
        certify(enrolment.course, [enrolment])
    return now


def needed(course_id: UUID) -> frozenset[UUID]:
    """The lessons that finish a course: the required ones, or all where none is."""
    every = session.execute(select(Lesson.id, Lesson.required).where(Lesson.course_id == course_id, Lesson.published)).all()
    return frozenset(id for id, required in every if required) or frozenset(id for id, _required in every)


def settle(course: str, after: str = "") -> None:
    """Task: whoever lacks nothing of a course any more has finished it: a lesson was deleted, or made optional. A batch at a time; again it finds nothing."""
    open_ones = select(Enrolment).where(Enrolment.course_id == UUID(course), Enrolment.completed_at.is_(None), Enrolment.left_at.is_(None))
    if after:
        open_ones = open_ones.where(Enrolment.id > UUID(after))
    some = session.scalars(open_ones.order_by(Enrolment.id).limit(BATCH).with_for_update()).all()
    _settle(UUID(course), unrestricted(some))
    if len(some) == BATCH:
        enqueue(SETTLE, course=UUID(course), after=some[-1].id)


def _settle(course: UUID, some: Sequence[Enrolment]) -> None:
    wanted, come = needed(course), progress(one.id for one in some)
    finished = [one for one in some if wanted and come[one.id].done >= wanted]
    for one in finished:
        one.completed_at = clock.now()
        emit("courses.completed", one, course=one.course_id)
    if finished:
        certify(finished[0].course, finished)


def make_up(enrolment: str) -> None:
    """Task: what was left out for somebody whose data were restricted: they have finished, they get their certificate. Again it finds nothing.

    Raises Problem 409 (`restricted`) while that is so, and the job waits.
    """
    row = session.scalars(select(Enrolment).where(Enrolment.id == UUID(enrolment)).with_for_update()).first()
    if row is None:
        return
    unless_restricted(row)
    if row.completed_at is None and row.left_at is None:
        _settle(row.course_id, [row])
    elif row.completed_at is not None and certificate_of(row.learner_id, row.course_id) is None:
        certify(row.course, [row])


def at_stake(enrolment: Enrolment, lesson: Lesson) -> Certificate | None:
    """The certificate that would not hold any more if a lesson were not done after all; None: there is none to lose."""
    if lesson.id not in progress([enrolment.id])[enrolment.id].done or lesson.id not in needed(enrolment.course_id):
        return None
    row = certificate_of(enrolment.learner_id, enrolment.course_id)
    return row if row is not None and row.state is CertificateState.ISSUED else None


def take_back(enrolment: Enrolment, lesson: Lesson) -> None:
    """Mark a lesson as not done after all; if it is required, the course is not completed either. What a teacher changes does not undo a completion."""
    if lesson.id in progress([enrolment.id])[enrolment.id].done:
        _note(enrolment, lesson, LessonEventKind.RESET)
        if lesson.id in needed(enrolment.course_id):
            enrolment.completed_at = None
            withdraw(enrolment)


def be_active(enrolment: Enrolment) -> datetime:
    """Note that a learner does something in a course, whatever it is. Returns when: later than all before it, also when the clock has been put back."""
    enrolment.last_activity_at = max(clock.now(), enrolment.last_activity_at + TICK)
    return enrolment.last_activity_at


def _note(enrolment: Enrolment, lesson: Lesson, kind: LessonEventKind) -> None:
    session.add(LessonEvent(enrolment_id=enrolment.id, lesson_id=lesson.id, kind=kind, at=be_active(enrolment)))
