# SPDX-License-Identifier: MIT
"""A job that fails is tried again, later each time; after eight times it waits for a human, and harms no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from toil import ask, jobs, later, marks, work
from upart_toil import hooks

from upart import clock
from upart.jobs.actions import unpark
from upart.jobs.leases import MAX_ATTEMPTS, WAITS
from upart.jobs.models import Job, JobState
from upart.testing import Failed, killed_at


def fail_until_parked(made) -> None:
    for n in range(8):
        with later(days=n):
            assert work(made) == 1
    assert jobs(made)[0].state is JobState.PARKED


def test_the_waits_grow_from_seconds_to_hours():
    assert MAX_ATTEMPTS == 8
    assert [wait.total_seconds() for wait in WAITS] == [2, 10, 60, 300, 1200, 3600, 14400]


def test_a_failing_job_leaves_nothing_and_is_parked_after_eight_times(toiling):
    ask(toiling, "break", 1)
    gone = timedelta()
    for attempt in range(1, 9):
        with clock.shifted(gone):
            begun = clock.now()
            assert work(toiling) == 1, attempt
        (job,) = jobs(toiling)
        assert (job.attempts, job.problem) == (attempt, "ValueError")
        if attempt < 8:
            wait = (job.run_at - begun) / WAITS[attempt - 1]
            assert 1 <= wait < 1.5, (attempt, wait)
            gone += WAITS[attempt - 1] * 1.25 + timedelta(seconds=5)
    assert job.state is JobState.PARKED
    assert marks(toiling) == {}
    with later(days=30):
        assert work(toiling) == 0
    assert toiling.breaches() == []


def test_a_parked_job_gets_eight_new_tries(toiling):
    ask(toiling, "break", 1)
    fail_until_parked(toiling)
    with toiling.writing("athena") as session:
        unpark(session.get_one(Job, {"academy_id": toiling.academy("athena").id, "id": jobs(toiling)[0].id}))
    assert work(toiling) == 1
    assert [(job.state, job.attempts) for job in jobs(toiling)] == [(JobState.WAITING, 1)]


def test_a_parked_job_that_is_asked_for_again_gets_new_tries(toiling):
    ask(toiling, "break", 1, dedupe_key="one")
    fail_until_parked(toiling)
    ask(toiling, "break", 1, dedupe_key="one")
    assert work(toiling) == 1
    assert [(job.state, job.attempts, job.problem) for job in jobs(toiling)] == [(JobState.WAITING, 1, "ValueError")]


@pytest.mark.parametrize("word", ["ValueError", "SystemExit", "RecursionError"])
def test_whatever_a_task_raises_the_worker_goes_on(toiling, word):
    ask(toiling, "break", 1, word=word)
    ask(toiling, "mark", 2)
    assert work(toiling) == 2
    assert marks(toiling) == {2: 1}
    assert [job.problem for job in jobs(toiling)] == [word]


def test_a_job_that_kills_its_worker_each_time_is_parked_and_the_others_are_done(toiling):
    ask(toiling, "poison", 1)
    ask(toiling, "mark", 2)
    for n in range(8):
        toiling.close()
        with later(hours=n), pytest.raises(Failed, match="status 9"):
            killed_at(1000, lambda: work(toiling))
    assert [(job.task, job.attempts) for job in jobs(toiling)] == [("toil.poison", 8), ("toil.mark", 0)] or marks(toiling) == {2: 1}
    toiling.close()
    with later(hours=9):
        assert killed_at(1000, lambda: work(toiling)) is None
    assert [(job.task, job.state, job.problem) for job in jobs(toiling)] == [("toil.poison", JobState.PARKED, "ended its worker")]
    assert marks(toiling) == {2: 1}


def test_a_failure_is_noted_by_its_kind_and_never_by_its_text(toiling):
    ask(toiling, "break", 1)
    work(toiling)
    assert "as asked" not in jobs(toiling)[0].problem


def test_a_task_that_waits_for_the_network_settles_with_its_end(toiling):
    ask(toiling, "outside", 1)
    assert work(toiling) == 1
    assert hooks.begun == [1]
    assert marks(toiling) == {1: 1}
