# SPDX-License-Identifier: MIT
"""The worker: claims jobs and carries them out, beside the web or alone, as many as wanted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from upart.context import CurrentAcademy, context
from upart.db import across, bare, is_used, writing
from upart.errors import RESTRICTED, NotAgreed, Problem
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.records import Task
from upart.jobs import leases
from upart.jobs.actions import IS_OFF, IS_RESTRICTED, NOT_AGREED, OFF, NotNow
from upart.jobs.leases import Claimed, LeaseLost

log = logging.getLogger("upart.jobs")

LOOK = 0.02
"""Seconds between two looks at an empty table; one thread looks for all."""

PAUSE = 1.0
"""Seconds to wait when the database does not answer."""

HEAR = 0.5
"""Seconds after which a signal is heard at the latest: one that another thread has taken does not wake the first, which alone may act on it."""

SCHEDULES = 60.0
"""Seconds between two looks for schedules that are missing: of new academies, of plugins just switched on."""


ENDED_WORKER = "ended its worker"
"""Problem of a job that was begun again and again and never came to an end: it takes its worker with it."""


class Worker:
    """Runs jobs in `threads` threads until `stop()`; `academy_at` finds an academy by id, `schedule` makes missing schedules."""

    def __init__(
        self, app: Flask, academy_at: Callable[[UUID], CurrentAcademy | None], lease: timedelta, threads: int = 1, schedule: Callable[[], Any] | None = None
    ) -> None:
        self.app, self.academy_at, self.lease, self.threads, self.schedule = app, academy_at, lease, threads, schedule
        self._running: dict[UUID, Claimed] = {}
        self._looking = threading.Lock()
        self._stopping = threading.Event()

    def run_due(self) -> int:
        """Do all that is due now, also what it leads to; returns how many jobs were begun."""
        done = 0
        with self._alive():
            while not self._stopping.is_set() and (begun := self._some()):
                done += begun
        return done

    def run(self) -> None:
        """Work until `stop()` is called."""
        threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(self.threads)]
        with self._alive():
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(HEAR)

    def stop(self) -> None:
        """Let each thread finish its job and end."""
        self._stopping.set()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            with self._undaunted():
                if not self._some():
                    self._wait_for_work()

    @contextmanager
    def _undaunted(self) -> Iterator[None]:
        """Whatever goes wrong outside of a job, a thread of the worker waits a little and goes on."""
        try:
            yield
        except SQLAlchemyError as error:
            log.warning("the database does not answer: %s", getattr(error, "orig", error))
            self._stopping.wait(PAUSE)
        except Exception:
            log.exception("the worker goes on after an error of its own")
            self._stopping.wait(PAUSE)

    def _wait_for_work(self) -> None:
        """Wait until something is due or the worker ends."""
        with self._looking, self.app.app_context(), bare("is a job due?") as connection:
            while not self._stopping.wait(LOOK):
                if leases.is_due(connection):
                    return
                connection.rollback()  # the next look is to see what was written since

    @contextmanager
    def _alive(self) -> Iterator[None]:
        """Give signs of life for running jobs, and make missing schedules, beside the block."""
        ended = threading.Event()
        beats = [(self.lease.total_seconds() / 3, self._prolong)] + ([(SCHEDULES, self.schedule)] if self.schedule else [])
        threads = [threading.Thread(target=self._beat, args=(ended, *beat), daemon=True) for beat in beats]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def _beat(self, ended: threading.Event, seconds: float, call: Callable[[], Any]) -> None:
        while not ended.wait(seconds):
            with self._undaunted(), self.app.app_context():
                call()

    def _prolong(self) -> None:
        if running := list(self._running.values()):
            with bare("prolong the leases of running jobs", write=True) as connection:
                leases.prolong(connection, running, self.lease)

    def _some(self) -> int:
        """Claim a job and do it, then those that each hands on; returns how many were begun."""
        with self.app.app_context(), bare("claim the next job", write=True) as connection:
            job = leases.claim(connection, self.lease)
        begun = 0
        while job is not None:
            begun += 1
            self._running[job.lease_id] = job
            try:
                with self.app.app_context():
                    following = self._carry_out(job)
            except Exception:
                self._give_back(job)
                raise
            finally:
                del self._running[job.lease_id]
            job = following
        return begun

    def _give_back(self, job: Claimed) -> None:
        """What went wrong was none of the job's doing: nobody has to wait for its lease, if the database still answers."""
        with suppress(SQLAlchemyError), self.app.app_context():
            _put_back(job, "", wait=timedelta(seconds=PAUSE))

    def _carry_out(self, job: Claimed) -> Claimed | None:
        """Do one job, or put it back; returns the next one, if it was claimed with this one's end."""
        owner, task = plugged().tasks().get(job.task, (None, None))
        academy = self.academy_at(job.academy_id)
        if academy is None or owner is None or task is None or not _is_on(owner, academy):
            _put_back(job, IS_OFF, wait=OFF)
        elif job.attempts > leases.MAX_ATTEMPTS:
            _put_back(job, ENDED_WORKER, every=task.every)
        else:
            return self._attempt(task, job, academy)
        return None

    def _attempt(self, task: Task, job: Claimed, academy: CurrentAcademy) -> Claimed | None:
        try:
            return self._perform(task, job, academy)
        except LeaseLost:
            log.warning("job %s of task %s was taken over by another worker", job.id, job.task)
        except NotNow as reason:
            log.warning("job %s of task %s waits: %s", job.id, job.task, reason)
            _put_back(job, reason.message, wait=reason.wait)
        except NotAgreed as reason:
            log.warning("job %s of task %s waits: %s", job.id, job.task, reason)
            _put_back(job, NOT_AGREED, wait=OFF)
        except (Exception, SystemExit) as error:  # whatever a task raises must not end the worker
            if task.every is None and isinstance(error, Problem) and error.code == RESTRICTED:
                log.warning("job %s of task %s waits: %s", job.id, job.task, IS_RESTRICTED)
                _put_back(job, IS_RESTRICTED, wait=OFF)
            else:
                log.exception("job %s of task %s failed", job.id, job.task)
                _put_back(job, type(error).__name__, every=task.every)
        return None

    def _perform(self, task: Task, job: Claimed, academy: CurrentAcademy) -> Claimed | None:
        """Effect, end and the next claim in one commit; what waits for the network comes before it."""
        settle: Any = None
        if task.outside:
            with context.set(academy):
                settle = task.run(**job.payload)
        with writing(academy):
            if not task.outside:
                task.run(**job.payload)
            elif settle is not None:
                settle()
            if is_used():
                with across("end a job, claim the next") as connection:
                    return self._end(connection, job, task)
        with bare("end a job, claim the next", write=True) as connection:
            return self._end(connection, job, task)

    def _end(self, connection: Connection, job: Claimed, task: Task) -> Claimed | None:
        leases.finish(connection, job, task)
        return None if self._stopping.is_set() else leases.claim(connection, self.lease)


def _put_back(job: Claimed, problem: str, **how: Any) -> None:
    with bare("put a job back", write=True) as connection:
        leases.put_back(connection, job, problem, **how)


def _is_on(owner: Plugin, academy: CurrentAcademy) -> bool:
    return owner.id == "core" or (owner.id in academy.plugins and not academy.is_paused)
