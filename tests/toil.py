# SPDX-License-Identifier: MIT
"""Work of the plugin `toil` as tests see it: ask for it, do it, count what it left."""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner, Result
from upart_toil import hooks
from upart_toil.models import Mark

from upart import clock
from upart.cli.main import main
from upart.cli.work import stop_on_signals
from upart.jobs.actions import enqueue
from upart.jobs.models import Job
from upart.jobs.worker import Worker
from upart.testing import Installation
from upart.testing.faults import exit_status

LEASE = timedelta(seconds=60)


def ask(made: Installation, task: str, *numbers: int, slug: str = "athena", dedupe_key: str | None = None, **more) -> None:
    """Enqueue a job per number, in one transaction."""
    with made.writing(slug):
        for number in numbers or (1,):
            enqueue(f"toil.{task}", number=number, dedupe_key=dedupe_key, **more)


def work(made: Installation, lease: timedelta = LEASE) -> int:
    """Do all that is due; returns how many jobs were begun."""
    hooks.begun.clear()
    hooks.heard.clear()
    return worker(made, lease).run_due()


def worker(made: Installation, lease: timedelta = LEASE, threads: int = 1):
    """A worker with a lease of its own, which makes no schedules."""
    return Worker(made.app, made.state.directory.by_id, lease, threads)


def jobs(made: Installation) -> list[Job]:
    """The jobs that are there."""
    with made.everywhere() as session:
        session.expire_on_commit = False
        return list(session.scalars(sa.select(Job).order_by(Job.id)))


def marks(made: Installation) -> Counter[int]:
    """How often each job has left its mark."""
    with made.everywhere() as session:
        return Counter(session.scalars(sa.select(Mark.number)))


@contextmanager
def later(**by: float) -> Iterator[None]:
    """Later by so many seconds, hours or days."""
    with clock.shifted(timedelta(**by)):
        yield


def until(happens, seconds: float = 60) -> None:
    """Wait for a condition; fail when it does not come."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


class Gate:
    """Holds jobs back until it is opened, and hears which have begun and ended. `fds` go into their payload."""

    def __init__(self) -> None:
        self.hear, tell = os.pipe()
        gate, self.hold = os.pipe()
        self.fds, self.heard = {"tell": tell, "gate": gate}, b""

    def next(self) -> str:
        """The next thing that a job says; waits for it."""
        while b"\n" not in self.heard:
            assert select.select([self.hear], [], [], 60)[0], "no job says anything"
            self.heard += os.read(self.hear, 4096)
        line, _, self.heard = self.heard.partition(b"\n")
        return line.decode()

    def is_quiet(self) -> bool:
        """Has no job said anything more?"""
        return not self.heard and not select.select([self.hear], [], [], 0)[0]

    def open(self) -> None:
        """Let all jobs pass from now on."""
        if self.hold:
            os.close(self.hold)
        self.hold = 0

    def close(self) -> None:
        """Give the pipes back."""
        self.open()
        for fd in (self.hear, *self.fds.values()):
            os.close(fd)


def start(made: Installation, gate: Gate, lease: timedelta = LEASE) -> int:
    """A worker as a process of its own, as `upart worker` runs it, which says at the gate when it hears that it shall end; returns its process id."""
    made.close()
    child = os.fork()
    if child == 0:
        os.close(gate.hold)
        try:
            found = worker(made, lease)
            stop = found.stop
            found.stop = lambda: (stop(), os.write(gate.fds["tell"], b"asked to end\n"))
            stop_on_signals(found)
            found.run()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return child


def end(child: int, number: int) -> int:
    """Send a signal and wait for the end; the exit status, negative for a signal."""
    os.kill(child, number)
    return exit_status(child)


def command(instance: Path, *words: str, types: str = "") -> Result:
    """`upart` with these words in this process; what it does to signals is taken back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return CliRunner().invoke(main, ["--instance", str(instance), *words], input=types)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
