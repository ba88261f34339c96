# SPDX-License-Identifier: MIT
"""Engines: SQLite set up so that it neither loses updates nor keeps erased bytes, PostgreSQL by URL.

A transaction is a read or a write from its first statement on: that is asked of the door which
opened it. SQLite's own default loses updates under threads; BEGIN IMMEDIATE for every read makes
readers queue behind writers (both measured), so only writers take it.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Uuid, event
from sqlalchemy.exc import InvalidatePoolError, OperationalError

from upart.db.folding import learn_lower
from upart.db.indexing import take_in
from upart.db.types import StoredUuid, json_text
from upart.errors import UpartError

DOOR = "upart_door"
"""Execution option of a connection: the door that it was opened for."""

APP_ROLE = "upart_app"
"""PostgreSQL role that owns nothing, so that row-level security binds it; the migration runner makes it."""

BUSY_SECONDS = 5.0
"""How long a writer waits for others to end."""

IDLE_SECONDS = 0.5
"""A connection to PostgreSQL that was used so lately is not asked whether it is still there."""

PRAGMAS = ("foreign_keys=ON", "secure_delete=ON", "synchronous=FULL", "mmap_size=268435456", "trusted_schema=OFF")


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """What a session may see and do: one academy or everywhere (then with a reason), reading or writing.

    `masks`: what is read here may be shown to somebody, so the data of restricted people stay hidden from it.
    """

    academy_id: UUID | None
    write: bool
    everywhere: str = ""
    patience: float = BUSY_SECONDS
    masks: bool = False


class Queued(sqlite3.Connection):
    """A connection whose writers of one process queue up. SQLite lets them poll, asleep for up to 0.1 s at a time and in no order."""

    def __init__(self, *values: Any, line: threading.Lock, **options: Any) -> None:
        super().__init__(*values, **options)
        self._line, self._first = line, False

    def line_up(self, seconds: float) -> None:
        """Wait for the other writers. Raises OperationalError ("database is locked") when they take too long."""
        if not self._line.acquire(timeout=seconds):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        self._first = True

    def leave(self) -> None:
        """Let the next one write."""
        if self._first:
            self._first = False
            self._line.release()

    def commit(self) -> None:
        """Commit; on failure the transaction, and the place, are held until the rollback."""
        super().commit()
        self.leave()

    def rollback(self) -> None:
        """Roll back."""
        try:
            super().rollback()
        finally:
            self.leave()

    def close(self) -> None:
        """Close."""
        try:
            super().close()
        finally:
            self.leave()


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`: as many connections as web threads may want, and no waiting for ever."""
    options = {"pool_size": 16, "max_overflow": 48, "json_serializer": json_text}
    if url.startswith("sqlite"):
        line = partial(Queued, line=threading.Lock())
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False, "factory": line}, **options}
    return options


def set_up(engine: Engine, *, as_owner: bool = False) -> Engine:
    """Attach the events that every engine of ours needs. `as_owner` is for the migration runner alone."""
    if engine.dialect.name == "sqlite":
        engine.dialect.colspecs = {**engine.dialect.colspecs, Uuid: StoredUuid}
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "checkin", _leave_sqlite)
        event.listen(engine, "commit", _index_sqlite)
    else:
        event.listen(engine, "connect", partial(_open_postgresql, as_owner=as_owner))
        event.listen(engine, "checkout", _still_there)
        event.listen(engine, "checkin", _used_now)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _open_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None
    learn_lower(connection)
    _write_ahead(connection)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Turning the log on needs the file alone and does not wait for it; two starters may meet here.
    if str(connection.execute("PRAGMA journal_mode").fetchone()[0]).lower() == "wal":
        return
    for _ in range(int(BUSY_SECONDS) * 20):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
    raise UpartError("The database file is in use by another program.", remedy="Stop the other program and try again.")


def _begin_sqlite(connection: Connection) -> None:
    door = connection.get_execution_options().get(DOOR)
    write = bool(door and door.write)
    if connection.info.get("upart_write") is not write:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
        connection.info["upart_write"] = write
    if door is None or not write:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("BEGIN")
        return
    if connection.info.get("upart_patience", BUSY_SECONDS) != door.patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(door.patience * 1000)}")
        connection.info["upart_patience"] = door.patience
    raw = connection.connection.dbapi_connection
    if isinstance(raw, Queued):
        raw.line_up(door.patience)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        if isinstance(raw, Queued):
            raw.leave()
        raise


def _index_sqlite(connection: Connection) -> None:
    door = connection.get_execution_options().get(DOOR)
    if door is not None and door.write:
        take_in(connection.connection.driver_connection)


def _leave_sqlite(connection: Any, record: Any) -> None:
    # A commit that failed (the disk is full) counts as the end of the transaction, and nobody rolls back: then all others would wait.
    if isinstance(connection, Queued):
        connection.rollback()


def _open_postgresql(connection: Any, record: Any, *, as_owner: bool) -> None:
    connection.autocommit = True  # each transaction begins with a message of ours
    if not as_owner and connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
        connection.execute(f"SET ROLE {APP_ROLE}")
    _used_now(connection, record)


def _used_now(connection: Any, record: Any) -> None:
    record.info["upart_used"] = time.monotonic()


def _still_there(connection: Any, record: Any, proxy: Any) -> None:
    """As `pool_pre_ping`, for what has lain unused for a while: under load each statement would cost one more round trip."""
    if time.monotonic() - record.info["upart_used"] > IDLE_SECONDS:
        try:
            connection.execute("SELECT 1")
        except Exception as error:
            raise InvalidatePoolError from error


def _begin_postgresql(connection: Connection) -> None:
    door = connection.get_execution_options().get(DOOR)
    mode, patience = ("READ WRITE", int(door.patience * 1000)) if door and door.write else ("READ ONLY", 0)
    # One message, so one round trip. Who sees is an id or a word of ours.
    connection.exec_driver_sql(f"BEGIN {mode}; SET LOCAL upart.academy = '{_seen_by(door)}'; SET LOCAL lock_timeout = {patience}")


def _seen_by(door: Door | None) -> str:
    return "everywhere" if door and door.everywhere else str(door.academy_id) if door and door.academy_id else ""


def pass_door(connection: Connection, door: Door) -> Connection:
    """From here on the transaction of this connection sees and does what `door` says."""
    connection.execution_options(**{DOOR: door})
    if connection.dialect.name == "postgresql" and not connection.invalidated:
        connection.exec_driver_sql("SELECT set_config('upart.academy', %(academy)s, true)", {"academy": _seen_by(door)})
    return connection
