# SPDX-License-Identifier: MIT
"""What reports count of courses: how many were made, how many people enrolled. Numbers without names; small ones are told together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from upart.plugin import prepared
from upart_courses.models import Course, Enrolment

FEWEST = 5
"""Enrolments that a course needs to have a number of its own: of fewer somebody might tell who they were."""

MADE = prepared(
    select(func.count(Course.id).label("number")).where(Course.created_at >= bindparam("since"), Course.created_at < bindparam("until")), counts=True
)  # fmt: skip
ENROLLED = prepared(
    select(Enrolment.course_id, func.count(Enrolment.id).label("number"))
    .where(Enrolment.enrolled_at >= bindparam("since"), Enrolment.enrolled_at < bindparam("until"))
    .group_by(Enrolment.course_id),
    counts=True,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something happened: all together, and of each course; `others`: those of courses with too few of them to be told apart."""

    total: int
    by_course: Mapping[UUID, int] = field(default_factory=dict)
    others: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is counted: its name, what people read, and the count from one instant to another, the second not among them."""

    key: str
    label: str
    count: Callable[[datetime, datetime], Counted]


def _made(since: datetime, until: datetime) -> Counted:
    row = MADE.first(since=since, until=until)
    return Counted(row.number if row is not None else 0)


def _enrolled(since: datetime, until: datetime) -> Counted:
    found = {row.course_id: row.number for row in ENROLLED(since=since, until=until)}
    told = {id: number for id, number in found.items() if number >= FEWEST}
    return Counted(sum(found.values()), told, sum(found.values()) - sum(told.values()))


CREATED = Measure("courses.created", "Courses created", _made)
ENROLMENTS = Measure("courses.enrolled", "Enrolments", _enrolled)

MEASURES = (CREATED, ENROLMENTS)
"""What reports ask of courses, each by one statement."""
