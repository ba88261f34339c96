"""Rows 25 to 27: a course with 10, 1,000 and 20,000 learners, who have all done something: its roster, the lists of courses, its outline."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from upart_courses.models import Course, Enrolment, Lesson, LessonEvent, LessonEventKind

from benchmarks.measuring import Row, bare, cost, counted, environ, portal
from benchmarks.people import COURSE, enrol_many
from upart import clock
from upart.cli.demo import PASSWORD
from upart.db import everywhere, uuid7
from upart.testing import Client, Installation

STEPS = (10, 1_000, 20_000)
DONE = 5
"""Lessons that each learner has done."""

PAGES = (  # row, words, who opens it, the page
    (25, "roster, first page", "theo", "/teach/courses/{id}/learners"),
    (25, "roster, a page in the middle", "theo", "/teach/courses/{id}/learners?after={middle}"),
    (26, "list of courses with their learners", "theo", "/teach/courses/"),
    (26, "one's own courses", "lena", "/learn/"),
    (27, "outline for a learner", "lena", f"/courses/{COURSE}"),
    (27, "outline for its teacher", "theo", "/teach/courses/{id}"),
)


def rows(folder: Path) -> list[Row]:
    """Rows 25 to 27."""
    made = portal(folder / "school", cache=False)
    costs: dict[str, list[float]] = {}
    numbers: dict[str, list[int]] = {}
    for many in STEPS:
        fill(made, many)
        for _row, words, who, page in pages(made):
            one = environ("athena.localhost", page, Cookie=signed_in(made, who))
            costs.setdefault(words, []).append(cost(made.app, [one], 10))
            numbers.setdefault(words, []).append(statements(made, one))
    return [Row(row, words, _said(costs[words], numbers[words]), "<= 1.2 x, equal") for row, words, _who, _page in PAGES]


def _said(costs: list[float], numbers: list[int]) -> str:
    ratios = ", ".join(f"{one / costs[0]:.2f}" for one in costs[1:])
    return f"{costs[0] / bare():.0f} x hello, then {ratios} x; {', '.join(map(str, numbers))} statements"


def fill(made: Installation, many: int) -> None:
    """Let so many people learn in the course, each of whom has done some lessons."""
    with made.reading("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == COURSE)).one()
        before = set(session.scalars(select(Enrolment.id).where(Enrolment.course_id == course)))
        lessons = session.scalars(select(Lesson.id).where(Lesson.course_id == course).order_by(Lesson.position).limit(DONE)).all()
    enrol_many(made, course, many - len(before))
    academy, at = made.academy("athena").id, clock.now()
    with made.app.app_context(), everywhere("let learners do lessons, to measure", write=True) as session:
        new = [id for id in session.scalars(select(Enrolment.id).where(Enrolment.course_id == course)) if id not in before]
        session.connection().execute(insert(LessonEvent.__table__), [_event(academy, id, lesson, at) for id in new for lesson in lessons])


def _event(academy: UUID, enrolment: UUID, lesson: UUID, at: Any) -> dict[str, Any]:
    return {"academy_id": academy, "id": uuid7(), "enrolment_id": enrolment, "lesson_id": lesson, "kind": LessonEventKind.COMPLETED, "at": at}


def pages(made: Installation) -> Iterator[tuple[int, str, str, str]]:
    """The pages with the ids of this installation."""
    with made.reading("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == COURSE)).one()
        places = session.scalars(select(Enrolment).where(Enrolment.course_id == course).order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())).all()
        middle = places[len(places) // 2]
        key = urlsafe_b64encode(json.dumps([middle.enrolled_at.isoformat(), str(middle.id)]).encode()).decode()
    for row, words, who, page in PAGES:
        yield row, words, who, page.format(id=course, middle=key)


def signed_in(made: Installation, name: str) -> str:
    """The cookie of somebody who has signed in."""
    browser = Client(made.app, made.academy("athena").host)
    assert browser.post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD}).status_code == 303
    return f"upart_session={browser.cookie('upart_session')}"


def statements(made: Installation, one: dict[str, Any]) -> int:
    """How many statements a page sends."""
    cost(made.app, [one], 1)
    with counted(made.app) as seen:
        cost(made.app, [one], 1)
    return len(seen) // 9
