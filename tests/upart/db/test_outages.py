# SPDX-License-Identifier: MIT
"""The database is locked, read-only or full: pages open, forms say what to do, and nothing is half done."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from people import sign_in
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from upart import clock
from upart.academies.models import AcademySetting
from upart.db import bare, engine, uuid7, writing

PROFILE = {"name": "Lena Leaf", "zone": "Europe/Vienna"}
LATER = timedelta(minutes=5)
"""So much later a page wants to note that the session is in use."""


@pytest.fixture
def lena(portal):
    return sign_in(portal, "lena")


@contextmanager
def locked(installation):
    """Another program writes and does not end."""
    url = installation.state.directory.url
    if url.get_backend_name() == "sqlite":
        other = sqlite3.connect(url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        other.execute("LOCK TABLE academy_setting IN EXCLUSIVE MODE")
    yield
    other.close()


@contextmanager
def connecting(portal, connect):
    """Every connection is made by `connect`, and closed again."""
    with portal.app.app_context():
        event.listen(engine(), "do_connect", connect)
        engine().dispose()
        yield
        event.remove(engine(), "do_connect", connect)
        engine().dispose()


def reads(browser) -> None:
    """The page opens at once, though it cannot note that."""
    begin = time.monotonic()
    with clock.shifted(LATER):
        assert browser.get("/account/").status_code == 200
        assert browser.get("/courses/").status_code == 200
    assert time.monotonic() - begin < 2


def test_while_another_program_writes_pages_open_and_forms_ask_to_come_back(portal, lena):
    with locked(portal):
        reads(lena)
        answer = lena.post("/account/profile", data=PROFILE)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "60"
        assert "Nothing of yours was changed" in answer.text
    assert lena.post("/account/profile", data=PROFILE).status_code == 303


def test_a_database_that_can_only_be_read(portal, lena):
    path = portal.state.directory.url.database
    with connecting(portal, lambda dialect, record, args, options: sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)):
        reads(lena)
        answer = lena.post("/account/profile", data=PROFILE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "can only be read" in answer.text
    assert lena.post("/account/profile", data=PROFILE).status_code == 303


def test_a_full_disk(portal, lena):
    pages = sqlite3.connect(portal.state.directory.url.database).execute("PRAGMA page_count").fetchone()[0]

    def small(dialect, record, args, options):
        made = dialect.dbapi.connect(*args, **options)
        made.execute(f"PRAGMA max_page_count={pages}")
        return made

    def sign_up(n: int):
        form = {"name": "N" * 100, "email": f"n{n}@example.org", "password": "a long enough sentence"}
        return portal.visitor("athena").post("/sign-up", data=form, environ_base={"REMOTE_ADDR": f"10.{n}.1.1"})

    with connecting(portal, small):
        answer = next(answer for n in range(60) if (answer := sign_up(n)).status_code != 303)
        assert answer.status_code == 507
        assert "reading works" in answer.text
        reads(lena)
    assert sign_up(61).status_code == 303


@pytest.fixture
def athena(installation):
    with installation.app.app_context():
        yield installation.academy("athena")


def test_a_writer_waits_as_long_as_its_door_says(installation, athena):
    with locked(installation), pytest.raises(OperationalError, match="lock"), writing(athena, patience=0.1) as session:
        session.add(AcademySetting(key="lead", value="too early"))
        session.flush()
    with writing(athena, patience=0.1) as session:
        session.add(AcademySetting(key="lead", value="now"))


def test_a_commit_that_fails_lets_the_next_writer_in(portal):
    with portal.app.app_context():
        with pytest.raises(IntegrityError), bare("break a rule at the very end", write=True) as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            connection.execute(AcademySetting.__table__.insert(), {"academy_id": uuid7(), "id": uuid7(), "key": "lead", "value": "of nobody"})
        with writing(portal.academy("athena"), patience=0.1) as session:
            session.add(AcademySetting(key="later", value="now"))


def test_writers_of_one_process_queue_up_and_an_error_lets_the_next_one_in(installation, athena):
    waited: list[float] = []

    def write(n: int) -> None:
        with installation.app.app_context():
            begin = time.monotonic()
            try:
                with writing(athena) as session:
                    session.add(AcademySetting(key=f"k{n}", value="x"))
                    session.flush()
                    waited.append(time.monotonic() - begin)
                    assert n % 3, "every third one fails"
            except AssertionError:
                return

    threads = [threading.Thread(target=write, args=(n,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with installation.reading("athena") as session:
        assert session.query(AcademySetting).filter(AcademySetting.key.like("k%")).count() == 40
    assert len(waited) == 60
