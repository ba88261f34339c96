# SPDX-License-Identifier: MIT
"""Enqueue, claim, finish, put back, park."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from upart import clock
from upart.context import context
from upart.db import everywhere, session, uuid7
from upart.errors import UpartError
from upart.hooks.plugged import plugged
from upart.hooks.records import Task
from upart.jobs.models import Job, JobState

MAX_ATTEMPTS = 8
FIRST_WAIT = 2.0
"""Seconds before the second try; doubled for each further one (2 s to about 4 min), with up to a quarter of jitter."""


class LeaseLost(Exception):
    """Another worker has taken the job: what was done here must not be kept."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in the hands of one worker."""

    id: UUID
    academy_id: UUID
    task: str
    payload: dict[str, Any]
    attempts: int
    lease_id: UUID


def enqueue(task: str, *, person: Any = None, run_at: datetime | None = None, dedupe_key: str | None = None, **ids: Any) -> None:
    """Let a worker run `task` with these ids after the current transaction has committed.

    `person`: whom it is about (erasing them removes the job). `run_at`: not before this instant.
    `dedupe_key`: while a job with this key waits, no second one is made. Values of `ids` are UUIDs,
    numbers or short words, never names or addresses. Raises UpartError for an unknown task.
    """
    if task not in plugged().tasks():
        raise UpartError(f"There is no task '{task}'.", remedy="Give it in upart_jobs() of the plugin's hooks.")
    opened = session()
    insert: Any = (sqlite if opened.get_bind().dialect.name == "sqlite" else postgresql).insert(Job)
    values = {
        "academy_id": context.academy.id, "id": uuid7(), "task": task, "payload": {name: _plain(value) for name, value in ids.items()}, "attempts": 0,
        "person_id": person.id if person is not None else None, "run_at": run_at or clock.now(),
        "dedupe_key": dedupe_key, "state": JobState.WAITING, "problem": "",
    }  # fmt: skip
    opened.execute(insert.values(values).on_conflict_do_nothing(index_elements=["academy_id", "dedupe_key"]))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _now(opened: Session) -> ColumnElement[datetime]:
    """The database's time, so that workers on machines with different clocks agree."""
    if opened.get_bind().dialect.name == "sqlite":
        return literal(clock.now(), Job.run_at.type)
    return func.clock_timestamp() + literal(clock.offset())


def is_due(opened: Session) -> bool:
    """Is there anything to do now? Reads only."""
    now = _now(opened)
    return opened.execute(select(1).where(*_due(now)).limit(1)).first() is not None


def _due(now: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    return Job.state == JobState.WAITING, Job.run_at <= now, or_(Job.lease_until.is_(None), Job.lease_until < now)


def claim(lease: timedelta) -> Claimed | None:
    """Take the next due job for `lease`, with one statement; None when nothing is due."""
    with everywhere("claim the next job", write=True) as opened:
        now = _now(opened)
        chosen = select(Job.id).where(*_due(now)).order_by(Job.run_at).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        until: Any = clock.now() + lease if opened.get_bind().dialect.name == "sqlite" else now + literal(lease)
        taken = (
            update(Job).where(Job.id == chosen).values(lease_until=until, lease_id=uuid7(), attempts=Job.attempts + 1)
            .returning(Job.id, Job.academy_id, Job.task, Job.payload, Job.attempts, Job.lease_id).execution_options(synchronize_session=False)
        )  # fmt: skip
        row = opened.execute(taken).first()
    return Claimed(*row) if row else None


def prolong(leases: list[UUID], lease: timedelta) -> None:
    """A sign of life for running jobs."""
    with everywhere("prolong the leases of running jobs", write=True) as opened:
        until: Any = clock.now() + lease if opened.get_bind().dialect.name == "sqlite" else _now(opened) + literal(lease)
        opened.execute(update(Job).where(Job.lease_id.in_(leases)).values(lease_until=until).execution_options(synchronize_session=False))


def finish(opened: Any, job: Claimed, task: Task) -> None:
    """Mark as done in the transaction of the effect: delete, or for a schedule wait for the next time. Raises LeaseLost."""
    mine = (Job.academy_id == job.academy_id, Job.id == job.id, Job.lease_id == job.lease_id)
    if task.every is None:
        done = opened.execute(delete(Job).where(*mine).execution_options(synchronize_session=False))
    else:
        again = {"run_at": clock.now() + task.every, "attempts": 0, "lease_id": None, "lease_until": None, "problem": ""}
        done = opened.execute(update(Job).where(*mine).values(again).execution_options(synchronize_session=False))
    if done.rowcount != 1:
        raise LeaseLost


def put_back(job: Claimed, problem: str, *, wait: timedelta | None = None, counts: bool = True) -> None:
    """Try again later, or park after the last attempt. `problem` is a kind of error, never its text."""
    parked = counts and job.attempts >= MAX_ATTEMPTS
    seconds = FIRST_WAIT * 2 ** (job.attempts - 1) * random.uniform(1, 1.25)  # noqa: S311 - jitter
    values = {
        "lease_id": None, "lease_until": None, "problem": problem[:200], "run_at": clock.now() + (wait or timedelta(seconds=seconds)),
        "state": JobState.PARKED if parked else JobState.WAITING, "attempts": job.attempts if counts else job.attempts - 1,
    }  # fmt: skip
    with everywhere("put a job back", write=True) as opened:
        opened.execute(update(Job).where(Job.id == job.id, Job.lease_id == job.lease_id).values(values).execution_options(synchronize_session=False))


def unpark(job: Job) -> None:
    """Let a parked job be tried again at once."""
    job.state, job.attempts, job.run_at, job.problem = JobState.WAITING, 0, clock.now(), ""
