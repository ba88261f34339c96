# SPDX-License-Identifier: MIT
"""`upart worker`: carries out jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any

import click

from upart.cli import migrating
from upart.cli.root import application, main
from upart.jobs.schedules import ensure_schedules
from upart.jobs.worker import Worker


@main.command()
@click.option("--concurrency", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs at a time.")
@click.option("--once", is_flag=True, help="Do all that is due, then end.")
@click.option("--beside", type=int, hidden=True, help="End when this process ends.")
@click.pass_context
def worker(ctx: click.Context, concurrency: int, once: bool, beside: int | None) -> None:
    """Carry out jobs: mail, events, schedules. As many workers as wanted may run."""
    app = application(ctx)
    migrating.require_current(app)
    made = make_worker(app, concurrency)
    if once:
        made.run_due()
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: made.stop())
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside, made), daemon=True).start()
    made.run()


def make_worker(app: Any, concurrency: int = 1) -> Worker:
    """A worker of this application, its schedules ensured."""
    state = app.extensions["upart"]
    with app.app_context():
        ensure_schedules(state.directory.all())
    return Worker(app, state.directory.by_id, timedelta(seconds=state.config.job_lease), concurrency)


def start_beside(app: Any) -> subprocess.Popen[bytes]:
    """Start a worker as a process of its own, which ends with this one."""
    instance = str(app.extensions["upart"].config.instance)
    return subprocess.Popen([sys.executable, "-m", "upart.cli.main", "--instance", instance, "worker", "--beside", str(os.getpid())])  # noqa: S603


def _end_with(parent: int, made: Worker) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(0.5)
    made.stop()
