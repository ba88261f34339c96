# SPDX-License-Identifier: MIT
"""Turns: a request's body is taken in first, within a time, and only so many requests are worked on at once.

A server thread that waits for a slow sender costs little, one that holds a database connection
costs much. So a stalled body never keeps a place, and waiting writers never keep those of readers.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from upart.errors import Problem
from upart.theming.bodies import Arriving, Bodies, announced
from upart.theming.neutral import say

READERS, WRITERS, SENDERS = 8, 6, 4
"""Requests of one process that are worked on at once: those that read, those that write, those whose body is too large to be taken in first."""

SECONDS = 5.0
"""How long a request waits for its turn."""

SWITCH = 0.001
"""Seconds that a thread may keep Python's lock while others want it. With 0.005, the default, cached pages waited 0.1 s behind a storm of sign-ins."""

SAFE = ("GET", "HEAD", "OPTIONS")
WHOLE = 1024 * 1024
"""Bytes up to which an answer is handed over as one piece, so that a slow reader keeps no thread."""

BUSY = "Many people are here right now."
LATER = "Nothing was changed. Try again in a few seconds."


class Room:
    """Places for requests of one kind."""

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)

    def enter(self) -> None:
        """Take a place. Raises Problem 503 when none becomes free in time."""
        if not self._places.acquire(timeout=SECONDS):
            raise Problem(503, BUSY, remedy=LATER, retry=5)

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()


class Turn:
    """The place that a request holds, if it holds one now."""

    def __init__(self, room: Room) -> None:
        self.room, self.held = room, False

    def begin(self) -> None:
        """Take the place."""
        self.room.enter()
        self.held = True

    def end(self) -> None:
        """Give it back, once."""
        if self.held:
            self.held = False
            self.room.leave()


_turn: ContextVar[Turn | None] = ContextVar("upart_turn", default=None)


@contextmanager
def waiting() -> Iterator[None]:
    """Give the place of this request back while it waits for something that is no work, then take one again.

    Raises Problem 503 when none becomes free in time. Nothing may be open meanwhile: no transaction, no file.
    """
    turn = _turn.get()
    if turn is None:
        yield
        return
    turn.end()
    try:
        yield
    finally:
        turn.begin()


class Turns:
    """WSGI: body first, then a turn. Answers 408 to a body that does not come and 503 when no turn ends in time."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app, self.bodies = app, Bodies()
        self.readers, self.writers, self.senders = Room(READERS), Room(WRITERS), Room(SENDERS)
        sys.setswitchinterval(SWITCH)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer or pass on."""
        length = announced(environ)
        arriving = Arriving(environ["wsgi.input"], length) if length != 0 else None
        answer = self._answer(environ, arriving, start_response)
        if arriving is None:
            return answer
        if "HTTP_EXPECT" not in environ:
            arriving.drain()
        arriving.close()
        return Lingering(answer, arriving) if arriving.late else answer

    def _answer(self, environ: dict[str, Any], arriving: Arriving | None, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            with self.bodies.taken_in(environ, arriving) as large, _taking(self._room(environ, large)):
                return _whole(self.app, environ, start_response)
        except Problem as problem:
            status, retry = HTTPStatus(problem.status), [("Retry-After", str(problem.retry))] if problem.retry else []
            # A body that was not read to its end would be taken for the next request.
            more = ("Connection", "close"), *retry
            return say(
                start_response, f"{status.value} {status.phrase}", problem.message.encode(), problem.remedy.encode(), *more, path=environ.get("PATH_INFO", "")
            )

    def _room(self, environ: dict[str, Any], large: bool) -> Room:
        return self.senders if large else self.readers if environ["REQUEST_METHOD"] in SAFE else self.writers


class Lingering:
    """The answer to a late body; its request ends when the thread that waits for the body has come back.

    Granian 2.8.7 takes the body's lock when a request ends, and holds Python's meanwhile: with a reader left behind, all would stand still.
    """

    def __init__(self, answer: Iterable[bytes], arriving: Arriving) -> None:
        self.answer, self.arriving = answer, arriving

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        """By the server, after the last byte."""
        if hasattr(self.answer, "close"):
            self.answer.close()
        self.arriving.outlast()


@contextmanager
def _taking(room: Room) -> Iterator[None]:
    turn = Turn(room)
    turn.begin()
    token = _turn.set(turn)
    try:
        yield
    finally:
        _turn.reset(token)
        turn.end()


def _whole(app: Callable[..., Iterable[bytes]], environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer as one piece if it says that it is short: servers send that without a thread."""
    length = WHOLE + 1

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        nonlocal length
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), length)
        return start_response(status, headers, *rest)

    answer = app(environ, start)
    if length > WHOLE:
        return answer
    try:
        return [b"".join(answer)]
    finally:
        if hasattr(answer, "close"):
            answer.close()
