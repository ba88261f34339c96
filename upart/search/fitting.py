# SPDX-License-Identifier: MIT
"""Make the index fit what is searchable: tables, triggers and first filling, by the one who owns the database.

Triggers keep it, in the transaction of the change: whatever writes (a page, a batch, an erasure, a restore) cannot leave it
behind. It follows from the declarations, so a backup need not keep it, and a migration takes it down first and makes it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, inspect, select, text

from upart.hooks.records import Searchable
from upart.search import postgresql, sqlite
from upart.search.tables import ENTRY, KIND


def fit(connection: Connection, wanted: Iterable[Searchable]) -> list[str]:
    """Index what is wanted, drop what is not; returns the tables whose index was made anew. Needs the owner's connection.

    A table that lacks a column, since its migration has not run, is left out until it has.
    """
    catalogue = inspect(connection)
    present = set(catalogue.get_table_names())
    if KIND.name not in present:
        return []
    if connection.dialect.name == "postgresql":
        postgresql.guard(connection)
    chosen = {one.kind: one for one in wanted if one.kind in present and set(one.columns) <= {column["name"] for column in catalogue.get_columns(one.kind)}}
    known = {row.kind: row.digest for row in connection.execute(select(KIND.c.kind, KIND.c.digest))}
    for kind in known.keys() - chosen.keys():
        take_down(connection, kind)
    made = [one for kind, one in chosen.items() if known.get(kind) != digest_of(connection, one) or not _engine(connection).stands(connection, kind)]
    for one in made:
        take_down(connection, one.kind)
        for statement in _engine(connection).statements(one.kind, one.columns):
            connection.execute(text(statement))
        connection.execute(insert(KIND).values(kind=one.kind, digest=digest_of(connection, one)))
    return [one.kind for one in made]


def take_down(connection: Connection, kind: str | None = None) -> None:
    """Drop the index of one table, or of all: nothing of it stays."""
    if KIND.name not in inspect(connection).get_table_names():
        return
    for known in [kind] if kind is not None else list(connection.scalars(select(KIND.c.kind))):
        for statement in _engine(connection).drops(connection, known):
            connection.execute(text(statement))
        connection.execute(delete(ENTRY).where(ENTRY.c.kind == known))
        connection.execute(delete(KIND).where(KIND.c.kind == known))


def digest_of(connection: Connection, one: Searchable) -> str:
    """A hash of how a table is indexed."""
    return sha256("\n".join(_engine(connection).statements(one.kind, one.columns)).encode()).hexdigest()


def behind(connection: Connection, wanted: Iterable[Searchable]) -> list[str]:
    """What is searchable and not indexed so."""
    known = {row.kind: row.digest for row in connection.execute(select(KIND.c.kind, KIND.c.digest))}
    return [one.kind for one in wanted if known.get(one.kind) != digest_of(connection, one) or not _engine(connection).stands(connection, one.kind)]


def _engine(connection: Connection) -> type[sqlite.Sqlite] | type[postgresql.Postgresql]:
    return sqlite.Sqlite if connection.dialect.name == "sqlite" else postgresql.Postgresql
