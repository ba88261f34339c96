# SPDX-License-Identifier: MIT
"""Work for later is asked for in the transaction of its cause: with it it comes, with it it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import bundled
from toil import ask, jobs, later, marks, work
from upart_toil import hooks

from upart import clock
from upart.academies.actions import disable_plugin, enable_plugin
from upart.accounts.models import Person
from upart.app import create_app
from upart.cli import migrating
from upart.db import bare
from upart.errors import UpartError
from upart.events.actions import emit
from upart.jobs import leases
from upart.jobs.actions import enqueue
from upart.testing import Installation


def is_due() -> bool:
    with bare("look") as connection:
        return leases.is_due(connection)


def test_a_job_is_seen_when_its_cause_has_committed_and_not_before(toiling):
    with toiling.writing("athena"):
        enqueue("toil.mark", number=1)
        assert not is_due()
    with toiling.app.app_context():
        assert is_due()


def test_a_cause_that_is_rolled_back_leaves_no_job(toiling):
    with pytest.raises(ZeroDivisionError), toiling.writing("athena"):
        enqueue("toil.mark", number=1)
        raise ZeroDivisionError
    assert jobs(toiling) == []


def test_a_job_is_not_done_before_its_time(toiling):
    with toiling.writing("athena"):
        enqueue("toil.mark", number=1, run_at=clock.now() + timedelta(hours=1))
    assert work(toiling) == 0
    with later(minutes=59):
        assert work(toiling) == 0
    with later(minutes=61):
        assert work(toiling) == 1
    assert marks(toiling) == {1: 1}


def test_work_that_nobody_does_is_refused(toiling):
    with pytest.raises(UpartError, match="no task 'toil.nap'"), toiling.writing("athena"):
        enqueue("toil.nap")


@pytest.mark.parametrize("value", ["lena@example.org", "two\nlines", "x" * 201, {"name": "Lena"}, b"bytes", ["ok", "lena@example.org"]])
def test_a_job_carries_ids_and_never_an_address(toiling, value):
    with pytest.raises(UpartError, match="cannot be kept for later"), toiling.writing("athena"):
        enqueue("toil.mark", number=1, word=value)


def test_a_job_about_somebody_goes_with_them(toiling):
    with toiling.writing("athena") as session:
        lena = Person(name="Lena", email="lena@example.org")
        session.add(lena)
        enqueue("toil.mark", person=lena, number=1)
        assert lena.id is not None
        theirs = lena.id
    assert [job.person_id for job in jobs(toiling)] == [theirs]


def test_asked_for_twice_with_one_key_it_is_done_once(toiling):
    for _ in range(2):
        ask(toiling, "mark", 7, dedupe_key="seven")
    assert work(toiling) == 1
    assert marks(toiling) == {7: 1}
    ask(toiling, "mark", 7, dedupe_key="seven")
    assert work(toiling) == 1


def test_asked_for_while_it_runs_it_is_done_once_more(toiling, monkeypatch):
    """It may have looked before the change that asks again."""
    asked = iter([1])
    real = hooks.mark

    def asks_again(number: int, word: str = "") -> None:
        real(number, word)
        if next(asked, None):
            enqueue("toil.mark", number=number, dedupe_key="seven")

    found = next(task for task in toiling.state.plugins.get("toil").tasks if task.name == "toil.mark")
    monkeypatch.setattr(toiling.state.plugins.get("toil"), "tasks", [type(found)(name="toil.mark", run=asks_again)])
    ask(toiling, "mark", 7, dedupe_key="seven")
    assert work(toiling) == 2
    assert marks(toiling) == {7: 2}
    assert jobs(toiling) == []


def test_work_of_a_plugin_that_is_off_waits_and_goes_on_when_it_is_on(toiling):
    ask(toiling, "mark", 1)
    athena = toiling.academy("athena").id
    with toiling.everywhere() as session:
        disable_plugin(session, athena, "toil")
    toiling.close()
    assert work(toiling) == 1
    assert [(job.problem, job.attempts) for job in jobs(toiling)] == [("its plugin is off", 0)]
    with toiling.everywhere() as session:
        enable_plugin(session, athena, "toil")
    toiling.close()
    work(toiling)
    assert marks(toiling) == {1: 1}


def test_work_of_a_plugin_whose_package_is_gone_waits(toiling, monkeypatch):
    ask(toiling, "mark", 1)
    with monkeypatch.context() as patch:
        patch.setattr(toiling.state.plugins.get("toil"), "tasks", [])
        for _ in range(20):
            with later(hours=2):
                work(toiling)
    assert [(job.state, job.attempts) for job in jobs(toiling)] == [("waiting", 0)]
    with later(hours=4):
        work(toiling)
    assert marks(toiling) == {1: 1}


def test_work_of_a_plugin_that_is_purged_goes_with_its_tables(toiling):
    ask(toiling, "mark", 1)
    with toiling.writing("athena"):
        emit("toil.done")
        enqueue("accounts.forget")
    assert len(jobs(toiling)) == 3
    toiling.close()
    without = Installation(create_app(settings=toiling.state.config, plugins=bundled()))
    assert migrating.purge(without.app, "toil", lambda tables: True) == ["toil_mark"]
    assert [job.task for job in jobs(without)] == ["accounts.forget"]
    assert without.breaches() == []
    without.close()
