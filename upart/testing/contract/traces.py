# SPDX-License-Identifier: MIT
"""Where something of somebody can stand: rows, tables that nobody declared, files of the instance, raw bytes of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from upart.cli.migrating import owner_engine
from upart.db import Model, engine
from upart.rights.canary.foreseen import Rows
from upart.rights.canary.rows import marks_in
from upart.rights.canary.truth import Truth
from upart.testing.installation import Installation


def all_rows(made: Installation, truth: Truth) -> Rows:
    """Every row of every declared table."""
    found: Rows = {}
    with made.everywhere() as opened:
        for name, entry in truth.register.tables.items():
            table = Model.metadata.tables[name]
            for row in opened.connection().execute(sa.select(table)).mappings():
                values: dict[str, Any] = {str.__str__(column): str.__str__(value) if isinstance(value, str) else value for column, value in row.items()}
                found[name, values["academy_id"] if entry.owned else None, values["id"]] = values
    return found


def texts(made: Installation) -> Iterator[tuple[str, str]]:
    """All that any table of the database holds, declared or not: its name and its rows as text."""
    with made.everywhere() as opened:
        connection = opened.connection()
        for name in sa.inspect(connection).get_table_names():
            yield f"table {name}", str([tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')])


def samples(made: Installation) -> Iterator[tuple[str, str]]:
    """What PostgreSQL's planner has sampled of columns; nobody but the owner may read it."""
    if engine_is_sqlite(made):
        return
    with owner_engine(made.state) as owner, owner.connect() as connection:
        found = connection.exec_driver_sql("SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats")
        for table, column, common, bounds in found:
            yield f"samples of {table}.{column}", f"{common} {bounds}"


def sample(made: Installation) -> None:
    """Let the planner look at all rows, as it does by itself when time has passed."""
    if not engine_is_sqlite(made):
        with owner_engine(made.state) as owner, owner.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def files(made: Installation) -> Iterator[tuple[Path, bytes]]:
    """All files of the instance with their bytes: those of a SQLite database with its log, as they lie on the disk now; stored files, mail."""
    with made.app.app_context():
        database = engine().url.database or ""
    places = {path for path in made.state.config.instance.rglob("*") if path.is_file()}
    if engine_is_sqlite(made):
        places |= {path for path in Path(database).parent.glob(f"{Path(database).name}*") if path.is_file()}
    for path in sorted(places):
        yield path, path.read_bytes()


def engine_is_sqlite(made: Installation) -> bool:
    """Does the installation keep its rows in a file?"""
    with made.app.app_context():
        return engine().dialect.name == "sqlite"


def standing(made: Installation, wanted: set[str], words: Iterable[str] = ()) -> dict[str, list[str]]:
    """Where each of these marks or words still stands."""
    found: dict[str, list[str]] = {}
    for where, text in (*texts(made), *samples(made)):
        _note(found, where, marks_in(text) & wanted | {word for word in words if word in text})
    for path, data in files(made):
        plain = data.decode("latin-1")
        _note(found, f"file {path.name}", marks_in(plain) & wanted | {word for word in words if word in plain})
    return found


def _note(found: dict[str, list[str]], where: str, marks: set[Any]) -> None:
    for mark in marks:
        found.setdefault(mark, []).append(where)
