# SPDX-License-Identifier: MIT
"""Learners by a table: who is in which course, since when, and what they have done. Each row can be taken back, and nothing that came after it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import select

from upart.plugin import (
    Person,
    Problem,
    Purpose,
    bring_guest,
    clock,
    context,
    emit,
    get_or_404,
    insert_once,
    refuse_if_restricted,
    session,
    take_guest_back,
    unopposed,
)
from upart.plugin import gettext as _
from upart_courses.actions import cohorts
from upart_courses.actions.certifying import certificate_of, certify, withdraw
from upart_courses.actions.entitling import entitle, is_entitled, may_enter, revoke, rights_of
from upart_courses.actions.learning import TICK, enrolment_of, needed, progress
from upart_courses.actions.tabled import Wanted, wanted
from upart_courses.models import Brought, CertificateState, Course, Enrolment, LessonEvent, LessonEventKind, Playing, Source
from upart_courses.release import first_instant


def add(values: Mapping[str, str]) -> Brought:
    """Bring in what a row says and is not here yet. Nobody is written to but who was not here before. Needs a write session."""
    row = wanted([values])[0]
    if not isinstance(row, Wanted):
        raise Problem(409, _("This is here already.") if row is True else getattr(row, "detail", ""))
    learner = get_or_404(Person, row.person) if row.person is not None else bring_guest(row.name, row.email)
    refuse_if_restricted(learner, Purpose.LEARN)
    course = get_or_404(Course, row.course)
    group = cohorts.hold(course, row.cohort) if row.cohort is not None else None
    enrolment, made = _place(learner, course, row)
    brought = Brought(enrolment_id=enrolment.id, enrolled=made, at=enrolment.last_activity_at, guest=row.person is None or _came_by_table(learner))
    brought.entitled = not (is_entitled(learner, course) if made else may_enter(learner, course))  # whoever is in an open course needs no right
    if brought.entitled:
        entitle(learner, course, Source.IMPORT)
    if group is not None and enrolment.cohort_id is None:
        cohorts.join(enrolment, group)
        brought.cohort_id = group.id
    brought.completed = enrolment.completed_at is None and _completes(enrolment, row)
    session.add(brought)
    session.flush()
    _note(enrolment, brought, row)
    if brought.completed:
        enrolment.completed_at = _instant(row.completed_on) if row.completed_on else clock.now()
        emit("courses.completed", enrolment, course=course.id, source=Source.IMPORT.value)
        _certify(enrolment)
    return brought


def _certify(enrolment: Enrolment) -> None:
    """One that is issued anew has the day of this completion: by that it is known when the row is taken back."""
    before = certificate_of(enrolment.learner_id, enrolment.course_id)
    was_withdrawn = before is not None and before.state is CertificateState.WITHDRAWN
    certify(enrolment.course, [enrolment])
    if before is not None and was_withdrawn:
        before.issued_at = enrolment.completed_at


def _place(learner: Person, course: Course, row: Wanted) -> tuple[Enrolment, bool]:
    """Their place in the course, and whether it is new."""
    enrolment = enrolment_of(learner, course)
    if enrolment is None:
        unopposed("courses.enrol", course)
        since = _instant(row.enrolled_on or row.completed_on) if row.enrolled_on or row.completed_on else clock.now()
        made = insert_once(Enrolment, learner_id=learner.id, course_id=course.id, enrolled_at=since)
        enrolment = enrolment_of(learner, course)
        assert enrolment is not None
        if made:
            emit("courses.enrolled", enrolment, course=course.id, source=Source.IMPORT.value)
        return enrolment, made
    return enrolment, False


def _came_by_table(learner: Person) -> bool:
    """Is somebody a guest whom a table has brought in, and nobody else?"""
    mine = select(Brought.id).join(Enrolment, (Enrolment.academy_id == Brought.academy_id) & (Enrolment.id == Brought.enrolment_id))
    return learner.account_id is None and session.scalars(mine.where(Enrolment.learner_id == learner.id, Brought.guest).limit(1)).first() is not None


def _completes(enrolment: Enrolment, row: Wanted) -> bool:
    """Is the course finished with what this row says?"""
    lacking = needed(enrolment.course_id) - progress([enrolment.id])[enrolment.id].done - frozenset(row.lessons)
    return bool(row.completed_on) or (bool(row.lessons) and not lacking)


def _note(enrolment: Enrolment, brought: Brought, row: Wanted) -> None:
    """The lessons in their order, so that whoever goes on does so after the last one."""
    at = _instant(row.completed_on or row.enrolled_on) if row.completed_on or row.enrolled_on else enrolment.enrolled_at
    for number, lesson in enumerate(row.lessons):
        done = LessonEvent(enrolment_id=enrolment.id, lesson_id=lesson, kind=LessonEventKind.COMPLETED, at=at + number * TICK)
        done.brought_id = brought.id
        session.add(done)


def _instant(day: str) -> datetime:
    """The beginning of a day at the academy; never later than now."""
    begins = first_instant(datetime.combine(datetime.fromisoformat(day).date(), time()), context.academy.settings["zone"])
    return min(begins, clock.now()).astimezone(UTC)


def undo(id: UUID) -> str:
    """Take back what a row has brought about. Who has learned in the course since keeps their place and what they did; returns why something stays, or ""."""
    brought = session.scalars(select(Brought).where(Brought.id == id)).first()
    if brought is None:
        return ""
    enrolment = session.scalars(select(Enrolment).where(Enrolment.id == brought.enrolment_id).with_for_update()).one()
    kept = _kept(enrolment, brought)
    if brought.cohort_id is not None and brought.cohort_id == enrolment.cohort_id:
        enrolment.cohort_id = None
    session.delete(brought)
    session.flush()
    if brought.completed and not progress([enrolment.id])[enrolment.id].done >= needed(enrolment.course_id):
        _not_finished(enrolment)
    if brought.entitled and not kept:
        _take_right_back(enrolment, brought)
    return kept or (_take_out(enrolment, brought) if brought.enrolled else "")


def _take_right_back(enrolment: Enrolment, brought: Brought) -> None:
    """The right goes with the row, unless a later one counts on it: then it goes with that."""
    later = select(Brought).where(Brought.enrolment_id == enrolment.id, Brought.id > brought.id).order_by(Brought.id)
    if (heir := session.scalars(later.limit(1)).first()) is not None:
        heir.entitled = True
        return
    for right in rights_of(enrolment.learner, enrolment.course):
        if right.source is Source.IMPORT:
            revoke(right)


def _not_finished(enrolment: Enrolment) -> None:
    """They have not finished the course after all; a certificate that says so goes, too, and an older one of theirs stays."""
    certificate = certificate_of(enrolment.learner_id, enrolment.course_id)
    if certificate is not None and certificate.issued_at == enrolment.completed_at:
        withdraw(enrolment)
    enrolment.completed_at = None


def _kept(enrolment: Enrolment, brought: Brought) -> str:
    """Why a place in a course stays that has come with this row, or ""."""
    if not brought.enrolled:
        return ""
    own = select(LessonEvent.id).where(LessonEvent.enrolment_id == enrolment.id, LessonEvent.brought_id.is_(None)).limit(1)
    played = select(Playing.id).where(Playing.enrolment_id == enrolment.id).limit(1)
    if enrolment.last_activity_at > brought.at or session.scalars(own).first() or session.scalars(played).first():
        return _("They have learned in the course since: they stay in it, with what they did themselves.")
    if session.scalars(select(Brought.id).where(Brought.enrolment_id == enrolment.id, Brought.id != brought.id).limit(1)).first():
        return _("Another table has brought in more about them. Take that back, and then them out of the course.")
    return ""


def _take_out(enrolment: Enrolment, brought: Brought) -> str:
    learner, course = enrolment.learner, enrolment.course
    emit("courses.left", enrolment, course=course.id, source=Source.IMPORT.value)
    session.delete(enrolment)
    session.flush()
    elsewhere = session.scalars(select(Enrolment.id).where(Enrolment.learner_id == learner.id).limit(1)).first()
    return take_guest_back(learner.id) if brought.guest and elsewhere is None else ""
