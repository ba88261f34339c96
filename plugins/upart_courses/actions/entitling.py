# SPDX-License-Identifier: MIT
"""Give somebody a right to learn in a course, and take it back. Whether they do learn is another matter: `learning.enrol`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select

from upart.plugin import Person, Problem, clock, emit, insert_once, session, unopposed
from upart.plugin import gettext as _
from upart_courses.models import Course, Enrolment, Entitlement, Entry, Source


def is_live(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Rights that hold at an instant: begun, not over, not taken back."""
    return and_(Entitlement.starts_at <= now, is_held(now))


def is_held(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Rights that hold at an instant or will: not over, not taken back."""
    return and_(Entitlement.revoked_at.is_(None), or_(Entitlement.ends_at.is_(None), Entitlement.ends_at > now))


def entitle(
    learner: Person, course: Course, source: Source, *, reference: str = "", starts_at: datetime | None = None, ends_at: datetime | None = None
) -> Entitlement:
    """Give a right to a course. `reference` is what it is counted by at its source (the line of an order): the same again is the same right.

    Given again, one that was taken back or is over holds anew, from and until the new times. Without `ends_at` it has no end. It enrols nobody.
    Needs a write session. Raises Problem 422 for an end before its beginning, and 409 when somebody objects.
    """
    starts = starts_at or clock.now()
    if ends_at is not None and ends_at <= starts:
        raise Problem(422, _("It would end before it begins."), remedy=_("Choose a later end."))
    unopposed("courses.entitle", course)
    made = insert_once(
        Entitlement, learner_id=learner.id, course_id=course.id, source=source, reference=reference, starts_at=starts, ends_at=ends_at
    )  # fmt: skip
    found = select(Entitlement).where(
        Entitlement.learner_id == learner.id, Entitlement.course_id == course.id, Entitlement.source == source, Entitlement.reference == reference
    )
    right = session.scalars(found.with_for_update(), execution_options={"populate_existing": True}).one()
    if not made and (right.revoked_at is not None or right.ends_at != ends_at or starts_at not in (None, right.starts_at)):
        right.revoked_at, right.ends_at, right.starts_at, made = None, ends_at, starts_at or min(right.starts_at, starts), True
    if made:
        emit("courses.entitled", right, course=course.id)
    return right


def revoke(right: Entitlement) -> None:
    """Take a right back, at once. What was done stays, and so does the place: with another right they go on. Safe to repeat."""
    session.refresh(right, with_for_update=True)
    if right.revoked_at is None:
        right.revoked_at = clock.now()
        emit("courses.revoked", right, course=right.course_id)


def rights_of(learner: Person, course: Course) -> Sequence[Entitlement]:
    """All rights that somebody has, or had, to a course; the oldest first."""
    found = select(Entitlement).where(Entitlement.learner_id == learner.id, Entitlement.course_id == course.id)
    return session.scalars(found.order_by(Entitlement.id)).all()


def is_entitled(learner: Person, course: Course) -> bool:
    """Has somebody a right to the course that holds now?"""
    found = select(Entitlement.id).where(Entitlement.learner_id == learner.id, Entitlement.course_id == course.id, is_live(clock.now()))
    return session.scalars(found.limit(1)).first() is not None


def let_in(learner: Person, course: Course) -> None:
    """Whoever enrols where everybody may has a right by that, one for ever: taken back before, or over, it holds anew. Safe to repeat."""
    insert_once(Entitlement, learner_id=learner.id, course_id=course.id, source=Source.FREE)
    _renew(course, Entitlement.learner_id == learner.id)


def keep_those_within(course: Course) -> None:
    """Before a course asks for a right: whoever is in it without one that holds gets one, so that nobody is shut out of what they have begun."""
    having = select(Entitlement.learner_id).where(Entitlement.course_id == course.id, is_live(clock.now()))
    within = select(Enrolment.learner_id).where(Enrolment.course_id == course.id, Enrolment.left_at.is_(None), Enrolment.learner_id.not_in(having))
    _renew(course, Entitlement.learner_id.in_(within))
    session.add_all(Entitlement(learner_id=learner, course_id=course.id, source=Source.FREE) for learner in session.scalars(within).all())


def _renew(course: Course, whose: ColumnElement[bool]) -> None:
    """Let rights of those who enrolled by themselves hold again."""
    over = select(Entitlement).where(Entitlement.course_id == course.id, Entitlement.source == Source.FREE, whose, not_(is_live(clock.now())))
    for right in session.scalars(over.with_for_update(), execution_options={"populate_existing": True}).all():
        right.revoked_at, right.ends_at, right.starts_at = None, None, min(right.starts_at, clock.now())
        emit("courses.entitled", right, course=course.id)
    session.flush()


def may_enter(learner: Person, course: Course) -> bool:
    """May somebody enrol by themselves: because everybody may, or because they have a right?"""
    return course.entry is Entry.OPEN or is_entitled(learner, course)
