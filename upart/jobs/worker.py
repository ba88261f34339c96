# SPDX-License-Identifier: MIT
"""The worker: claims jobs and carries them out, beside the web or alone, as many as wanted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import OperationalError

from upart.context import CurrentAcademy, context
from upart.db import everywhere, writing
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.records import Task
from upart.jobs import actions
from upart.jobs.actions import Claimed, LeaseLost

log = logging.getLogger("upart.jobs")

LOOK = 0.02
"""Seconds between two looks at an empty table: one indexed read, 50 us."""

OFF = timedelta(hours=1)
"""How long a job waits whose plugin is switched off or missing."""


class Worker:
    """Runs jobs in `threads` threads until `stop()`; `academy_at` finds an academy by id."""

    def __init__(self, app: Flask, academy_at: Callable[[UUID], CurrentAcademy | None], lease: timedelta, threads: int = 1) -> None:
        self.app, self.academy_at, self.lease, self.threads = app, academy_at, lease, threads
        self._running: set[UUID] = set()
        self._stopping = threading.Event()

    def run_due(self) -> int:
        """Do all that is due now, also what it leads to; returns how many jobs were begun."""
        done = 0
        while self._one():
            done += 1
        return done

    def run(self) -> None:
        """Work until `stop()` is called."""
        threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(self.threads)]
        for thread in (*threads, threading.Thread(target=self._signs_of_life, daemon=True)):
            thread.start()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Let each thread finish its job and end."""
        self._stopping.set()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._is_due() and self._one():
                    continue
            except OperationalError as error:
                log.warning("the database does not answer: %s", error.orig)
                self._stopping.wait(1)
            self._stopping.wait(LOOK)

    def _is_due(self) -> bool:
        with self.app.app_context(), everywhere("is a job due?") as opened:
            return actions.is_due(opened)

    def _signs_of_life(self) -> None:
        while not self._stopping.wait(self.lease.total_seconds() / 3):
            if running := list(self._running):
                with self.app.app_context():
                    actions.prolong(running, self.lease)

    def _one(self) -> bool:
        with self.app.app_context():
            job = actions.claim(self.lease)
            if job is None:
                return False
            self._running.add(job.lease_id)
            try:
                self._carry_out(job)
            finally:
                self._running.discard(job.lease_id)
            return True

    def _carry_out(self, job: Claimed) -> None:
        owner, task = plugged().tasks().get(job.task, (None, None))
        academy = self.academy_at(job.academy_id)
        if academy is None or owner is None or task is None or not _is_on(owner, academy):
            actions.put_back(job, "its plugin is off", wait=OFF, counts=False)
            return
        if job.attempts > actions.MAX_ATTEMPTS:  # begun again and again without an end: it takes its worker with it
            actions.put_back(job, "ended its worker")
            return
        try:
            _perform(task, job, academy)
        except LeaseLost:
            log.warning("job %s of task %s was taken over by another worker", job.id, job.task)
        except Exception as error:
            log.exception("job %s of task %s failed", job.id, job.task)
            actions.put_back(job, type(error).__name__)


def _is_on(owner: Plugin, academy: CurrentAcademy) -> bool:
    return owner.id == "core" or owner.id in academy.plugins


def _perform(task: Task, job: Claimed, academy: CurrentAcademy) -> None:
    """Effect and end in one commit; what waits for the network comes before it."""
    settle: Any = None
    if task.outside:
        with context.set(academy):
            settle = task.run(**job.payload)
    with writing(academy) as opened:
        if not task.outside:
            task.run(**job.payload)
        elif settle is not None:
            settle()
        actions.finish(opened, job, task)
