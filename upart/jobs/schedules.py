# SPDX-License-Identifier: MIT
"""Schedules: one waiting job per scheduled task and academy, made when it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from upart.context import CurrentAcademy
from upart.db import everywhere, writing
from upart.hooks.plugged import plugged
from upart.jobs.actions import enqueue
from upart.jobs.models import Job, JobState

PREFIX = "schedule "


def ensure_schedules(homes: Mapping[UUID, frozenset[str]], academy_at: Callable[[UUID], CurrentAcademy | None]) -> int:
    """Make what is missing; returns how many. Safe to repeat.

    `homes` says for each academy whose tasks run there: the enabled plugins, and on the platform "core".
    """
    wanted = {(task.name, owner.id) for owner, task in plugged().tasks().values() if task.every is not None}
    with everywhere("which schedules are there?") as opened:
        present = {tuple(row) for row in opened.execute(select(Job.academy_id, Job.dedupe_key).where(Job.dedupe_key.startswith(PREFIX)))}
    missing = [(id, task) for id, owners in homes.items() for task, owner in wanted if owner in owners and (id, PREFIX + task) not in present]
    for id, task in missing:
        with writing(academy_at(id)):
            enqueue(task, dedupe_key=PREFIX + task)
    return len(missing)


class Due(NamedTuple):
    """When a schedule is next, and whether its last try failed."""

    at: datetime
    failed: bool


def next_of(task: str) -> Due | None:
    """When a task of the core runs next; None when no worker has made its schedule yet."""
    with everywhere("when does a scheduled task run next?") as opened:
        job = opened.execute(select(Job.run_at, Job.state, Job.attempts).where(Job.dedupe_key == PREFIX + task).order_by(Job.run_at).limit(1)).first()
    return Due(job.run_at, job.attempts > 0 or job.state is JobState.PARKED) if job is not None else None
