# SPDX-License-Identifier: MIT
"""Row 4: a list of the API of 20 rows, with rules of who sees what and declared fields, for visitors and for a learner."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from upart_courses.models import Course, CourseState, Level
from werkzeug.test import run_wsgi_app

from benchmarks import server
from benchmarks.measuring import Row, bare, cost, counted, environ, portal
from upart import config
from upart.testing import Installation

LIST = "/api/v1/courses?limit=20&fields=id,slug,title,summary,level,field,language,cover,lesson_count,minutes"
BESIDE = "&include=lessons"


def rows(root: Path) -> list[Row]:
    """Measure in process and on a server."""
    none, many = portal(root / "none", cache=False), portal(root / "many", 30, cache=False)
    for made in (none, many):
        _fill(made)
    vic, along = environ("athena.localhost", LIST), environ("athena.localhost", LIST + BESIDE)
    for made in (none, many):
        run_wsgi_app(made.app, dict(vic))
    with counted(none.app) as statements:
        run_wsgi_app(none.app, dict(vic))
    alone, thirty, brought = cost(none.app, [vic], 100), cost(many.app, [vic], 100), cost(none.app, [along], 100)
    return [
        Row(
            4,
            "API, list of 20 of 120 rows, made anew, in process",
            f"{alone / bare():.1f} x hello in process, {sum(one.startswith('SELECT') for one in statements)} statement",
            "1 statement",
        ),
        Row(4, "the same with 30 plugins", f"{thirty / alone:.2f} x", "<= 1.05 x"),
        Row(4, "the same, with what comes along", f"{brought / alone:.2f} x", ""),
        *_on_a_server(root),
    ]


def _on_a_server(root: Path) -> list[Row]:
    _fill(portal(root / "config"))
    (root / "config" / config.TOML).touch()
    with server.serving("benchmarks.measuring:hello", root) as (port, pid):
        hello = server.speed(port, pid, "localhost", "/")
    instance = {"UPART_INSTANCE": str(root / "config")}
    with server.serving("upart.app:create_app", root, instance) as (port, pid):
        kept = server.speed(port, pid, "athena.localhost", LIST)
    with server.serving("upart.app:create_app", root, {**instance, "UPART_PAGE_CACHE_BYTES": "0"}) as (port, pid):
        made = server.speed(port, pid, "athena.localhost", LIST)
    return [
        Row(4, "API, list of 20 of 120 rows, on granian", f"{kept.cpu / hello.cpu:.2f} x hello's CPU, {kept.rate:.0f}/s", "<= 2 x"),
        Row(4, "the same, made anew each time", f"{made.cpu / hello.cpu:.2f} x hello's CPU, {made.rate:.0f}/s", ""),
    ]


def _fill(made: Installation) -> None:
    """100 courses more at athena, of which every fifth is a draft that visitors do not see."""
    with made.writing("athena") as session:
        like = session.scalars(select(Course)).first()
        assert like is not None
        texts = {name: getattr(like, name) for name in ("summary", "lead", "description", "field", "language", "cover", "outcomes")}
        for number in range(100):
            state = CourseState.DRAFT if number % 5 == 0 else CourseState.PUBLISHED
            session.add(Course(slug=f"more-{number}", title=f"Course {number}", level=Level.BEGINNER, state=state, position=number + 10, **texts))
