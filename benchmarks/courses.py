# SPDX-License-Identifier: MIT
"""Rows 25 to 30: lists and pages of courses with 10, 1,000 and 20,000 learners, and of an academy with 100 and 1,000 courses."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import closing
from json import dumps
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select, text
from upart_courses.models import Cohort, Course, Enrolment

from benchmarks import crowds, interface, rights
from benchmarks.measuring import Row, bare, cost, counted, environ, portal
from benchmarks.people import COURSE
from upart.cli import migrating
from upart.cli.demo import PASSWORD
from upart.db import everywhere
from upart.testing import Client, Installation

LEARNERS, COURSES = (10, 1_000, 20_000), (100, 1_000)
"""How many there are at each step. The last two are compared: the pages before them have fewer lines."""

GOAL = "last step <= 1.2 x, equal"


class Page(NamedTuple):
    """A page to measure: its row, what it is, who opens it, its address; `token`: the right by which a program asks for it."""

    row: int
    words: str
    who: str
    path: str
    token: str = ""


OF_LEARNERS = (
    Page(25, "roster, first page", "theo", "/teach/courses/{id}/learners"),
    Page(25, "roster, a page in the middle", "theo", "/teach/courses/{id}/learners?after={middle}"),
    Page(25, "roster, the last page", "theo", "/teach/courses/{id}/learners?after={last}"),
    Page(25, "roster, a name that many have", "theo", "/teach/courses/{id}/learners?q=learner"),
    Page(25, "roster, a name that one has", "theo", "/teach/courses/{id}/learners?q=lena"),
    Page(25, "roster of a group", "theo", "/teach/courses/{id}/learners?group={group}"),
    Page(26, "list of courses with their learners", "theo", "/teach/courses/"),
    Page(26, "one's own courses", "lena", "/learn/"),
    Page(26, "catalogue", "lena", "/courses/"),
    Page(27, "course page for a learner", "lena", f"/courses/{COURSE}"),
    Page(27, "course page for its teacher", "theo", f"/courses/{COURSE}"),
    Page(27, "outline for its teacher", "theo", "/teach/courses/{id}"),
    Page(28, "gradebook", "theo", "/teach/courses/{id}/grades"),
    Page(28, "what waits for a grade", "theo", "/teach/courses/{id}/grades/waiting"),
    Page(28, "groups", "theo", "/teach/courses/{id}/cohorts"),
    Page(28, "certificates", "theo", "/teach/courses/{id}/certificates"),
    Page(28, "reviews", "theo", "/teach/courses/{id}/reviews"),
    Page(29, "API, courses", "theo", "/api/v1/courses?limit=20", "courses:courses:read"),
    Page(29, "API, lessons of a course", "lena", "/api/v1/lessons?filter[course_id]={id}&limit=20", "courses:courses:read"),
    Page(29, "API, enrolments of a course", "theo", "/api/v1/enrolments?filter[course_id]={id}&limit=10", "courses:enrolments:read"),
)
OF_COURSES = (
    Page(30, "list of courses with their learners", "theo", "/teach/courses/"),
    Page(30, "one's own courses", "lena", "/learn/"),
    Page(30, "catalogue", "lena", "/courses/"),
    Page(30, "course page for a learner", "lena", f"/courses/{COURSE}"),
    Page(30, "API, courses", "theo", "/api/v1/courses?limit=20", "courses:courses:read"),
    Page(30, "API, enrolments of a learner", "lena", "/api/v1/enrolments?limit=10", "courses:enrolments:read"),
)


def rows(folder: Path) -> list[Row]:
    """Rows 25 to 30, on SQLite and on PostgreSQL with the time of its server."""
    found = _measured(folder / "sqlite", "SQLite", "")
    with rights.postgresql() as url:
        return [*found, *_measured(folder / "postgresql", "PostgreSQL", url)]


def _measured(folder: Path, name: str, url: str) -> list[Row]:
    made = portal(folder, cache=False, database_url=url)
    crowds.tasks(made)
    spent = _with_the_server(made) if url else time.process_time
    found = _steps(made, name, OF_LEARNERS, LEARNERS, crowds.fill, spent) + _steps(made, name, OF_COURSES, COURSES, crowds.courses, spent)
    made.close()
    return found


def _with_the_server(made: Installation) -> Callable[[], float]:
    """Processor seconds of this process and of all that PostgreSQL has at work for it (Linux: /proc/PID/schedstat, nanoseconds)."""
    with made.app.app_context(), everywhere("which processes work for us?") as opened:
        server = [Path(f"/proc/{pid}/schedstat") for pid in opened.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))]
    return lambda: time.process_time() + sum(int(one.read_text().split()[0]) for one in server if one.exists()) / 1e9


def _steps(made: Installation, name: str, pages: Sequence[Page], steps: Sequence[int], fill: Any, spent: Callable[[], float]) -> list[Row]:
    """Fill, and measure each page, at each step."""
    costs: dict[Page, list[float]] = {page: [] for page in pages}
    numbers: dict[Page, list[int]] = {page: [] for page in pages}
    for many in steps:
        fill(made, many)
        _settled(made)
        values = _values(made)
        for page in pages:
            one = _request(made, page, values)
            numbers[page].append(_statements(made, one))
            costs[page].append(cost(made.app, [one], 6, spent))
    return [Row(page.row, f"{page.words}, {name}", _said(costs[page], numbers[page]), GOAL) for page in pages]


def _said(costs: list[float], numbers: list[int]) -> str:
    """How often hello each step takes, how the last is to the one before, how many statements each sends."""
    each = ", ".join(f"{one / bare():.0f}" for one in costs)
    return f"{each} x hello: {costs[-1] / costs[-2]:.2f} x; {', '.join(map(str, numbers))} statements"


def _settled(made: Installation) -> None:
    """Let PostgreSQL know how much there is, as its housekeeping would."""
    with migrating.owner_engine(made.state) as owner:
        if owner.dialect.name == "postgresql":
            with closing(owner.raw_connection()) as opened:
                driver: Any = opened.driver_connection
                driver.execute("VACUUM ANALYZE")


def _values(made: Installation) -> dict[str, str]:
    """What addresses of pages are filled with."""
    with made.reading("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == COURSE)).one()
        group = session.scalars(select(Cohort.id).where(Cohort.course_id == course)).one()
        found = select(Enrolment).where(Enrolment.course_id == course).order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
        places = session.scalars(found).all()
        return {"id": str(course), "group": str(group), "middle": _key(places[len(places) // 2]), "last": _key(places[-min(51, len(places))])}


def _key(place: Enrolment) -> str:
    return urlsafe_b64encode(dumps([place.enrolled_at.isoformat(), str(place.id)]).encode()).decode()


def _request(made: Installation, page: Page, values: dict[str, str]) -> dict[str, Any]:
    if page.token:
        who = {"Authorization": f"Bearer {interface.token_of(made, page.who.title(), page.token)}"}
    else:
        browser = Client(made.app, made.academy("athena").host)
        assert browser.post("/sign-in", data={"email": f"{page.who}@example.org", "password": PASSWORD}).status_code == 303
        who = {"Cookie": f"upart_session={browser.cookie('upart_session')}"}
    return environ("athena.localhost", page.path.format(**values), **who)


def _statements(made: Installation, one: dict[str, Any]) -> int:
    cost(made.app, [one], 1)
    with counted(made.app) as seen:
        cost(made.app, [one], 1)
    return len(seen) // 9
