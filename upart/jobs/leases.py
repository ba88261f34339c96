# SPDX-License-Identifier: MIT
"""What a worker does with jobs: claim one for a while, prolong, finish, put back, park.

Statements are built once, and name the whole key: a claim costs the same however many jobs wait.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, tuple_, update

from upart.db import uuid7
from upart.hooks.records import Task
from upart.jobs.models import JOB, JobState
from upart.jobs.moments import instant, moment

WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 5 * 60, 20 * 60, 60 * 60, 4 * 60 * 60))
"""How long a job waits after each failed try, with up to a quarter more at random; after one more failure it is parked."""

MAX_ATTEMPTS = len(WAITS) + 1

MINE = (JOB.c.academy_id == bindparam("of"), JOB.c.id == bindparam("which"), JOB.c.lease_id == bindparam("lease"))


class LeaseLost(Exception):
    """Another worker has taken the job: what was done here must not be kept."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of one worker."""

    academy_id: UUID
    id: UUID
    task: str
    payload: dict[str, Any]
    attempts: int
    lease_id: UUID
    run_at: datetime

    @property
    def mine(self) -> dict[str, Any]:
        """Names the job, as long as nobody else has claimed it."""
        return {"of": self.academy_id, "which": self.id, "lease": self.lease_id}


@cache
def _statements(dialect: str) -> dict[str, Any]:
    now = instant(dialect, "now")
    due = (JOB.c.state == JobState.WAITING, JOB.c.run_at <= now, or_(JOB.c.lease_until.is_(None), JOB.c.lease_until < now))
    running = and_(JOB.c.state == JobState.WAITING, JOB.c.lease_until > now)
    first = select(JOB.c.academy_id, JOB.c.id).where(*due).order_by(JOB.c.run_at).limit(1).with_for_update(skip_locked=True)
    taken = update(JOB).where(tuple_(JOB.c.academy_id, JOB.c.id) == first.scalar_subquery())
    leased = {"lease_until": instant(dialect, "until"), "lease_id": bindparam("lease"), "attempts": JOB.c.attempts + 1}
    free = {"lease_id": None, "lease_until": None}
    return {
        "due": select(1).where(*due).limit(1),
        "at work": select(1).where(JOB.c.academy_id == bindparam("of"), JOB.c.person_id == bindparam("person"), running).limit(1),
        "claim": taken.values(leased).returning(JOB.c.academy_id, JOB.c.id, JOB.c.task, JOB.c.payload, JOB.c.attempts, JOB.c.lease_id, JOB.c.run_at),
        "prolong": update(JOB).where(*MINE).values(lease_until=instant(dialect, "until")),
        "finish": delete(JOB).where(*MINE, JOB.c.run_at == bindparam("seen")),
        "again": update(JOB).where(*MINE).values(free | {"attempts": 0, "problem": ""}),
        "next": update(JOB).where(*MINE).values(free | {"attempts": 0, "problem": "", "run_at": instant(dialect, "then")}),
        "back": update(JOB).where(*MINE).values(
            free | {"problem": bindparam("why"), "state": bindparam("to"), "attempts": bindparam("tries"), "run_at": instant(dialect, "then")}
        ),
    }  # fmt: skip


def is_due(connection: Connection) -> bool:
    """Is there anything to do now? Reads only."""
    dialect = connection.dialect.name
    return connection.execute(_statements(dialect)["due"], {"now": moment(dialect)}).first() is not None


def is_at_work(connection: Connection, academy_id: UUID, person_id: UUID) -> bool:
    """Has a worker a job about this person in hand? What it does would come after what is done to their rows meanwhile."""
    dialect = connection.dialect.name
    asked = {"of": academy_id, "person": person_id, "now": moment(dialect)}
    return connection.execute(_statements(dialect)["at work"], asked).first() is not None


def claim(connection: Connection, lease: timedelta) -> Claimed | None:
    """Take the next due job for `lease`, with one statement; None when nothing is due."""
    dialect = connection.dialect.name
    values = {"now": moment(dialect), "until": moment(dialect, lease), "lease": uuid7()}
    row = connection.execute(_statements(dialect)["claim"], values).first()
    return Claimed(*row) if row else None


def prolong(connection: Connection, running: Iterable[Claimed], lease: timedelta) -> None:
    """A sign of life for running jobs."""
    dialect = connection.dialect.name
    connection.execute(_statements(dialect)["prolong"], [{**job.mine, "until": moment(dialect, lease)} for job in running])


def finish(connection: Connection, job: Claimed, task: Task) -> None:
    """Mark as done in the transaction of the effect: delete; of a schedule, wait for the next time. Raises LeaseLost.

    A job that was asked for once more while it ran (`enqueue` with its `dedupe_key`) is due again.
    """
    dialect = connection.dialect.name
    known = _statements(dialect)
    if task.every is not None:
        done = connection.execute(known["next"], {**job.mine, "then": moment(dialect, task.every)})
    else:
        done = connection.execute(known["finish"], {**job.mine, "seen": job.run_at})
        if done.rowcount == 0:
            done = connection.execute(known["again"], job.mine)
    if done.rowcount != 1:
        raise LeaseLost


def put_back(connection: Connection, job: Claimed, problem: str, *, every: timedelta | None = None, wait: timedelta | None = None) -> None:
    """Try again later, or park after the last attempt. `problem` is a kind of error, never its text.

    With `wait` it was not the job's fault, and does not count. A schedule (`every`) is never parked: it goes on at its next time.
    """
    last = wait is None and job.attempts >= MAX_ATTEMPTS
    if wait is not None:
        to, tries, later = JobState.WAITING, job.attempts - 1, wait
    elif last and every:
        to, tries, later = JobState.WAITING, 0, every
    elif last:
        to, tries, later = JobState.PARKED, job.attempts, timedelta()
    else:
        to, tries, later = JobState.WAITING, job.attempts, _back_off(job.attempts)
    dialect = connection.dialect.name
    values = {**job.mine, "why": problem[:200], "to": to, "tries": tries, "then": moment(dialect, later)}
    connection.execute(_statements(dialect)["back"], values)


def _back_off(attempts: int) -> timedelta:
    return WAITS[min(attempts, len(WAITS)) - 1] * random.uniform(1, 1.25)  # noqa: S311 - jitter
