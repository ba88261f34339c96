# SPDX-License-Identifier: MIT
"""Pages about reviews: writing one's own, and what those who write a course may do with them."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug import Response

from upart.plugin import Area, Blueprint, NotHere, Person, context, get_or_404, may, paged, session, show
from upart_courses.actions import reviewing
from upart_courses.forms.said import HideForm, ReviewForm
from upart_courses.here import course_at
from upart_courses.models import Course, Enrolment, Review
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

review_pages = Blueprint("reviews", __name__)
reviewed_pages = Blueprint("teach_reviews", __name__, area=Area.TEACH)

LEARN = may("courses.learn")
PAGE = 50


@review_pages.get("/courses/<slug>/review", policy=LEARN)
def mine(slug: str) -> Response:
    """One's own review of a course in which one is."""
    course, enrolment = _place(slug)
    row = _mine(course)
    return _mine_page(course, enrolment, row, ReviewForm(stars=str(row.stars) if row else None, text=row.text if row else ""))


def _place(slug: str) -> tuple[Course, Enrolment]:
    course_at(slug)
    course = get_or_404(Course, slug=slug)
    enrolment = get_or_404(Enrolment, course_id=course.id, learner_id=context.person.id)
    if enrolment.left_at is not None:
        raise NotHere
    return course, enrolment


def _mine(course: Course) -> Review | None:
    return session.scalars(select(Review).where(Review.author_id == context.person.id, Review.course_id == course.id)).first()


def _mine_page(course: Course, enrolment: Enrolment, row: Review | None, form: ReviewForm) -> Response:
    return show("courses/review.html", form, course=course, review=row, far_enough=reviewing.has_come_some_way(enrolment))


@review_pages.post("/courses/<slug>/review", policy=LEARN)
def write(slug: str) -> Response:
    """Keep it, and show it on the course's page."""
    course, enrolment = _place(slug)
    form = ReviewForm.posted()
    if not form.validate():
        return _mine_page(course, enrolment, _mine(course), form)
    reviewing.review(context.person, course, int(form.stars.data), form.text.data or "")
    return redirect(url_for("courses.course", slug=slug) + "#reviews", 303)


@review_pages.post("/courses/<slug>/review/delete", policy=LEARN)
def delete(slug: str) -> Response:
    """Delete one's own."""
    reviewing.take_back(get_or_404(Review, author_id=context.person.id, course_id=get_or_404(Course, slug=slug).id))
    return redirect(url_for("courses.course", slug=slug), 303)


@reviewed_pages.get("/<uuid:id>/reviews", policy=TEACH, query=("after",))
def every(id: UUID) -> Response:
    """All reviews of a course, the newest first."""
    return _every(course_of(id), HideForm())


def _every(course: Course, form: HideForm, at: UUID | None = None) -> Response:
    there = (Person.academy_id == Review.academy_id) & (Person.id == Review.author_id)
    found = select(Review).join(Person, there).options(contains_eager(Review.author)).where(Review.course_id == course.id)
    page = paged(found, Review.written_at, Review.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    return show("courses/teach/reviews.html", form, course=course, states=STATES, reviews=page.rows, after=page.after, at=at)


@reviewed_pages.post("/<uuid:id>/reviews/<uuid:review>/hide", policy=TEACH)
def hide(id: UUID, review: UUID) -> Response:
    """Take its words off the course's page."""
    course, row, form = course_of(id), get_or_404(Review, review, course_id=id), HideForm.posted()
    if not form.validate():
        return _every(course, form, at=review)
    reviewing.hide(row, form.hidden_because.data or "")
    return redirect(url_for(".every", id=id), 303)


@reviewed_pages.post("/<uuid:id>/reviews/<uuid:review>/show", policy=TEACH)
def unhide(id: UUID, review: UUID) -> Response:
    """Put them there again."""
    course_of(id)
    reviewing.show(get_or_404(Review, review, course_id=id))
    return redirect(url_for(".every", id=id), 303)
