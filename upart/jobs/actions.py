# SPDX-License-Identifier: MIT
"""Work for later as people and plugins know it: enqueue it, try it again, wake it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from upart import clock
from upart.context import context
from upart.db import everywhere, session, uuid7
from upart.errors import UpartError
from upart.hooks.plugged import plugged
from upart.jobs.models import JOB, Job, JobState
from upart.jobs.moments import instant, moment

OFF = timedelta(hours=1)
IS_OFF = "its plugin is off"
"""How long, and with which words, a job waits whose plugin is switched off or missing."""

NOT_AGREED = "the academy has not agreed to it"
"""With which words a job waits that needs what an upgrade has added."""

IS_RESTRICTED = "the data of whom it is about are restricted"
"""With which words a job waits that may not use somebody's data now (GDPR art. 18)."""

LONGEST = 200
"""Characters of the longest word that a job or an event may carry."""


class NotNow(UpartError):
    """A task cannot be done now through no fault of its own: it waits, and that does not count as a failure."""

    def __init__(self, message: str, *, wait: timedelta, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.wait = wait


def enqueue(task: str, *, person: Any = None, run_at: datetime | None = None, dedupe_key: str | None = None, **ids: Any) -> None:
    """Let a worker run `task` with these ids after the current transaction has committed.

    `person`: whom it is about (erasing them removes the job). `run_at`: not before this instant.
    `dedupe_key`: while a job with this key waits, no second one is made; one that is running is done once
    more afterwards, since it may have looked before this change; a parked one gets new tries. Values of
    `ids` are UUIDs (the task gets them as text), numbers or short words, never names or addresses.
    Raises UpartError for an unknown task and for values that are no ids.
    """
    if task not in plugged().tasks():
        raise UpartError(f"There is no task '{task}'.", remedy="Give it in upart_jobs() of the plugin's hooks.")
    opened = session()
    if person is not None:
        opened.flush()  # the job links to their row, which may be new
    dialect = opened.get_bind().dialect.name
    opened.connection().execute(_insert(dialect, run_at is None), {
        "academy_id": context.academy.id, "id": uuid7(), "task": task, "payload": plain(task, ids), "attempts": 0,
        "person_id": person.id if person is not None else None, "dedupe_key": dedupe_key, "state": JobState.WAITING, "problem": "",
        "at": run_at or moment(dialect),
    })  # fmt: skip


def hasten_everywhere(*tasks: str) -> None:
    """Let the waiting and parked jobs of these tasks be done now, at all academies."""
    with everywhere("do now what would wait", write=True) as opened:
        late = update(Job).where(Job.task.in_(tasks), Job.lease_id.is_(None))
        opened.execute(late.values(run_at=clock.now(), state=JobState.WAITING).execution_options(synchronize_session=False))


def hasten_here(*tasks: str, **ids: Any) -> None:
    """Let the waiting and parked jobs of these tasks be done now that carry these ids, at this academy."""
    for job in _unclaimed(tasks, ids):
        job.run_at, job.state = clock.now(), JobState.WAITING


def wake_about(person_id: UUID, reason: str) -> None:
    """Let jobs about somebody that wait for this reason be tried at once, at this academy."""
    for job in session.scalars(select(Job).where(Job.person_id == person_id, Job.problem == reason, Job.lease_id.is_(None))):
        job.run_at = clock.now()


def take_back(*tasks: str, **ids: Any) -> None:
    """Drop the waiting and parked jobs of these tasks that carry these ids, at this academy: their work is done otherwise."""
    for job in _unclaimed(tasks, ids):
        session.delete(job)


def _unclaimed(tasks: Sequence[str], ids: Mapping[str, Any]) -> Iterator[Job]:
    wanted = {name: str(id) for name, id in ids.items()}
    for job in session.scalars(select(Job).where(Job.task.in_(tasks), Job.lease_id.is_(None))):
        if wanted.items() <= {name: str(value) for name, value in job.payload.items()}.items():
            yield job


@cache
def _insert(dialect: str, at_once: bool) -> Any:
    kind: Any = (sqlite if dialect == "sqlite" else postgresql).insert(JOB)
    names = ("academy_id", "id", "task", "payload", "attempts", "person_id", "dedupe_key", "state", "problem")
    due = instant(dialect, "at") if at_once else bindparam("at", type_=JOB.c.run_at.type)
    made = kind.values({name: bindparam(name) for name in names} | {"run_at": due})
    parked = JOB.c.state == JobState.PARKED
    return made.on_conflict_do_update(
        index_elements=["academy_id", "dedupe_key"],
        set_={"run_at": made.excluded.run_at, "state": JobState.WAITING, "attempts": case((parked, 0), else_=JOB.c.attempts)},
        where=or_(parked, JOB.c.lease_id.is_not(None)),
    )


def plain(what: str, ids: dict[str, Any]) -> dict[str, Any]:
    """Ids as JSON keeps them. Raises UpartError for what is no id: names and addresses stay in their own tables."""
    return {name: _plain(f"{what}, {name}", value) for name, value in ids.items()}


def _plain(what: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(what, item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value) if isinstance(value, UUID | str) else "@"
    if len(text) > LONGEST or "@" in text or not text.isprintable():
        raise UpartError(
            f"This cannot be kept for later ({what}): only ids, numbers and short words can.", remedy="Give the row's id and read the rest from it."
        )
    return text


def unpark(job: Job) -> None:
    """Let a parked job be tried again at once."""
    job.state, job.attempts, job.run_at, job.problem = JobState.WAITING, 0, clock.now(), ""


def wake(opened: Session, reason: str, academy_id: UUID | None = None) -> int:
    """Let jobs that wait for this reason be tried at once; needs an `everywhere` session that writes. Returns how many."""
    asleep = update(Job).where(Job.state == JobState.WAITING, Job.problem == reason, Job.lease_id.is_(None))
    if academy_id is not None:
        asleep = asleep.where(Job.academy_id == academy_id)
    woken: Any = opened.execute(asleep.values(run_at=clock.now()).execution_options(synchronize_session=False))
    return int(woken.rowcount)
