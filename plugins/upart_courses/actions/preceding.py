# SPDX-License-Identifier: MIT
"""What comes before a course: the courses that have to be finished first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from upart.plugin import Person, session
from upart_courses.actions.writing import changed, lock
from upart_courses.models import Course, CourseState, Enrolment

MOST = 20
"""Courses that may come before one."""


class Circle(Exception):
    """A course would come before itself; the arguments are the titles on the way, from it to it."""


def set_prerequisites(course: Course, ids: Iterable[UUID]) -> None:
    """Say which courses have to be finished before this one; those that are not here are left out. Raises Circle.

    Whoever says so at the same time waits: two halves of a circle cannot both be written.
    """
    lock(course)
    _one_after_the_other()
    known = {row.id: row for row in session.execute(select(Course.id, Course.title, Course.prerequisites))}
    wanted = [id for id in dict.fromkeys(ids) if id in known][:MOST]
    graph = {id: _ids(row.prerequisites) for id, row in known.items()} | {course.id: wanted}
    if way := _way_back(course.id, graph):
        raise Circle(*(known[id].title for id in way))
    course.prerequisites = [str(id) for id in wanted]
    changed(course)


def _one_after_the_other() -> None:
    """Lock the first course of the academy. Who holds it waits for nobody else."""
    while (first := session.scalar(select(Course.id).order_by(Course.id).limit(1))) is not None:
        if session.scalar(select(Course.id).where(Course.id == first).with_for_update()) is not None:
            return


def _way_back(start: UUID, graph: Mapping[UUID, Sequence[UUID]]) -> list[UUID]:
    """How one comes from a course to itself, or nothing."""
    came: dict[UUID, UUID] = {}
    waiting = [start]
    while waiting:
        at = waiting.pop()
        for following in graph.get(at, ()):
            if following == start:
                way = [start, at]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if following not in came:
                came[following] = at
                waiting.append(following)
    return []


def before(course: Course | Row[Any], learner: Person | None) -> list[Row[Any]]:
    """The courses that come before one and can be taken, each with `done`: has this learner finished it?"""
    ids = _ids(course.prerequisites)
    if not ids:
        return []
    mine = select(Enrolment.course_id).where(Enrolment.learner_id == (learner.id if learner else None), Enrolment.completed_at.is_not(None))
    found = select(Course.id, Course.slug, Course.title, Course.id.in_(mine).label("done")).where(Course.id.in_(ids), Course.state == CourseState.PUBLISHED)
    taken: Any = session.execute(found)
    rows: dict[UUID, Row[Any]] = {row.id: row for row in taken}
    return [rows[id] for id in ids if id in rows]


def missing_before(learner: Person, course: Course | Row[Any]) -> list[Row[Any]]:
    """The courses that a learner has to finish first."""
    return [one for one in before(course, learner) if not one.done]


def _ids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:  # not of ours: it stops nobody
            continue
    return found
