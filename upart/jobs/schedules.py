# SPDX-License-Identifier: MIT
"""Schedules: one waiting job per scheduled task and academy, made when it is missing."""

from __future__ import annotations

from collections.abc import Iterable

from upart.context import CurrentAcademy
from upart.db import writing
from upart.hooks.plugged import plugged
from upart.jobs.actions import enqueue


def ensure_schedules(academies: Iterable[CurrentAcademy]) -> None:
    """Make what is missing: tasks of the core run on the platform, a plugin's where it is enabled. Safe to repeat."""
    scheduled = [(owner, task) for owner, task in plugged().tasks().values() if task.every is not None]
    for academy in academies:
        mine = [task for owner, task in scheduled if (academy.is_platform if owner.id == "core" else owner.id in academy.plugins)]
        if mine:
            with writing(academy):
                for task in mine:
                    enqueue(task.name, dedupe_key=f"schedule {task.name}")
