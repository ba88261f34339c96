# SPDX-License-Identifier: MIT
"""Rows 5, 8 and 14: a signed-in page, a roster that grows, and enrolments beside readers."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from upart_courses.models import Course, Enrolment

from benchmarks.measuring import IDLE, Row, bare, cost, counted, environ, portal
from upart import clock
from upart.accounts.models import Account, SessionKind, UserSession
from upart.accounts.sessions import FRESH, LONGEST
from upart.cli.demo import PASSWORD
from upart.db import Model, everywhere, uuid7
from upart.keys import fingerprint, new_token
from upart.testing import Client, Installation

COURSE, PAGE = "music-theory-from-zero", "/learn/"
READERS, SECONDS = 20, 5.0


def rows(folder: Path) -> list[Row]:
    """Rows 5, 8 and 14."""
    made, more = portal(folder / "none", cache=False), portal(folder / "thirty", 30, IDLE, cache=False)
    return [*_signed_in(made, more), _roster(made), _enrolments(made)]


def _cookie(made: Installation, name: str) -> str:
    browser = Client(made.app, made.academy("athena").host)
    assert browser.post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD}).status_code == 303
    return f"upart_session={browser.cookie('upart_session')}"


def _signed_in(made: Installation, more: Installation) -> list[Row]:
    """Row 5: session, person, permissions, and what Lena learns."""
    found = []
    for installation, words in ((made, "signed-in page"), (more, "the same, 30 more plugins")):
        page = environ("athena.localhost", PAGE, Cookie=_cookie(installation, "lena"))
        each = cost(installation.app, [page], 100)
        with counted(installation.app) as statements:
            cost(installation.app, [page], 1)
        found.append(Row(5, words, f"{each / bare():.1f} x hello, {len(statements) // 9} statements", "<= 4 x, <= 6 statements"))
    return found


def _roster(made: Installation) -> Row:
    """Row 8: the roster's first page with 1,000 and with 20,000 learners."""
    with made.reading("athena") as session:
        course = session.scalars(select(Course.id).where(Course.slug == COURSE)).one()
    page = environ("athena.localhost", f"/teach/courses/{course}/learners", Cookie=_cookie(made, "theo"))
    costs, numbers = [], []
    for many in (1_000, 19_000):
        enrol_many(made, course, many)
        costs.append(cost(made.app, [page], 30))
        with counted(made.app) as statements:
            cost(made.app, [page], 1)
        numbers.append(len(statements) // 9)
    return Row(8, "roster, 1,000 to 20,000 learners", f"{costs[1] / costs[0]:.2f} x, {numbers[0]} and {numbers[1]} statements", "<= 1.2 x, equal")


def enrol_many(made: Installation, course: Any, many: int) -> None:
    """So many people more at athena, who learn in a course."""
    academy, now = made.academy("athena").id, clock.now()
    people = [{"academy_id": academy, "id": uuid7(), "name": f"Learner {n}", "email": None, "roles": ["learner"]} for n in range(many)]
    with made.app.app_context(), everywhere("fill a roster to measure", write=True) as session:
        common = {"zone": "UTC", "language": "en", "created_at": now}
        session.connection().execute(insert(Model.metadata.tables["person"]), [{**person, **common} for person in people])
        places = [
            {"academy_id": academy, "id": uuid7(), "learner_id": person["id"], "course_id": course, "enrolled_at": now, "last_activity_at": now}
            for person in people
        ]
        session.connection().execute(insert(Enrolment.__table__), places)


def _cookies(made: Installation, many: int) -> list[str]:
    """Cookies of that many people who have signed in."""
    academy, now = made.academy("athena").id, clock.now()
    accounts, people, sessions, tokens = [], [], [], []
    with made.app.app_context(), everywhere("let many people sign in, to measure", write=True) as session:
        for n in range(many):
            account, person, token = uuid7(), uuid7(), new_token()
            address = f"learner{n}@example.org"
            accounts.append({"id": account, "email": address, "password_hash": "none", "totp_on": False, "totp_step": 0, "created_at": now})
            known = {"academy_id": academy, "id": person, "account_id": account, "name": f"Learner {n}", "email": address, "roles": ["learner"]}
            people.append({**known, "zone": "UTC", "language": "en", "created_at": now})
            times = {"seen_at": now, "created_at": now, "ends_at": now + LONGEST, "fresh_until": now + FRESH}
            of = {"academy_id": academy, "id": uuid7(), "person_id": person, "kind": SessionKind.SESSION, "family": uuid7(), "device": "Firefox on Linux"}
            sessions.append({**of, **times, "digest": fingerprint(token, academy)})
            tokens.append(token)
        for table, values in ((Account, accounts), (Model.metadata.tables["person"], people), (UserSession, sessions)):
            session.connection().execute(insert(getattr(table, "__table__", table)), values)
    return tokens


def _enrolments(made: Installation) -> Row:
    """Row 14: enrol, with event and welcome mail in the same transaction, one after the other beside readers of cached and drawn pages."""
    cookies = _cookies(made, 4000)
    stop, took = threading.Event(), list[float]()
    reading = [threading.Thread(target=_read, args=(made, stop), daemon=True) for _ in range(READERS)]
    for thread in reading:
        thread.start()
    begin = time.perf_counter()
    for cookie in cookies:
        asked = time.perf_counter()
        browser = Client(made.app, made.academy("athena").host)
        browser.keep("upart_session", cookie)
        assert browser.post("/courses/your-first-sourdough/enrol").status_code == 303
        took.append(time.perf_counter() - asked)
        if time.perf_counter() - begin > SECONDS:
            break
    stop.set()
    for thread in reading:
        thread.join()
    rate, slow = len(took) / sum(took), sorted(took)[int(len(took) * 0.99)]
    return Row(14, f"enrol + outbox row, {READERS} readers beside, in process", f"{rate:.0f} requests/s, p99 {slow * 1000:.0f} ms", ">= 500/s, <= 50 ms")


def _read(made: Installation, stop: threading.Event) -> None:
    browser = Client(made.app, made.academy("athena").host)
    while not stop.wait(0.1):
        browser.get("/courses/")
