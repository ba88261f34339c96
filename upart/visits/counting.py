# SPDX-License-Identifier: MIT
"""Counts pages, also those that the page cache answers: a WSGI layer before it notes raw texts in memory, a thread writes them later.

No page waits for that. What a process holds when it is killed is lost: the visits of the last seconds.
Where an address is looked up it is among those texts for as long, since a lookup takes longer than a page from the cache.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from upart import clock
from upart.context import CurrentAcademy
from upart.hooks.routes import Policy
from upart.theming.cache import PAGE
from upart.visits import recent, writing
from upart.visits.browsers import ADDRESS, AGENT, LANGUAGES, REFERRER
from upart.visits.choice import may_count
from upart.visits.naming import Paths
from upart.visits.origins import Origins

log = logging.getLogger("upart.visits")

SECONDS = 5.0
"""How long what was noted waits at most to be written."""

ROWS = 1000
"""Rows of one transaction; so many noted ones are written before the time."""

MOST = 10_000
"""What a process keeps while nothing can be written; more is dropped, and the log says how much."""


class Noted:
    """A list that many threads fill and one empties, with an end."""

    def __init__(self) -> None:
        self._rows: deque[Any] = deque()
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Any) -> None:
        """Note a row, or count that there was no room for it."""
        if len(self._rows) >= MOST:
            self.dropped += 1
        else:
            self._rows.append(row)

    def take(self) -> list[Any]:
        """Up to a transaction's rows, the oldest first."""
        return [self._rows.popleft() for _ in range(min(ROWS, len(self._rows)))]

    def change(self, how: Callable[[Any], Any]) -> None:
        """Put what `how` makes of each row into its place."""
        for _ in range(len(self._rows)):
            self._rows.append(how(self._rows.popleft()))

    def put_back(self, rows: list[Any]) -> None:
        """They could not be written: they come first the next time."""
        self._rows.extendleft(reversed(rows))

    def clear(self) -> None:
        """Forget all."""
        self._rows.clear()
        self.dropped = 0


class Counting:
    """WSGI, behind the host gate and before the page cache. `alone`: write by a thread of its own; without it only `flush()` writes."""

    def __init__(self, app: Callable[..., Iterable[bytes]], portal: Flask, policies: Mapping[str, Policy], origins: Origins) -> None:
        self.app, self.portal, self.paths, self.origins = app, portal, Paths(portal, policies), origins
        self.alone = True
        self.visits, self.opened = Noted(), Noted()
        self._thread: threading.Thread | None = None
        self._wake, self._writing = threading.Event(), threading.Lock()
        self._failing = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass on, then note the page if it was one."""
        environ.pop(PAGE, None)
        answer = self.app(environ, start_response)
        page = environ.get(PAGE)
        if page and environ["REQUEST_METHOD"] == "GET" and may_count(environ, environ["upart.academy"]):
            says = environ.get("HTTP_USER_AGENT", "")[:AGENT], environ.get("HTTP_ACCEPT_LANGUAGE", "")[:LANGUAGES]
            came = environ.get("HTTP_REFERER", "")[:REFERRER], *says, environ.get("REMOTE_ADDR", "")[:ADDRESS] if self.origins.known else ""
            self._note(self.visits, (environ["upart.academy"].id, environ["upart.host"], page, *came, clock.now()))
        return answer

    def note_opened(self, academy: CurrentAcademy, person: UUID, path: str, title: str) -> None:
        """Somebody who has signed in opened a page: it is kept only if they want that, which is asked before it is written."""
        self._note(self.opened, recent.Opened(academy, person, path, title, clock.now()))

    def _note(self, noted: Noted, row: Any) -> None:
        noted.add(row)
        if not self.alone:
            return
        if self._thread is None:
            self._begin()
        elif len(noted) == ROWS:
            self._wake.set()

    def _begin(self) -> None:
        with self._writing:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="visits", daemon=True)
                weakly = weakref.WeakMethod(self.flush)
                atexit.register(_call, weakly)
                os.register_at_fork(after_in_child=lambda: _call(weakref.WeakMethod(self._anew)))
                self._thread.start()

    def _anew(self) -> None:
        """In a forked process: what was noted before is written by the one that noted it."""
        self.visits.clear()
        self.opened.clear()
        self._thread, self._wake, self._writing = None, threading.Event(), threading.Lock()

    def _run(self) -> None:
        while True:
            self._wake.wait(SECONDS)
            self._wake.clear()
            try:
                self.flush()
            except Exception:
                log.exception("counting visits goes on after an error of its own")

    def flush(self) -> None:
        """Write what was noted, in short transactions. What cannot be written now is kept while there is room."""
        with self._writing, self.portal.app_context():
            # All of them, before anything is written: no address waits for a database.
            self.visits.change(lambda row: writing.row_of(row, self.paths, self.origins))
            self._write(self.visits, writing.write)
            self._write(self.opened, recent.write)

    def _write(self, noted: Noted, write: Callable[[list[Any]], None]) -> None:
        while rows := noted.take():
            try:
                write(rows)
            except (OperationalError, NoConnection) as error:
                noted.put_back(rows)
                if not self._failing:
                    log.warning("visits cannot be written and wait in memory, up to %s: %s", MOST, getattr(error, "orig", error))
                self._failing = True
                return
            except SQLAlchemyError:
                log.exception("what was noted cannot be written at all")
                noted.dropped += len(rows)
            self._failing = False
        if noted.dropped:
            log.warning("%s visits were not counted, for want of room while nothing could be written", noted.dropped)
            noted.dropped = 0


def _call(weakly: weakref.WeakMethod[Callable[[], None]]) -> None:
    call = weakly()
    if call is not None:
        call()
