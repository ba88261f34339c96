# SPDX-License-Identifier: MIT
"""Schedules: one waiting job per scheduled task and academy, made when it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import select

from upart.context import CurrentAcademy
from upart.db import everywhere, writing
from upart.hooks.plugged import plugged
from upart.jobs.actions import enqueue
from upart.jobs.models import Job

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
