# SPDX-License-Identifier: MIT
"""Row 4: a list of the API of 20 rows, with rules of who sees what and declared fields, for visitors and for a learner."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
from sqlalchemy import select
from upart_courses.models import Course, CourseState, Level
from werkzeug.test import run_wsgi_app

from benchmarks import rights, server
from benchmarks.measuring import UNLIMITED, Row, bare, cost, counted, environ, portal
from benchmarks.people import enrol_many
from upart import clock, config
from upart.accounts.models import Person
from upart.keys import fingerprint
from upart.testing import Installation
from upart.tokens.minting import PERSONAL, mint
from upart.tokens.models import ApiToken, TokenKind

LIST = "/api/v1/courses?limit=20&fields=id,slug,title,summary,level,field,language,cover,lesson_count,minutes"
BESIDE = "&include=lessons"


def rows(root: Path) -> list[Row]:
    """Measure in process, on SQLite and PostgreSQL, and on a server."""
    found = _in_process(root / "sqlite", "SQLite", lambda: "")
    with rights.postgresql() as url:
        urls = iter([url, _another(url, "many")])
        found += _in_process(root / "postgresql", "PostgreSQL", lambda: next(urls))
    return [*found, *_on_a_server(root)]


def _in_process(folder: Path, name: str, url: Callable[[], str]) -> list[Row]:
    folder.mkdir()
    none, many = portal(folder / "none", cache=False, database_url=url()), portal(folder / "many", 30, cache=False, database_url=url())
    for made in (none, many):
        _fill(made)
    vic, along, lena = (environ("athena.localhost", path) for path in (LIST, LIST + BESIDE, LIST))
    lena["HTTP_AUTHORIZATION"] = f"Bearer {token_of(none, 'Lena', 'courses:courses:read')}"
    sent = []
    for asked in (vic, lena):
        run_wsgi_app(none.app, dict(asked))
        with counted(none.app) as statements:
            run_wsgi_app(none.app, dict(asked))
        sent.append(sum(one.startswith("SELECT") for one in statements))
    alone, thirty, brought, known = cost(none.app, [vic], 100), cost(many.app, [vic], 100), cost(none.app, [along], 100), cost(none.app, [lena], 100)
    first, last = (cost(none.app, [one], 50) for one in _ends(none))
    goal = "<= 2 x, 1 statement" if name == "SQLite" else "<= 4.5 x, 1 statement"
    found = [
        Row(4, f"API, list of 20 of 120 rows, made anew, in process, {name}", f"{alone / bare():.1f} x hello in process, {sent[0]} statement", goal),
        Row(4, f"the same for the bearer of a token, {name}", f"{known / bare():.1f} x hello in process, {sent[1]} statements", "2 statements"),
        Row(4, f"the same for visitors with 30 plugins, {name}", f"{thirty / alone:.2f} x", "<= 1.05 x"),
        Row(4, f"the same, with what comes along, {name}", f"{brought / alone:.2f} x", ""),
        Row(4, f"page of 20 of 20,000 enrolments, the last beside the first, {name}", f"{last / first:.2f} x", "<= 1.2 x"),
    ]
    for made in (none, many):
        made.close()
    return found


def _another(server: str, name: str) -> str:
    """One more database on the server of this URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return re.sub(r"/[^/?]+\?", f"/{name}?", server)


def token_of(made: Installation, name: str, scope: str) -> str:
    """A token of somebody of the demo."""
    token = mint(PERSONAL)
    with made.writing("athena") as session:
        person = session.scalars(select(Person).where(Person.name == name)).one()
        values = {"person_id": person.id, "kind": TokenKind.PERSONAL, "name": "Measuring", "scopes": [scope], "ends_at": clock.now() + timedelta(days=1)}
        session.add(ApiToken(digest=fingerprint(token, made.academy("athena").id), seen_at=clock.now(), **values))
    return token


def _ends(made: Installation) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ada asks for the first and for the last page of who learns in a course."""
    with made.reading("athena") as session:
        course = session.scalars(select(Course.id)).first()
    enrol_many(made, course, 20_000)
    headers = {"Authorization": f"Bearer {token_of(made, 'Ada', 'courses:enrolments:read')}"}
    browser, path = made.visitor("athena"), "/api/v1/enrolments?limit=100"
    while (answer := browser.get(path, headers=headers)).json["page"]["next"]:
        path = answer.json["page"]["next"]
    first, cursor = "/api/v1/enrolments?limit=20", quote(parse_qs(urlsplit(path).query)["cursor"][0])
    return environ("athena.localhost", first, **headers), environ("athena.localhost", f"{first}&cursor={cursor}", **headers)


def _on_a_server(root: Path) -> list[Row]:
    _fill(portal(root / "config"))
    (root / "config" / config.TOML).touch()
    with server.serving("benchmarks.measuring:hello", root) as (port, pid):
        hello = server.speed(port, pid, "localhost", "/")
    instance = {"UPART_INSTANCE": str(root / "config"), **UNLIMITED}
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
