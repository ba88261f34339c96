# SPDX-License-Identifier: MIT
"""Reviews of courses for programs: what everybody reads, without names; writing one's own, and hiding words."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from upart.plugin import Body, Include, NotHere, Resource, allow, context, get_or_404, may
from upart_courses import public, visible
from upart_courses.actions import reviewing
from upart_courses.api.access import Why, writable
from upart_courses.forms.courses import tidy
from upart_courses.models import Course, Review


class ReviewIn(Body):
    """What the acting person thinks of a course in which they are."""

    course_id: UUID
    stars: Annotated[int, Meta(ge=1, le=5)]
    text: Annotated[str, Meta(max_length=2000, description="Everybody who sees the course can read it.")] = ""


class HideIn(Body):
    """Why the words of a review are hidden. Their author reads it."""

    reason: Why


reviews = Resource(
    "reviews", Review, scope="courses:reviews", writes=may("courses.learn"),
    sentence="What learners think of courses, without their names. `text` is null where the words are hidden; the stars count on.",
    readable=("id", "course_id", "stars", "text", "written_at"), filters=("id", "course_id"), sorts=("id",), guarded={"text": visible.words},
    includes={"course": Include("courses", by="course_id")}, samples={"hide": {"reason": "It names a neighbour."}},
)  # fmt: skip


@reviews.create(ReviewIn)
def write(body: ReviewIn) -> Review:
    """Review a course, or say it anew. 409 `too_early` for whoever has not done a third of it."""
    course = get_or_404(Course, body.course_id)
    if not public.sees(course, public.learning(course.id)):
        raise NotHere
    return reviewing.review(context.person, course, body.stars, tidy(body.text))


@reviews.delete
def take_back(review: Review) -> None:
    """Delete one's own review."""
    if review.author_id != context.person.id:
        raise NotHere
    reviewing.take_back(review)


@reviews.verb("hide", HideIn)
def hide(review: Review, body: HideIn) -> Review:
    """Take the words off the course's page, for those who write it. Their author is told to read the reason."""
    _writable(review)
    reviewing.hide(review, tidy(body.reason))
    return review


@reviews.verb("show")
def show(review: Review) -> Review:
    """Put the words onto the course's page again."""
    _writable(review)
    reviewing.show(review)
    return review


def _writable(review: Review) -> None:
    allow("courses.teach", writable(review.course_id))


RESOURCES = (reviews,)
