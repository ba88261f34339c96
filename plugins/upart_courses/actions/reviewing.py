# SPDX-License-Identifier: MIT
"""Review a course after some way in it, take the review back; hide its words, and show them again."""

from __future__ import annotations

from sqlalchemy import select

from upart.plugin import Person, Problem, Purpose, address_of, clock, emit, insert_once, renew_pages, send, session
from upart.plugin import gettext as _
from upart_courses.actions.learning import enrolment_of, needed, progress
from upart_courses.models import Course, Enrolment, Review

SHARE = 3
"""Whoever has done one of so many lessons that the course needs has come far enough to judge it."""


def has_come_some_way(enrolment: Enrolment) -> bool:
    """Has a learner done a third of what the course needs?"""
    wanted = needed(enrolment.course_id)
    done = len(progress([enrolment.id])[enrolment.id].done & wanted)
    return done > 0 and done * SHARE >= len(wanted)


def review(author: Person, course: Course, stars: int, text: str) -> Review:
    """Say what one thinks of a course, or say it anew. New words are shown again, whatever became of the old ones.

    Needs a write session; safe to repeat. Raises Problem 409 for whoever is not in the course or has not come some way.
    """
    enrolment = enrolment_of(author, course)
    if enrolment is None or enrolment.left_at is not None or not has_come_some_way(enrolment):
        raise Problem(409, _("A review needs some way in the course."), remedy=_("Do a third of its lessons first."), code="too_early")
    insert_once(Review, author_id=author.id, course_id=course.id, stars=stars)
    row = review_of(author, course)
    assert row is not None
    if row.text != text:
        row.hidden_at, row.hidden_because = None, ""
    row.stars, row.text, row.written_at = stars, text, clock.now()
    emit("courses.reviewed", row, course=course.id)
    renew_pages()
    return row


def take_back(row: Review) -> None:
    """Delete one's own review."""
    emit("courses.review_deleted", row, course=row.course_id)
    session.delete(row)
    renew_pages()


def hide(row: Review, reason: str) -> None:
    """Take the words off the course's page, with a reason that their author is told to read; the stars count on. Safe to repeat."""
    session.refresh(row, with_for_update=True)
    if row.hidden_at is not None and row.hidden_because == reason:
        return
    row.hidden_at, row.hidden_because = clock.now(), reason
    emit("courses.review_hidden", row, course=row.course_id)
    course = session.scalars(select(Course).where(Course.id == row.course_id)).one()
    send(row.author, Purpose.LEARN, template="courses/mail/review-hidden.txt", values={"course": course, "link": address_of(f"/courses/{course.slug}/review")})
    renew_pages()


def show(row: Review) -> None:
    """Put the words onto the course's page again. Safe to repeat."""
    if row.hidden_at is not None:
        row.hidden_at, row.hidden_because = None, ""
        emit("courses.review_shown", row, course=row.course_id)
        renew_pages()


def review_of(author: Person, course: Course) -> Review | None:
    """Somebody's review of a course. Locks it."""
    return session.scalars(select(Review).where(Review.author_id == author.id, Review.course_id == course.id).with_for_update()).first()
