# SPDX-License-Identifier: MIT
"""Workers that are killed in the middle of their work lose nothing and double nothing; those that are asked to end, finish."""

from __future__ import annotations

import os
import signal

from sqlalchemy import select
from toil import ask, end, jobs, later, marks, start, work
from upart_toil.models import Mark

from upart.jobs.actions import enqueue
from upart.testing import every_kill
from upart.testing.faults import exit_status

KILLS = 20


def killed_in_its_job(made, gate) -> int:
    """Start a worker, kill it -9 while it is in a job, prove that it was; returns that job's number."""
    child = start(made, gate)
    number, what = gate.next().split()
    assert what == "begun"
    assert end(child, signal.SIGKILL) == -signal.SIGKILL
    assert gate.is_quiet(), "the job had ended before the kill"
    assert [job.payload["number"] for job in jobs(made) if job.lease_id is not None].count(int(number)) == 1
    return int(number)


def test_a_worker_killed_twenty_times_in_its_jobs_loses_nothing_and_doubles_nothing(toiling, gate):
    slow = range(0, 3 * KILLS, 3)
    for number in range(3 * KILLS):
        ask(toiling, "slow" if number in slow else "mark", number, **(gate.fds if number in slow else {}))
    hit = [killed_in_its_job(toiling, gate) for _ in range(KILLS)]
    assert hit == list(slow)
    assert not set(hit) & set(marks(toiling))
    assert toiling.breaches() == []
    gate.open()
    with later(seconds=61):
        assert work(toiling) >= KILLS
    assert marks(toiling) == dict.fromkeys(range(3 * KILLS), 1)
    assert jobs(toiling) == []


def test_the_counting_would_see_a_doubled_effect(toiling, gate):
    """The control: a task that commits its effect apart from its end does it twice, once per kill."""
    ask(toiling, "careless", 0, 1, 2, **gate.fds)
    hit = [killed_in_its_job(toiling, gate) for _ in range(3)]
    gate.open()
    with later(seconds=61):
        work(toiling)
    assert marks(toiling) == dict.fromkeys(hit, 2)


def test_killed_at_any_commit_a_job_is_done_once(toiling):
    asked = iter(range(100))
    killed = []
    for where in every_kill(lambda: work(toiling), installation=toiling, before=lambda: ask(toiling, "mark", next(asked))):
        killed.append(where)
        with later(seconds=61):
            work(toiling)
        assert marks(toiling) == dict.fromkeys(range(len(killed)), 1), where
        assert jobs(toiling) == []
        assert toiling.breaches() == []
    assert killed == ["before a commit", "after a commit"] * (len(killed) // 2)
    assert len(killed) >= 4


def test_killed_at_any_commit_a_cause_and_its_job_are_both_there_or_neither(toiling):
    def cause() -> None:
        with toiling.writing("athena") as session:
            session.add(Mark(number=9, word="cause"))
            enqueue("toil.mark", number=1)

    for where in every_kill(cause, installation=toiling):
        assert len(jobs(toiling)) == marks(toiling)[9] == (where == "after a commit"), where


def test_a_worker_that_is_asked_to_end_finishes_its_job_and_takes_no_other(toiling, gate):
    ask(toiling, "slow", 1, 2, **gate.fds)
    child = start(toiling, gate)
    assert gate.next() == "1 begun"
    os.kill(child, signal.SIGTERM)
    assert gate.next() == "asked to end"
    assert gate.is_quiet()
    gate.open()
    assert exit_status(child) == 0
    assert gate.next() == "1 ended"
    assert gate.is_quiet()
    assert marks(toiling) == {1: 1}
    assert [job.payload["number"] for job in jobs(toiling)] == [2]


def test_a_signal_that_a_jobs_thread_takes_is_heard_as_well(toiling, gate):
    """It does not wake the thread that waits for the others, the only one that may act on it."""
    ask(toiling, "end", 1)
    assert exit_status(start(toiling, gate), seconds=30) == 0
    assert gate.next() == "asked to end"
    assert marks(toiling) == {1: 1}


def test_a_worker_that_hangs_loses_its_job_and_what_it_did_afterwards_is_not_kept(toiling, gate):
    ask(toiling, "outside", 1, **gate.fds)
    child = start(toiling, gate)
    assert gate.next() == "1 begun"
    os.kill(child, signal.SIGSTOP)
    os.waitpid(child, os.WUNTRACED)  # it has really stopped
    gate.open()
    with later(seconds=61):
        assert work(toiling) == 1
    assert [gate.next(), gate.next()] == ["1 begun", "1 ended"]
    assert marks(toiling) == {1: 1}
    os.kill(child, signal.SIGCONT)
    assert gate.next() == "1 ended"
    assert end(child, signal.SIGTERM) == 0
    with toiling.everywhere() as session:
        assert session.scalars(select(Mark.word)).all() == ["settled"]
