# SPDX-License-Identifier: MIT
"""`upart worker`: carries out jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import click

from upart.cli import migrating
from upart.cli.root import application, main
from upart.jobs.copies import REMEDY, why_copied
from upart.jobs.schedules import ensure_schedules
from upart.jobs.worker import Worker
from upart.rights.actions.catching_up import catch_up

PATIENCE = 10.0
"""Seconds that a worker beside the web gets to finish its jobs; those that take longer are done again by another one."""

AGAIN = (0.5, 60.0)
"""Seconds after which a worker beside the web that died is started again: at first, and at most, doubling."""


@main.command()
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs at a time.")
@click.option("--once", is_flag=True, help="Do all that is due, then end.")
@click.option("--beside", type=int, hidden=True, help="End when this process ends.")
@click.pass_context
def worker(ctx: click.Context, concurrency: int, once: bool, beside: int | None) -> None:
    """Carry out jobs: mail, events, schedules. As many workers as wanted may run; SIGTERM lets each finish its jobs."""
    app = application(ctx)
    migrating.require_current(app)
    warn_of_copy(app)
    made = make_worker(app, concurrency)
    stop_on_signals(made)
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside, made), daemon=True).start()
    if once:
        made.run_due()
    else:
        made.run()


def stop_on_signals(made: Worker) -> None:
    """SIGTERM and SIGINT let a worker of this process finish its jobs, and no more."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: made.stop())


def warn_of_copy(app: Any) -> None:
    """Say on stderr that nothing leaves from here, if this installation is a copy."""
    with app.app_context():
        if why := why_copied():
            click.echo(f"This installation is a copy: no mail leaves. {why} {REMEDY}", err=True)


def make_worker(app: Any, concurrency: int = 1) -> Worker:
    """A worker of this application, its schedules ensured."""
    state = app.extensions["upart"]

    def schedule() -> None:
        ensure_schedules(state.directory.homes(), state.directory.by_id)

    catch_up(app)
    with app.app_context():
        schedule()
    return Worker(app, state.directory.by_id, timedelta(seconds=state.config.job_lease), concurrency, schedule)


class Beside:
    """A worker as a process of its own beside the web: started again when it dies, ended with the web."""

    def __init__(self, app: Any) -> None:
        instance = str(app.extensions["upart"].config.instance)
        self._command = [sys.executable, "-m", "upart.cli.main", "--instance", instance, "worker", "--beside", str(os.getpid())]
        self._stopping, self._starting = threading.Event(), threading.Lock()
        self.process = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Let it finish its jobs, but not for ever."""
        with self._starting:
            self._stopping.set()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command)  # noqa: S603

    def _watch(self) -> None:
        wait, begun = AGAIN[0], time.monotonic()
        while not self._stopping.is_set():
            self.process.wait()
            wait = AGAIN[0] if time.monotonic() - begun > AGAIN[1] else min(2 * wait, AGAIN[1])
            self._stopping.wait(wait)
            with self._starting:
                if not self._stopping.is_set():
                    begun, self.process = time.monotonic(), self._start()


def _end_with(parent: int, made: Worker) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(0.5)
    made.stop()
