# SPDX-License-Identifier: MIT
"""The fault injector: ends a process at its n-th commit or effect, as a power cut would, for every n until none is reached.

    for where in every_kill(lambda: pay(order), installation=portal):
        recover()              # the next start: let a worker do what is due
        assert portal.breaches() == []

Each round runs the call in a forked child, which dies by `os._exit` (no `finally`, no rollback, no flush)
just before or just after a commit, or just before something leaves the process: a file renamed or removed, a
line to a mail server, a request to another host. The database then holds exactly what a killed process leaves.
"""

from __future__ import annotations

import itertools
import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from upart.db.engine import DOOR
from upart.testing.installation import Installation

KILLED = 137
"""Exit status of a child that was killed at a boundary, as of one that got SIGKILL."""

EFFECTS = (
    "os.rename",
    "os.link",
    "os.remove",
    "smtplib.connect",
    "smtplib.send",
    "http.client.connect",
    "http.client.send",
    "urllib.Request",
    "subprocess.Popen",
)
"""What leaves a process, by its audit event (PEP 578); each is a boundary just before it happens."""

MOST = 500
"""Boundaries after which a call is taken to be endless."""


LONGEST = 120.0
"""Seconds that a child may take; one that hangs is ended by SIGABRT, so that faulthandler prints where each thread stood."""


class Failed(AssertionError):
    """The call itself raised, in the child: the text is its traceback."""


def every_kill(call: Callable[[], Any], *, installation: Installation | None = None, before: Callable[[], Any] | None = None) -> Iterator[str]:
    """Kill `call` at its first boundary, then at its second, … until it comes to its end; yields each time where it was killed.

    `before` prepares each round. Put the recovery and the checks into the loop's body. `installation` gives up its
    connections first, which a child must not share. The last round, in which no boundary is left, yields nothing.
    Raises Failed when the call raises, and AssertionError when it has no boundary at all: then nothing was tested.
    """
    for n in itertools.count(1):
        if before is not None:
            before()
        if installation is not None:
            installation.close()
        where = killed_at(n, call)
        if where is None:
            assert n > 1, "The call reached no commit and no effect: nothing was tested."
            return
        assert n <= MOST, f"The call was killed {MOST} times and has not come to its end."
        yield where


def killed_at(n: int, call: Callable[[], Any], seconds: float = LONGEST) -> str | None:
    """Run `call` in a child that dies at its n-th boundary; where that was, or None if it ended before. Raises Failed, also for a child that hangs."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the parent do not live on in the child, which is wanted
        child = os.fork()
    if child == 0:
        os.close(reader)
        _run_and_exit(n, call, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe, _limited(child, seconds):
        told = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == KILLED:
        return str(pickle.loads(told))
    if status == -signal.SIGABRT:
        raise Failed(f"The child did not come to its end within {seconds:g} seconds; on stderr stands where.")
    if status != 0:
        raise Failed(pickle.loads(told) if told else f"The child ended with status {status}.")
    return None


def exit_status(child: int, seconds: float = LONGEST) -> int:
    """Wait for the end of a child process: its exit status, negative for a signal; -6 for one that hung longer than `seconds`."""
    with _limited(child, seconds):
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextmanager
def _limited(child: int, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, os.kill, (child, signal.SIGABRT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _run_and_exit(n: int, call: Callable[[], Any], writer: int) -> None:
    status = 0
    try:
        _Boundaries(n, writer).watch()
        call()
    except BaseException:
        os.write(writer, pickle.dumps(traceback.format_exc()))
        status = 1
    finally:
        os._exit(status)


class _Boundaries:
    """Counts boundaries in the child and ends it at the n-th."""

    def __init__(self, n: int, writer: int) -> None:
        self.left, self.writer, self.lock, self.now = n, writer, threading.Lock(), threading.local()

    def watch(self) -> None:
        sys.addaudithook(self._effect)
        event.listen(Engine, "commit", self._whose)
        event.listen(Engine, "engine_connect", lambda connection: self._patch(connection.engine))

    def _whose(self, connection: Connection) -> None:
        """What a door that only reads commits is nothing, and no boundary."""
        door = connection.get_execution_options().get(DOOR)
        self.now.reads = door is not None and not door.write

    def _patch(self, engine: Engine) -> None:
        dialect: Any = engine.dialect
        if getattr(dialect, "upart_boundaries", None) is self:
            return
        dialect.upart_boundaries, commit = self, dialect.do_commit

        def do_commit(connection: DBAPIConnection | ConnectionPoolEntry) -> None:
            written = not self.now.reads
            if written:
                self.reached("before a commit")
            commit(connection)
            if written:
                self.reached("after a commit")

        dialect.do_commit = do_commit

    def _effect(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in EFFECTS:
            self.reached(f"before {name}")

    def reached(self, where: str) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.write(self.writer, pickle.dumps(where))
                os._exit(KILLED)
