# SPDX-License-Identifier: MIT
"""PostgreSQL: a snapshot by one REPEATABLE READ transaction, rows by COPY; and back, by one transaction too. No program of the system is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine

from upart.backup.archive import PIECE, Hashing
from upart.backup.catalog import after_rows, before_rows, drops, quoted, stored
from upart.db import DOOR, Door, set_up
from upart.errors import UpartError

PATIENCE = 60.0
"""Seconds that a restore waits for locks of others."""

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'
"""


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """The database as it is at one moment; others go on reading and writing."""
    door = Door(None, write=False, everywhere="make a backup")
    with _connected(url, door, isolation_level="REPEATABLE READ") as connection:
        yield connection


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """A transaction as the owner of the tables, committed at the end of the block. Raises UpartError when others are connected."""
    with _connected(url, Door(None, write=True, everywhere="restore a backup", patience=PATIENCE)) as connection:
        if others := connection.exec_driver_sql(OTHERS).scalar():
            raise UpartError(
                f"The database is in use by {others} connections: of a server, a worker, a command or somebody's psql.", remedy="Stop them, then restore."
            )
        yield connection
        connection.commit()


@contextmanager
def _connected(url: str, door: Door, **options: Any) -> Iterator[Connection]:
    engine = set_up(create_engine(url, poolclass=NullPool), as_owner=True)
    try:
        with engine.connect().execution_options(**{DOOR: door}, **options) as connection:
            yield connection
    finally:
        engine.dispose()


def pieces(connection: Connection, table: dict[str, Any]) -> Iterator[bytes]:
    """The rows of a table in COPY's text format, in pieces of about a megabyte."""
    columns, rest = ", ".join(quoted(name) for name in stored(table)), bytearray()
    with _driver(connection).cursor() as cursor, cursor.copy(f"COPY (SELECT {columns} FROM {quoted(table['name'])}) TO STDOUT") as copy:
        for block in copy:
            rest += block
            if len(rest) >= PIECE:
                yield bytes(rest)
                rest.clear()
    if rest:
        yield bytes(rest)


class Rows:
    """Puts tables and their rows back in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._schema = connection, dict[str, Any]()

    def begin(self, schema: dict[str, Any]) -> None:
        """Take all that is there away, and make the empty tables."""
        self._schema = schema
        self._run([*drops(self._connection), *before_rows(schema)])

    def take(self, name: str, piece: Hashing) -> None:
        """Rows of this table."""
        table = next(table for table in self._schema["tables"] if table["name"] == name)
        columns = ", ".join(quoted(column) for column in stored(table))
        with _driver(self._connection).cursor() as cursor, cursor.copy(f"COPY {quoted(name)} ({columns}) FROM STDIN") as copy:
            while data := piece.read(PIECE):
                copy.write(data)

    def end(self, secure: Callable[[Connection], None]) -> None:
        """Keys, links and indexes; then what `secure` puts around the tables."""
        self._run(list(after_rows(self._schema)))
        secure(self._connection)

    def _run(self, statements: list[str]) -> None:
        for statement in statements:
            _driver(self._connection).execute(statement)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
