# SPDX-License-Identifier: MIT
"""Whatever comes between, an erasure is finished by the next worker, exactly once, and never says that it is done before."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from erasing import answer_of, ask, erase, given_to, held, invoice_of, numbers, outcome, text, who
from people import sign_in, work
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.accounts.models import Person
from upart.db import engine
from upart.hooks.records import ExternalStore
from upart.jobs.models import Job
from upart.mail import transports
from upart.mail.actions import send
from upart.mail.models import MailMessage
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.models import RightsRequest
from upart.testing.contract.traces import files
from upart.testing.faults import killed_at

LATER = timedelta(hours=2)
"""Beyond every back-off, and every lease."""


def leave_things(school) -> None:
    """What Lena has left behind when she goes."""
    answer_of(school, "Lena", reviewer="Theo")
    invoice_of(school, "Lena", clock.now())
    with school.app.test_request_context(), school.writing("athena") as session:
        send(who(session, "Lena"), Purpose.LEARN, subject="Well done, Lena", text="Go on.")
    sign_in(school, "lena", remember=True)


def test_two_tabs_and_a_second_time_make_one_request(school):
    leave_things(school)
    with school.reading("athena") as session:
        lena = who(session, "Lena").id

    def tab(_: int):
        with school.app.test_request_context(), school.writing("athena") as session:
            return ask_to_erase(session.get(Person, {"academy_id": school.academy("athena").id, "id": lena})).id

    with ThreadPoolExecutor(2) as tabs:
        first, second = tabs.map(tab, range(2))
    assert first == second == tab(0)
    work(school)
    with school.reading("athena") as session:
        assert [row.id for row in session.scalars(select(RightsRequest))] == [first]
    before = held(school)
    work(school)
    assert held(school) == before


def test_her_other_browsers_are_out_at_once(school):
    here, there = sign_in(school, "lena"), sign_in(school, "lena", remember=True)
    ask(school)
    assert here.get("/account/").status_code == there.get("/account/").status_code == 303
    there.forget("upart_session")
    assert there.get("/account/").status_code == 303


def test_a_job_of_hers_that_runs_is_waited_for(school, monkeypatch):
    """The mail that is going out right now is written before the erasure looks for what was written."""
    leave_things(school)
    begun, go_on = threading.Event(), threading.Event()
    deliver = transports.deliver

    def slowly(*values):
        begun.set()
        assert go_on.wait(30)
        deliver(*values)

    monkeypatch.setattr(transports, "deliver", slowly)
    slow = threading.Thread(target=work, args=(school,))
    slow.start()
    assert begun.wait(30)
    request = ask(school)
    work(school)
    assert outcome(school, request)["state"] == "running"
    assert outcome(school, request)["open"]
    go_on.set()
    slow.join()
    assert list((school.state.config.instance / "mail").glob("*.eml"))
    with clock.shifted(LATER):
        work(school)
    assert outcome(school, request)["state"] == "done"
    assert not list((school.state.config.instance / "mail").glob("*.eml"))


@pytest.fixture
def away(school):
    """A store of the choir cannot be reached, until it is back (`away.set()`), however often it is tried."""
    back = threading.Event()

    def erase(subject) -> None:
        if not back.is_set():
            raise ConnectionError("no answer")

    store = ExternalStore(name="choir", recipient="Choir Ltd", access=lambda subject: None, erase=erase)
    school.state.plugins.get("quizbank").stores.append(store)
    yield back
    school.state.plugins.get("quizbank").stores.remove(store)


def test_a_store_that_fails_leaves_it_partially_done_until_a_retry(school, away):
    leave_things(school)
    given_to(school, "Lena", "Choir Ltd")
    request = ask(school)
    work(school)
    said = outcome(school, request)
    assert said["state"] == "partially_done"
    assert (said["open"][0]["holder"], said["open"][0]["problem"]) == ("store:choir", "ConnectionError")
    assert "Because it rises." not in text(school)
    for state in ("partially_done", "done"):
        if state == "done":
            away.set()
        with clock.shifted(LATER):
            work(school)
        with school.everywhere() as session:
            session.execute(update(Job).where(Job.task == "rights.erase").values(run_at=clock.now()).execution_options(synchronize_session=False))
        assert outcome(school, request)["state"] == state


def test_what_others_write_about_her_meanwhile_goes_as_declared(school, away):
    """Between two tries Theo answers her mail: the row of the person is still there, and more comes to hang on it."""
    given_to(school, "Lena", "Choir Ltd")
    request = ask(school)
    work(school)
    with school.writing("athena") as session:
        lena = session.get(RightsRequest, {"academy_id": school.academy("athena").id, "id": request}).person_id
        given = {"person_id": lena, "purpose": "learn", "recipient": "lena@example.org", "recipient_digest": "", "subject_line": "Lena?", "text": ""}
        session.add(MailMessage(**given, dedupe_key=None))
    away.set()
    with clock.shifted(LATER):
        work(school)
    assert outcome(school, request)["state"] == "done"
    assert "Lena?" not in text(school)


def test_a_locked_database_only_delays(school):
    if school.state.config.database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL locks rows, not the database; see two tabs")
    leave_things(school)
    plan = ask(school)
    with school.app.app_context():
        engine().dispose()
        event.listen(engine(), "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout=50"))
        other = sqlite3.connect(engine().url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        work(school)
    other.execute("ROLLBACK")
    with clock.shifted(LATER):
        work(school)
    assert outcome(school, plan)["state"] == "done"
    other.close()


def test_bytes_wait_for_whoever_reads_an_older_state(school):
    """SQLite: a reader holds the log; the erasure says so, and is done when the reader has ended and the bytes are gone."""
    if school.state.config.database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL vacuums; see what it knows of her")
    leave_things(school)
    with school.app.app_context():
        reader = sqlite3.connect(engine().url.database, isolation_level=None)
        event.listen(engine(), "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout=50"))
        engine().dispose()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchone()
    request = ask(school)
    work(school)
    said = outcome(school, request)
    assert (said["state"], [row["holder"] for row in said["open"]], said["open"][0]["problem"]) == ("partially_done", ["bytes", "residual"], "StillRead")
    reader.execute("ROLLBACK")
    reader.close()
    with clock.shifted(LATER):
        work(school)
    assert outcome(school, request)["state"] == "done"
    assert stand(school, "Because it rises.", "Well done, Lena", "+43 1 234") == {}


def stand(school, *words: str) -> dict[str, str]:
    """In which file of the instance each of these still stands."""
    return {word: path.name for path, data in files(school) for word in words if word.encode() in data}


def test_after_an_erasure_she_stands_in_no_file_but_in_the_invoice_that_is_kept(school):
    leave_things(school)
    work(school)
    marks = ("Because it rises.", "Well done, Lena", "+43 1 234", "a telephone made of oak", "lena@example.org", "Lena")
    assert "Lena" in stand(school, *marks) or school.state.config.database_url.startswith("postgresql")
    erase(school, "Lena", with_account=True)
    left = stand(school, *marks)
    assert set(left) <= {"Lena"}, left
    assert text(school).count("Lena") == text(school).count("'name': 'Lena'") == 1


def test_killed_anywhere_it_is_finished_by_the_next_worker(school, caplog):
    """Processes die before or after a commit of theirs, each further on than the one before; then a whole worker comes."""
    caplog.set_level(logging.CRITICAL)
    leave_things(school)
    work(school)
    orion = held(school, "orion")
    request, killed, step = ask(school), 0, 1 if os.environ.get("UPART_DEEP") else 3
    while killed < 6 or step == 1:
        school.close()
        if killed_at(2 + killed * step, lambda: work(school)) is None:
            break
        killed += 1
        assert (outcome(school, request)["state"] == "done") is (outcome(school, request)["open"] == [] and not waits(school))
        with school.everywhere() as session:
            session.execute(update(Job).where(Job.task == "rights.erase").values(lease_until=None, attempts=0).execution_options(synchronize_session=False))
    with clock.shifted(LATER):
        work(school)
    said = outcome(school, request)
    print(f"killed {killed} times")
    assert killed >= 5
    assert said["state"] == "done"
    done = numbers(said["tables"])
    assert (done["quizbank_answer"], done["quizbank_words"], done["quizbank_invoice"], done["person"]) == ((1, 0, 0), (1, 0, 0), (0, 0, 1), (1, 0, 0))
    assert "Because it rises." not in text(school)
    assert held(school, "orion") == orion


def waits(school) -> bool:
    """Is there a job that goes on with an erasure?"""
    with school.reading("athena") as session:
        return session.scalar(select(Job.id).where(Job.task == "rights.erase")) is not None
