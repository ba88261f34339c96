# SPDX-License-Identifier: MIT
"""A job is in the hands of one worker at a time, for as long as that worker gives signs of life."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event
from toil import ask, jobs, later, marks, until, work, worker
from upart_toil import hooks

from upart.db import bare, engine
from upart.jobs import leases
from upart.jobs.leases import LeaseLost
from upart.testing import together


def claim(made):
    with made.app.app_context(), bare("claim", write=True) as connection:
        return leases.claim(connection, timedelta(seconds=60))


def test_eight_workers_at_once_never_do_a_job_twice(toiling):
    ask(toiling, "mark", *range(60))
    ask(toiling, "mark", *range(60, 80), slug="orion")
    done = together(8, lambda number: worker(toiling).run_due())
    assert sum(done) == 80
    assert marks(toiling) == dict.fromkeys(range(80), 1)
    assert jobs(toiling) == []


def test_the_oldest_of_all_academies_is_next(toiling):
    ask(toiling, "mark", 1)
    ask(toiling, "mark", 2, slug="orion")
    ask(toiling, "mark", 3)
    hooks.begun.clear()
    assert worker(toiling).run_due() == 3
    assert hooks.begun == [1, 2, 3]


def test_a_claim_costs_the_same_however_many_wait(toiling):
    """It looks rows up by their keys: no scan of the table."""
    ask(toiling, "mark", *range(2000))
    plans = []

    def explain(connection, cursor, statement, parameters, context, many):
        if statement.startswith(("UPDATE job", "DELETE FROM job")):
            plans.append(statement)

    with toiling.app.app_context():
        listened = engine()
        event.listen(listened, "before_cursor_execute", explain)
        job = claim(toiling)
        with bare("finish", write=True) as connection:
            leases.finish(connection, job, toiling.state.plugins.tasks()["toil.mark"][1])
        event.remove(listened, "before_cursor_execute", explain)
        with bare("explain") as connection:
            if connection.dialect.name == "sqlite":
                told = [str(row) for one in plans for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", ("a",) * one.count("?"))]
                assert len(told) >= 3
                assert not [line for line in told if "SCAN" in line], told
    assert len(plans) == 2


def test_a_lease_that_has_run_out_is_taken_over_and_the_first_worker_may_not_end_the_job(toiling):
    ask(toiling, "mark", 1)
    lost = claim(toiling)
    assert work(toiling) == 0
    with later(seconds=61):
        assert work(toiling) == 1
    with pytest.raises(LeaseLost), toiling.app.app_context(), bare("finish", write=True) as connection:
        leases.finish(connection, lost, toiling.state.plugins.tasks()["toil.mark"][1])
    assert marks(toiling) == {1: 1}


def test_what_was_done_after_the_lease_was_lost_is_not_kept(toiling, monkeypatch, caplog):
    """The worker hung; when it goes on, another one has done the job."""
    tasks, real = toiling.state.plugins.get("toil").tasks, hooks.mark

    def hangs(number: int, word: str = "") -> None:
        if word != "again":
            with later(seconds=61):
                second = threading.Thread(target=lambda: found.append(claim(toiling)))
                second.start()
                second.join()
        real(number, "late")

    found = []
    slow = next(task for task in tasks if task.name == "toil.mark")
    monkeypatch.setattr(toiling.state.plugins.get("toil"), "tasks", [type(slow)(name="toil.mark", run=hangs)])
    ask(toiling, "mark", 1)
    work(toiling)
    assert found[0] is not None
    assert marks(toiling) == {}
    assert "taken over by another worker" in caplog.text


def test_a_long_job_stays_in_its_workers_hands(toiling):
    """It takes three times as long as the lease, before the eyes of a second worker."""
    lease = timedelta(seconds=1.5)  # a sign of life each half a second: a busy machine may be late by a second
    ask(toiling, "outside", 1, seconds=4.5)
    first, second = worker(toiling, lease), worker(toiling, lease)
    hooks.begun.clear()
    watching, working = threading.Thread(target=second.run), threading.Thread(target=first.run_due)
    working.start()
    until(lambda: hooks.begun)
    watching.start()
    working.join()
    second.stop()
    watching.join()
    assert hooks.begun == [1]
    assert marks(toiling) == {1: 1}
    assert jobs(toiling) == []
