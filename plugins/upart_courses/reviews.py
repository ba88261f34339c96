# SPDX-License-Identifier: MIT
"""What everybody reads of the reviews of a course: the newest words, and the average once it says something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select

from upart.plugin import prepared
from upart_courses.models import Review

FLOOR = 3
"""Of fewer reviews no average is shown: it would be the opinion of one or two."""

NEWEST = 10
COUNTED = prepared(
    select(func.count(Review.id).label("number"), func.sum(Review.stars).label("stars")).where(Review.course_id == bindparam("course_id")), counts=True
)
WORDS = prepared(
    select(Review.stars, Review.text, Review.written_at)
    .where(Review.course_id == bindparam("course_id"), Review.hidden_at.is_(None), Review.text != "")
    .order_by(Review.written_at.desc(), Review.id.desc())
    .limit(NEWEST)
)


@dataclass(frozen=True, slots=True)
class Reviews:
    """How many reviews a course has, their average (None: too few), and the newest with words that are not hidden; nobody is named."""

    number: int
    average: float | None
    newest: Sequence[Row[Any]]


def reviews_of(course_id: UUID) -> Reviews:
    """The reviews of a course, by one statement where there is none, else by two."""
    counted = COUNTED.first(course_id=course_id)
    number = counted.number if counted is not None else 0
    average = round(int(counted.stars) / number, 1) if counted is not None and number >= FLOOR else None
    return Reviews(number, average, list(WORDS(course_id=course_id)) if number else [])
