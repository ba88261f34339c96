# SPDX-License-Identifier: MIT
"""Tasks that behave as a test wants, told by the numbers and words that the job carries."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import timedelta

from upart.plugin import EventType, Manifest, Task, aside, hookimpl, session
from upart_toil.models import Mark

manifest = Manifest(id="toil", version="1.0", models="upart_toil.models", migrations="migrations")

begun, heard = [], []
"""Numbers of jobs that were begun, and types of events that were heard, in this process."""


@hookimpl
def upart_jobs():
    return [
        Task(name="toil.mark", run=mark, sentence="Leave a mark"),
        Task(name="toil.slow", run=slow),
        Task(name="toil.careless", run=careless),
        Task(name="toil.break", run=fall),
        Task(name="toil.poison", run=poison),
        Task(name="toil.end", run=ask_to_end),
        Task(name="toil.daily", run=lambda: mark(0, "daily"), every=timedelta(days=1)),
        Task(name="toil.outside", run=outside, outside=True),
    ]


@hookimpl
def upart_events():
    return [EventType(name="toil.done", sentence="finished a piece of work"), EventType(name="toil.bad", sentence="dropped a piece of work")]


@hookimpl
def upart_objections(operation, actor, subject):
    """Against mail of a certain subject; of another one it cannot say."""
    if operation == "mail.send" and subject.subject_line == "Trouble":
        raise RuntimeError("cannot say")
    return ["unwanted"] if operation == "mail.send" and subject.subject_line == "Unwanted" else []


@hookimpl
def upart_on_event(event):
    heard.append(event.type)
    session.add(Mark(number=0, word=f"{event.type} {event.object_id}"))
    if event.type == "toil.bad":
        raise ValueError("no ear for this")


def mark(number: int, word: str = "") -> None:
    begun.append(number)
    session.add(Mark(number=number, word=word))


def slow(number: int, tell: int, gate: int) -> None:
    """Mark, say so to `tell`, and take until `gate` opens (both are file descriptors)."""
    mark(number)
    session.flush()
    _wait(number, tell, gate)


def careless(number: int, tell: int, gate: int) -> None:
    """The same, but its mark is committed apart from the job's end."""
    with aside() as opened:
        opened.add(Mark(number=number))
    _wait(number, tell, gate)


def _wait(number: int, tell: int, gate: int) -> None:
    os.write(tell, b"%d begun\n" % number)
    os.read(gate, 1)
    os.write(tell, b"%d ended\n" % number)


def fall(number: int, word: str = "ValueError") -> None:
    mark(number)
    raise {"ValueError": ValueError, "SystemExit": SystemExit, "RecursionError": RecursionError}[word]("as asked")


def poison(number: int) -> None:
    os._exit(9)


def ask_to_end(number: int) -> None:
    """Ask the worker to end, by a signal that the job's own thread takes."""
    mark(number)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)


def outside(number: int, seconds: float = 0, tell: int = 0, gate: int = 0):
    begun.append(number)
    time.sleep(seconds)
    if gate:
        _wait(number, tell, gate)
    return lambda: session.add(Mark(number=number, word="settled"))
