# SPDX-License-Identifier: MIT
"""What everybody reads of the reviews of a course: the newest words, and the average once it says something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Row, bindparam, func, select

from upart.plugin import context, prepared
from upart_courses.models import Review

FLOOR = 3
"""Of fewer reviews no average is shown: it would be the opinion of one or two."""

NEWEST = 10
KEPT, ACADEMIES = "upart_courses.reviews", 1000
"""Under which name an application keeps numbers, and of how many academies."""

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
    """The reviews of a course; how many there are, and their stars, are counted once and kept until a visitor could see something new."""
    number, stars = _counted(course_id)
    average = round(stars / number, 1) if number >= FLOOR else None
    return Reviews(number, average, list(WORDS(course_id=course_id)) if number else [])


def _counted(course_id: UUID) -> tuple[int, int]:
    """Number and stars, as of one epoch of the academy: whatever changes a review raises it, erasure too."""
    academy, kept = context.academy, current_app.extensions.setdefault(KEPT, {})
    epoch, known = kept.get(academy.id, (-1, {}))
    if epoch != academy.epoch:
        if len(kept) >= ACADEMIES:
            kept.clear()
        _, known = kept[academy.id] = academy.epoch, {}
    if course_id not in known:
        row = COUNTED.first(course_id=course_id)
        known[course_id] = (row.number, int(row.stars or 0)) if row is not None else (0, 0)
    found: tuple[int, int] = known[course_id]
    return found
