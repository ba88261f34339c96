# SPDX-License-Identifier: MIT
"""Bodies of requests: how one comes in, and one way to read each kind, with words for whatever is wrong."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

from upart import clock
from upart.errors import Problem

log = logging.getLogger("upart.bodies")

MAX_FIELDS = 1000
MAX_BODY = 1024 * 1024
"""Bytes of a body, unless the route allows more; up to here it is taken into memory before anything else happens."""

SECONDS, RATE = 15.0, 8 * 1024
"""A body may take so many seconds, and one more for each so many bytes that have come."""

SMALL, MANY, PIECE = 16 * 1024, 64, 64 * 1024
"""Bytes that every body may take in memory, how many bodies of one process may take more, and bytes waited for at once."""


DRAINED = 8 * 1024 * 1024
"""Bytes of a body that are taken in although they are too many, so that its sender comes to read why."""


class Late(Problem):
    """A body did not come in time (RFC 9110, 15.5.9)."""

    def __init__(self) -> None:
        super().__init__(408, "What you sent did not arrive in time.", remedy="Nothing was changed. Check your connection and send it again.")


class Arriving(io.RawIOBase):
    """A body on its way. A server's `read` cannot be interrupted, so a thread of its own waits in it, and we wait for that with a limit.

    Reading raises Late, or Problem 400 when the sender went away before all had come that was announced.
    """

    def __init__(self, source: Any, length: int | None) -> None:
        self.length, self._source = length, source
        self._asked, self._come = SimpleQueue[int](), SimpleQueue[bytes]()
        self._thread = threading.Thread(target=self._read, name="upart-body", daemon=True)
        self._begun, self._received = 0.0, 0
        self.late = False

    def piece(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        if self.length is not None:
            size = min(size, self.length - self._received)
        if size <= 0:
            return b""
        if not self._begun:
            self._begun = clock.monotonic()
            self._thread.start()
        self._asked.put(size)
        try:
            got = self._come.get(timeout=max(0.0, self._begun + SECONDS + self._received / RATE - clock.monotonic()))
        except Empty:
            self.late = True
            raise Late from None
        self._received += len(got)
        if not got and self.length is not None:
            raise Problem(400, "What you sent broke off.", remedy="Nothing was changed. Check your connection and send it again.")
        return got

    def gather(self, size: int) -> bytes:
        """The next `size` bytes, or what is left."""
        parts: list[bytes] = []
        while size > 0 and (piece := self.piece(min(size, PIECE))):
            parts.append(piece)
            size -= len(piece)
        return b"".join(parts)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """For `read`, by whoever parses a body that is too large for memory."""
        got = self.piece(len(buffer))
        buffer[: len(got)] = got
        return len(got)

    def drain(self) -> None:
        """Take in and forget what nobody wanted, if it is not much: who is cut off while sending never reads the answer."""
        if self.length is None or self.length > DRAINED or self.late:
            return
        until = clock.monotonic() + SECONDS
        with suppress(Problem):
            while self.piece(PIECE) and clock.monotonic() < until:
                continue

    def close(self) -> None:
        """Let the thread go once it comes back."""
        self._asked.put(0)
        super().close()

    def outlast(self) -> None:
        """Wait until the thread has come back: when the server closes the connection, which it does after the answer to a late body."""
        self._thread.join()

    def _read(self) -> None:
        while size := self._asked.get():
            try:
                self._come.put(self._source.read(size))
            except Exception as error:  # as servers tell that the connection broke
                log.info("a body broke off: %s", error)
                self._come.put(b"")


class Bodies:
    """Takes bodies in, so that nobody who works waits for a sender."""

    def __init__(self) -> None:
        self._many = threading.BoundedSemaphore(MANY)

    @contextmanager
    def taken_in(self, environ: dict[str, Any], arriving: Arriving | None) -> Iterator[bool]:
        """For the block the body is in memory; or (then it gives True) it is larger than MAX_BODY and comes while it is read.

        Raises Late, Problem 400 for one that breaks off, 413 for one that is too large and does not say so, 503 when too many are in memory.
        """
        length = 0 if arriving is None else arriving.length
        if arriving is None or (length is not None and length > MAX_BODY):
            environ["wsgi.input"] = arriving or environ["wsgi.input"]
            yield arriving is not None
            return
        with ExitStack() as stack:
            body = arriving.gather(SMALL)
            if len(body) == SMALL != length:
                stack.enter_context(self._place())
                body += arriving.gather(MAX_BODY + 1 - SMALL)
            if len(body) > MAX_BODY:
                raise Problem(413, "This is too large, and came without its length.", remedy="Send less, or say how much it is (Content-Length).")
            environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(len(body)), io.BytesIO(body)
            yield False

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._many.acquire(blocking=False):
            raise Problem(503, "Many people are sending something right now.", remedy="Nothing was changed. Try again in a minute.", retry=60)
        try:
            yield
        finally:
            self._many.release()


def announced(environ: dict[str, Any]) -> int | None:
    """Bytes of the body by its header; None when it comes in chunks, whose number nobody knows."""
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isascii() and length.isdecimal():
        return int(length)
    return None if "HTTP_TRANSFER_ENCODING" in environ and environ.get("wsgi.input_terminated") else 0


def check_form(request: Any) -> None:
    """Refuse what a form cannot be, before anything parses it: too many fields, bytes that are not UTF-8."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    if "Transfer-Encoding" in request.headers:
        # A form that comes in chunks and breaks off looks like a shorter one.
        raise Problem(411, "A form must say how long it is.", remedy="Send it with Content-Length.")
    data = request.get_data(cache=True)
    if data.count(b"&") >= MAX_FIELDS:
        raise Problem(413, "This form has too many fields.", remedy="Send it as the page shows it.")
    check_characters(request)


def check_characters(request: Any) -> None:
    """Refuse a form with bytes that are not UTF-8, or with a part that has no name."""
    for name, value in request.form.items(multi=True):
        if name is None or "\ufffd" in name or "\0" in name or "\ufffd" in value:
            raise Problem(400, "This form contains characters that cannot be read.", remedy="Type the text again.")
