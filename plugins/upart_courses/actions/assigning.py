# SPDX-License-Identifier: MIT
"""Assignments: what is asked by when, what learners hand in, and what comes back to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from upart.plugin import File, Problem, clock, context, emit, insert_once, instant_of, session
from upart.plugin import gettext as _
from upart_courses.actions.attempting import achieved
from upart_courses.actions.grading import tell
from upart_courses.actions.learning import be_active
from upart_courses.actions.passing import hold, lesson_of
from upart_courses.actions.writing import changed, lock
from upart_courses.models import Course, Enrolment
from upart_courses.models.assessed import Assignment, Extension, HandedIn, Submission, Verdict
from upart_courses.questions import HUNDRED


class GivenMore(Exception):
    """Somebody was given more points than it shall be worth: how many, in hundredths."""


def zone() -> str:
    """The academy's time zone, in which deadlines are meant."""
    return str(context.academy.settings.get("zone", "UTC"))


def assignment_at(lesson_id: UUID, block: str) -> Assignment | None:
    """The assignment of a block; None before anything was said about it."""
    return session.scalars(select(Assignment).where(Assignment.lesson_id == lesson_id, Assignment.block == block)).first()


def assignment_for(lesson_id: UUID, block: str) -> Assignment:
    """The assignment of a block, made if it is not there. Safe to repeat."""
    insert_once(Assignment, lesson_id=lesson_id, block=block)
    found = assignment_at(lesson_id, block)
    assert found is not None
    return found


def save_rules(course: Course, assignment: Assignment, points: int, pass_points: int, files: int, due: datetime | None) -> None:
    """Set the rules; `due` is a wall time in the academy's zone. Raises NoSuchTime for one that clocks skip, GivenMore."""
    lock(course)
    at = instant_of(due, zone()) if due is not None else None
    session.refresh(assignment, with_for_update=True)  # nobody gives points meanwhile
    given = session.scalar(select(func.max(Submission.points)).where(Submission.assignment_id == assignment.id))
    if given is not None and given > points * HUNDRED:
        raise GivenMore(given)
    assignment.due_at = at
    assignment.due, assignment.zone = (due.isoformat(timespec="minutes"), zone()) if due is not None else ("", "")
    assignment.points, assignment.pass_points, assignment.files = points, pass_points, files
    changed(course)


def extension_of(enrolment_id: UUID, assignment: Assignment) -> Extension | None:
    """The longer time of a learner, if they have one."""
    return session.scalars(select(Extension).where(Extension.enrolment_id == enrolment_id, Extension.assignment_id == assignment.id)).first()


def due_for(enrolment_id: UUID, assignment: Assignment) -> datetime | None:
    """Until when a learner has time: everybody's deadline, or their own when that is later; None: no deadline."""
    return dues(enrolment_id, [assignment])[assignment.id]


def extended_to(enrolment_id: UUID, assignment: Assignment) -> datetime | None:
    """The deadline that a learner has for themselves, as a wall time in the academy's zone."""
    own = extension_of(enrolment_id, assignment)
    return own.due_at.astimezone(ZoneInfo(zone())).replace(tzinfo=None) if own is not None else None


def extend(enrolment: Enrolment, assignment: Assignment, due: datetime | None) -> None:
    """Give a learner another deadline, a wall time in the academy's zone; None: everybody's again. Raises NoSuchTime, Problem 422 for an earlier one,
    and where nobody has a deadline."""
    at = instant_of(due, zone()) if due is not None else None
    if at is not None and assignment.due_at is None:
        raise Problem(422, _("The others have no deadline."), remedy=_("Leave it empty."))
    if at is not None and assignment.due_at is not None and at < assignment.due_at:
        raise Problem(422, _("This is before the deadline of the others."), remedy=_("Choose a later time."))
    session.execute(delete(Extension).where(Extension.enrolment_id == enrolment.id, Extension.assignment_id == assignment.id))
    if at is not None:
        insert_once(Extension, enrolment_id=enrolment.id, assignment_id=assignment.id, due_at=at)
    emit("courses.extended", enrolment, course=enrolment.course_id)


def submissions_of(enrolment_id: UUID, assignment: Assignment) -> Sequence[Submission]:
    """What a learner has handed in, the first one first."""
    found = select(Submission).where(Submission.enrolment_id == enrolment_id, Submission.assignment_id == assignment.id)
    return session.scalars(found.order_by(Submission.number)).all()


def files_of(submissions: Sequence[Submission]) -> Mapping[UUID, list[File]]:
    """The files of what was handed in, by one statement."""
    found: dict[UUID, list[File]] = {one.id: [] for one in submissions}
    joined = select(HandedIn.submission_id, File).join(File, (File.academy_id == HandedIn.academy_id) & (File.id == HandedIn.file_id))
    for id, file in session.execute(joined.where(HandedIn.submission_id.in_(found)).order_by(HandedIn.id)):
        found[id].append(file)
    return found


def hand_in(enrolment: Enrolment, assignment: Assignment, text: str, files: Sequence[File]) -> Submission:
    """Hand in work. The same again changes nothing; other work comes after it, until it is graded. What is late is kept, and marked so.

    Needs the enrolment locked. Raises Problem 409 when it was graded (`graded`), Problem 422 for nothing or too many files (`too_many_files`).
    """
    made = submissions_of(enrolment.id, assignment)
    last = made[-1] if made else None
    if last is not None and last.verdict is Verdict.WAITING and _same(last, text, files):
        return last
    if last is not None and last.verdict is Verdict.GRADED:
        raise Problem(409, _("This was graded already."), remedy=_("Ask the teacher to give it back if you want to do it again."), code="graded")
    if len(files) > assignment.files:
        raise Problem(
            422, _("These are too many files: %(n)d at most.", n=assignment.files), remedy=_("Put them into one, or leave some out."), code="too_many_files"
        )
    if not text and not files:
        raise Problem(422, _("There is nothing to hand in yet."), remedy=_("Write something, or choose a file."))
    due = due_for(enrolment.id, assignment)
    row = Submission(
        enrolment_id=enrolment.id, assignment_id=assignment.id, number=len(made) + 1, text=text, handed_in_at=clock.now(),
        late=due is not None and clock.now() > due,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(HandedIn(submission_id=row.id, file_id=file.id) for file in files)
    be_active(enrolment)
    emit("courses.handed_in", row, course=enrolment.course_id)
    return row


def _same(last: Submission, text: str, files: Sequence[File]) -> bool:
    return last.text == text and sorted(file.sha256 for file in files_of([last])[last.id]) == sorted(file.sha256 for file in files)


def grade(submission: Submission, assignment: Assignment, points: int, feedback: str) -> None:
    """Give points, in hundredths, and say why. Again, it is a correction. Raises Problem 409 for what is not the last, 422 for points that it does not have."""
    enrolment = _last(submission, assignment)
    session.refresh(assignment, with_for_update={"read": True})  # what it is worth stays so meanwhile
    if not 0 <= points <= assignment.points * HUNDRED:
        raise Problem(422, _("These points do not fit the assignment."), remedy=_("Give from 0 to %(n)d points.", n=assignment.points))
    submission.verdict, submission.points, submission.feedback = Verdict.GRADED, points, feedback
    submission.passed = points >= assignment.pass_points * HUNDRED
    emit("courses.graded", submission, course=enrolment.course_id)
    lesson = lesson_of(assignment)
    achieved(enrolment, lesson, submission.passed)
    tell(enrolment, assignment, lesson, once=f"{submission.id} {points}")


def give_back(submission: Submission, assignment: Assignment, feedback: str) -> None:
    """Let the learner do it better; the words say what. Raises Problem 409 for what is not the last."""
    enrolment = _last(submission, assignment)
    submission.verdict, submission.points, submission.passed, submission.feedback = Verdict.RETURNED, None, None, feedback
    emit("courses.returned", submission, course=enrolment.course_id)
    tell(enrolment, assignment, lesson_of(assignment), template="courses/mail/returned.txt", once=f"{submission.id} back")


def _last(submission: Submission, assignment: Assignment) -> Enrolment:
    enrolment = hold(submission)
    if submissions_of(enrolment.id, assignment)[-1].id != submission.id:
        raise Problem(409, _("The learner has handed in something newer."), remedy=_("Open that one."))
    return enrolment


def rules_of(assignment: Assignment | None) -> dict[str, Any]:
    """What the form of the rules begins with."""
    if assignment is None:
        return {"points": 10, "pass_points": 6, "files": 1, "due": None}
    names = ("points", "pass_points", "files")
    try:
        due = datetime.fromisoformat(assignment.due) if assignment.due else None
    except ValueError:
        due = None
    return {**{name: getattr(assignment, name) for name in names}, "due": due}


def dues(enrolment_id: UUID, assignments: Sequence[Assignment]) -> Mapping[UUID, datetime | None]:
    """Until when a learner has time for each of several assignments, by one statement; None: no deadline."""
    found = select(Extension.assignment_id, Extension.due_at).where(Extension.enrolment_id == enrolment_id)
    rows = session.execute(found.where(Extension.assignment_id.in_([one.id for one in assignments]))) if assignments else ()
    own = {row.assignment_id: row.due_at for row in rows}
    return {one.id: max(one.due_at, own.get(one.id, one.due_at)) if one.due_at is not None else None for one in assignments}
