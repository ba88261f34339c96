# SPDX-License-Identifier: MIT
"""Write what was noted in a door to the ledger, just before the door commits; what is not safe there is not done.

With the act's own commit the database learns which line it is in, under a lock on the chain: so a copy of the database
knows exactly the lines whose acts it holds, however many threads and processes write at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from upart import clock
from upart.db import WallSession, uuid7
from upart.events.noting import ENDED, NOTED
from upart.rights.ledger.book import BOOK, Book
from upart.rights.ledger.chains import LedgerNotWritten
from upart.rights.ledger.lines import LedgerRefused, Place
from upart.rights.ledger.models import LedgerPosition

log = logging.getLogger("upart.rights.ledger")

PATIENCE = 5.0
"""Seconds that a line waits for the one before it to be committed."""

LOCK = 0x1ED6E4
"""Key of the lock that writers of lines share, and that a replay has alone."""

WRITTEN = "upart_acts_written"
"""Where a session keeps the places of lines whose commit has not come yet."""

_since: ContextVar[datetime | None] = ContextVar("upart_ledger_since", default=None)


@contextmanager
def replaying(since: datetime) -> Iterator[None]:
    """What is noted in this block happened at that instant."""
    token = _since.set(since)
    try:
        yield
    finally:
        _since.reset(token)


def _write(opened: Session) -> None:
    """The lines of what was noted, safe on the disk before anything of it is committed."""
    if opened.in_nested_transaction() or not (acts := opened.info.pop(NOTED, None)):
        return
    opened.flush()
    book: Book = current_app.extensions[BOOK]
    if not book.turn.acquire(timeout=PATIENCE):
        raise LedgerNotWritten
    written: list[Place] = []
    opened.info[WRITTEN] = written
    since = _since.get()
    await_others(opened)
    try:
        for act in acts:
            written.append(book.write(act, since.isoformat() if since else None))
            advance(opened, written[-1], book.chains.fingerprint)
    except (LedgerNotWritten, LedgerRefused) as error:
        log.error("the ledger in %s cannot be written: %s", book.where, error.__cause__ or error)
        raise LedgerNotWritten from error


def await_others(opened: Session, *, alone: bool = False) -> None:
    """Wait until no replay is at work; `alone`: until nobody in any process stands between a line and the commit of its act, and keep it so.

    Until this transaction ends. On SQLite whoever writes is alone anyway. Raises OperationalError after the patience of the door.
    """
    if opened.connection().dialect.name == "postgresql":
        opened.execute(select(func.pg_advisory_xact_lock(LOCK) if alone else func.pg_advisory_xact_lock_shared(LOCK)))


def advance(opened: Session, place: Place, fingerprint: str) -> None:
    """The database knows this line with the next commit."""
    kind: Any = (sqlite if opened.get_bind().dialect.name == "sqlite" else postgresql).insert(LedgerPosition)
    values = {"line": place.number, "digest": place.digest, "key": fingerprint, "at": clock.now()}
    made = kind.values(id=uuid7(), chain=place.chain, **values)
    opened.execute(made.on_conflict_do_update(index_elements=["chain"], set_=values), execution_options={"synchronize_session": False})


def _committed(opened: Session) -> None:
    """The acts are done; so are those that took several transactions, if this one was their last."""
    ended = opened.info.pop(ENDED, ())
    if opened.info.pop(WRITTEN, None) is not None:
        _pass_on()
    for academy_id, reference in ended:
        book: Book = current_app.extensions[BOOK]
        try:
            book.write_end(academy_id, reference)
        except (LedgerNotWritten, LedgerRefused) as error:  # the next start sees that it is done, and adds the line
            log.error("the ledger in %s cannot be written: %s", book.where, error.__cause__)


def _taken_back(opened: Session) -> None:
    """Nothing of the door is kept: nor are its acts."""
    opened.info.pop(NOTED, None)
    opened.info.pop(ENDED, None)
    written: list[Place] | None = opened.info.pop(WRITTEN, None)
    if written is None:
        return
    book: Book = current_app.extensions[BOOK]
    with suppress(LedgerNotWritten, LedgerRefused):  # then the next start takes the act up, which somebody has asked for
        for place in written:
            book.write_void(place)
    _pass_on()


def _pass_on() -> None:
    book: Book = current_app.extensions[BOOK]
    book.turn.release()


for _name, _listener in (("before_commit", _write), ("after_commit", _committed), ("after_rollback", _taken_back)):
    event.listen(WallSession, _name, _listener)
