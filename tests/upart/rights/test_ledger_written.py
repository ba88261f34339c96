# SPDX-License-Identifier: MIT
"""Nothing is done that is not safe in the ledger: with its disk full, killed anywhere, by several threads and processes."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest
from erasing import ask, outcome, text, who
from people import sign_in, work
from restoring import again, backup, kinds, ledger
from sqlalchemy import event, select

from upart import clock
from upart.accounts.models import Person
from upart.db import engine
from upart.errors import Problem
from upart.jobs.models import Job
from upart.rights.actions.catching_up import catch_up, replay
from upart.rights.actions.restraining import ask_to_restrict
from upart.rights.ledger.models import LedgerPosition
from upart.rights.models import RequestState, RightsRequest
from upart.rights.receipts.canonical import canonical
from upart.rights.receipts.models import RightsProof
from upart.rights.receipts.signing import published
from upart.rights.receipts.verifying import keys_in, verify
from upart.rights.restricting.actions import restrictions_of
from upart.rights.restricting.models import Ground, Restriction
from upart.testing.faults import killed_at

DEEP = bool(os.environ.get("UPART_DEEP"))

PARTS = 8 if DEEP else 1
"""Tests that share all boundaries, so that each has few people to look through."""


def restrict(made, name="Lena"):
    """Somebody has their data restricted."""
    with made.app.test_request_context(), made.writing("athena") as session:
        ask_to_restrict(who(session, name), Ground.ACCURACY, goes_on=True)


@contextmanager
def full(disk):
    """The ledger's disk is full."""
    stuffing = disk / "stuffing"
    with stuffing.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    yield
    stuffing.unlink()


@pytest.fixture
def apart(portal, small_disk):
    """The demo, with its ledger on a small disk of its own."""
    made = again(portal, ledger_url=(small_disk / "ledger").as_uri())
    yield made
    made.close()


def test_while_the_ledger_cannot_be_written_an_erasure_waits_and_says_so(apart, small_disk):
    lena = sign_in(apart, "lena")
    with full(small_disk):
        page = lena.post("/privacy/mine/erase", data={"sure": "y", "now": "y"})
        assert "as soon as it can be noted safely" in lena.get(page.headers["Location"]).text
        with clock.shifted(timedelta(minutes=5)):
            work(apart)
        with apart.reading("athena") as session:
            row = session.scalars(select(RightsRequest)).one()
            assert (row.state, who(session, "Lena").email) == (RequestState.PLANNED, "lena@example.org")
            assert "The ledger cannot be written." in session.scalars(select(Job.problem)).all()
    with clock.shifted(timedelta(minutes=9)):
        work(apart)
    assert outcome(apart, row.id)["state"] == "done"
    assert kinds(apart) == ["erasure", "done"]


def test_the_72_hours_wait_for_the_ledger_too(apart, small_disk):
    lena = sign_in(apart, "lena")
    with full(small_disk):
        page = lena.post("/privacy/mine/erase", data={"sure": "y"}).headers["Location"]
        assert "It has not begun yet" in lena.get(page).text
    with clock.shifted(timedelta(minutes=5)):
        work(apart)
    assert "It begins on" in lena.get(page).text
    assert kinds(apart) == ["erasure"]


def test_what_cannot_be_noted_is_not_done(apart, small_disk):
    lena, form = sign_in(apart, "lena"), {"ground": "accuracy", "goes_on": "y"}
    with full(small_disk):
        answer = lena.post("/privacy/mine/restrict", data=form)
        assert answer.status_code == 503
        assert "nothing was changed" in answer.text
        with apart.reading("athena") as session:
            assert restrictions_of(who(session, "Lena")) == []
    assert lena.post("/privacy/mine/restrict", data=form).status_code == 303
    assert kinds(apart) == ["restriction"]


def test_a_door_that_cannot_commit_leaves_a_line_that_counts_for_nothing(portal):
    def fail(connection):
        raise OSError("the power is gone")

    with portal.app.app_context():
        event.listen(engine(), "commit", fail)
        with pytest.raises(OSError, match="power"):
            restrict(portal)
        event.remove(engine(), "commit", fail)
    assert kinds(portal) == ["restriction", "void"]
    assert catch_up(again(portal).app) == 0
    restrict(portal)
    assert kinds(portal) == ["restriction", "void", "restriction"]


def test_what_says_no_leaves_no_line(portal):
    with pytest.raises(Problem):
        ask(portal, "Pia", "platform")
    assert kinds(portal) == []


@pytest.mark.parametrize("first", range(1, PARTS + 1))
def test_killed_anywhere_an_erasure_is_finished_by_the_next_start_and_the_ledger_agrees(school, first):
    """One guest for each boundary, from the door that begins it to the end of the worker's last job; in short runs a few of them."""
    killed: list[str] = []
    for number in range(first, 500, PARTS) if DEEP else (2, 3, *range(4, 500, 70)):
        name = f"Guest {number}"
        with school.writing("athena") as session:
            session.add(Person(name=name, email=f"guest{number}@example.org"))
        school.close()
        where = killed_at(number, partial(erase_unless_killed, school, name))
        if where is None:
            break
        killed.append(where)
        with school.app.app_context():
            replay()  # as the next start does first
        with clock.shifted(timedelta(minutes=2)):
            work(school)
        begun, done = (({line.id for line in ledger(school) if line.kind == kind}) for kind in ("erasure", "done"))
        assert name not in text(school) or (number == 1 and not begun), where
        assert done <= begun, where
        with school.reading("athena") as session:
            asked = {row.id: row.state for row in session.scalars(select(RightsRequest))}
            proofs = {row.request_id: row.receipt for row in session.scalars(select(RightsProof))}
            keys = keys_in(canonical(published()))
        assert set(asked.values()) <= {RequestState.DONE}, where
        assert (len(done), set(proofs)) == (len(asked), set(asked)), where
        for receipt in proofs.values():
            verify(receipt, keys)
    print(f"killed at {len(killed)} boundaries, {Counter(killed)}; there are fewer than {number}")
    assert number > 50
    with school.app.app_context():
        assert replay() == 0
    assert school.breaches() == []


def erase_unless_killed(made, name) -> None:
    """Ask, and let a worker do it."""
    ask(made, name)
    work(made)


def test_two_processes_write_chains_of_their_own_and_a_copy_knows_both(school):
    def other() -> None:
        restrict(school, "Theo")

    school.close()
    child = os.fork()
    if child == 0:
        try:
            other()
        finally:
            os._exit(0)
    restrict(school, "Lena")
    assert os.waitpid(child, 0)[1] == 0
    assert len({line.chain for line in ledger(school)}) == 2
    assert catch_up(again(school).app) == 0


def test_many_threads_write_one_chain_and_the_database_knows_its_last_line(school):
    names = ["Lena", "Theo", "Ada"]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda name: restrict(school, name), names))
    found = [line for line in ledger(school) if line.kind == "restriction"]
    assert len({line.who for line in found}) == 3
    with school.everywhere() as session:
        row = session.scalars(select(LedgerPosition).where(LedgerPosition.chain == found[0].chain)).one()
        assert row.line == max(line.number for line in found)


def test_two_that_start_at_once_do_each_act_once(school):
    put_back = backup(school)
    restrict(school)
    restrict(school, "Theo")
    school = put_back()
    both = again(school), again(school)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda made: catch_up(made.app), both))
    assert max(done) == 2
    with school.reading("athena") as session:
        assert len(session.scalars(select(Restriction)).all()) == 2
    for made in both:
        made.close()
