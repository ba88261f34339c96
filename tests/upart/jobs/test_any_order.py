# SPDX-License-Identifier: MIT
"""Jobs in any order of asking, working, hanging, dying and waiting: what was asked for is done once, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, integers
from sqlalchemy import delete
from toil import jobs, marks, worker
from upart_toil.models import Mark

from upart import clock
from upart.db import bare, writing
from upart.jobs import leases
from upart.jobs.actions import enqueue
from upart.jobs.leases import MAX_ATTEMPTS, LeaseLost
from upart.jobs.models import Job, JobState
from upart.testing import Installation

LEASE = timedelta(seconds=60)


@dataclass
class Asked:
    """What the model knows of a job that is not done: how often it was begun, who has it and until when."""

    attempts: int = 0
    lease: UUID | None = None
    until: timedelta = timedelta()
    parked: bool = False

    def is_free(self, now: timedelta) -> bool:
        return not self.parked and (self.lease is None or self.until <= now)


class Jobs(RuleBasedStateMachine):
    """Rules are what may happen; `asked` and `done` are what should be so."""

    def __init__(self, made: Installation) -> None:
        super().__init__()
        self.made = made
        with made.everywhere() as session:
            session.execute(delete(Job))
            session.execute(delete(Mark))
        self.asked: dict[int, Asked] = {}
        self.done: set[int] = set()
        self.hung: list[leases.Claimed] = []
        self.last, self.now = 0, timedelta()
        self.task = made.state.plugins.tasks()["toil.mark"][1]

    @rule(at_athena=booleans(), commits=booleans())
    def ask(self, at_athena, commits):
        """Something causes a job, and commits or not."""
        self.last += 1
        try:
            with clock.shifted(self.now), self.made.writing("athena" if at_athena else "orion"):
                enqueue("toil.mark", number=self.last)
                if not commits:
                    raise ZeroDivisionError
            self.asked[self.last] = Asked()
        except ZeroDivisionError:
            pass

    @rule()
    def work(self):
        """A worker does all that is due."""
        with clock.shifted(self.now):
            worker(self.made, LEASE).run_due()
        for number, one in list(self.asked.items()):
            if one.is_free(self.now) and one.attempts < MAX_ATTEMPTS:
                self.done.add(number)
                del self.asked[number]
            elif one.is_free(self.now):
                one.parked = True

    @rule()
    def begin_and_hang(self):
        """A worker takes a job, and nothing is heard of it for a while, or ever."""
        with clock.shifted(self.now), self.made.app.app_context(), bare("claim", write=True) as connection:
            job = leases.claim(connection, LEASE)
        free = [number for number, one in self.asked.items() if one.is_free(self.now)]
        assert (job is None) == (not free)
        if job is not None:
            assert job.payload["number"] == min(free)
            one = self.asked[min(free)]
            one.attempts, one.lease, one.until = one.attempts + 1, job.lease_id, self.now + LEASE
            self.hung.append(job)

    @rule()
    def come_back(self):
        """A worker that hung wants to end its job: it may, unless somebody else has taken it meanwhile."""
        if not self.hung:
            return
        job = self.hung.pop(0)
        number = job.payload["number"]
        is_mine = number in self.asked and self.asked[number].lease == job.lease_id
        try:
            with self.made.app.app_context(), writing(self.made.state.directory.by_id(job.academy_id)) as session:
                session.add(Mark(number=number))
                session.flush()
                leases.finish(session.connection(), job, self.task)
            assert is_mine
            self.done.add(number)
            del self.asked[number]
        except LeaseLost:
            assert not is_mine

    @rule(seconds=integers(1, 150))
    def wait(self, seconds):
        """Time passes, and leases with it."""
        self.now += timedelta(seconds=seconds)

    @invariant()
    def each_is_done_once_or_there(self):
        assert marks(self.made) == dict.fromkeys(self.done, 1)
        there = {job.payload["number"]: (job.attempts, job.state is JobState.PARKED) for job in jobs(self.made)}
        assert {number: tries for number, (tries, parked) in there.items() if not parked} == {n: a.attempts for n, a in self.asked.items() if not a.parked}
        assert {number for number, (_, parked) in there.items() if parked} == {n for n, a in self.asked.items() if a.parked}

    def teardown(self):
        assert self.made.breaches() == []


@pytest.mark.parametrize("toiling", ["sqlite"], indirect=True)
def test_whatever_the_order(toiling):
    checks = settings(max_examples=12, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(lambda: Jobs(toiling), settings=checks)
    assert toiling.breaches() == []
