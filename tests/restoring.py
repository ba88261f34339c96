# SPDX-License-Identifier: MIT
"""Yesterday's database put back today, beside today's ledger: a file on SQLite, a clone on PostgreSQL; and what the ledger says."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

from copies import clone, drop

from upart.app import create_app
from upart.rights.ledger.book import Book
from upart.rights.ledger.lines import Line
from upart.testing import Installation


def again(made: Installation, **settings: object) -> Installation:
    """The next start: the same folder and database, a new process."""
    plugins = [EntryPoint(p.id, f"{p.package}.hooks", "upart.plugins") for p in made.state.plugins.healthy() if p.id != "core"]
    made.close()
    return Installation(create_app(settings=replace(made.state.config, **settings), plugins=plugins))


def backup(made: Installation) -> Callable[[], Installation]:
    """Take a copy of the database now; what it returns puts it back and starts again."""
    url = made.state.config.database_url
    made.close()
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        kept = path.parent.with_name(f"{path.parent.name}.backup")  # not in the folder of the installation, where it would be found
        _copy(path, kept)
        return lambda: (made.close(), _copy(kept, path), again(made))[-1]
    plain, name = url.replace("+psycopg", ""), f"b{uuid.uuid4().hex}"
    database = plain.partition("?")[0].rpartition("/")[2]
    server = plain.replace(f"/{database}", "/postgres")
    clone(server, name, database)

    def put_back() -> Installation:
        made.close()
        drop(server, database)
        clone(server, database, name)
        drop(server, name)
        return again(made)

    return put_back


def _copy(source: Path, target: Path) -> None:
    for path in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def ledger(made: Installation) -> list[Line]:
    """What the ledger says, by whoever reads it anew."""
    return Book(made.state.config).verify()


def kinds(made: Installation) -> list[str]:
    """Kinds of its lines, without the first ones of chains."""
    return [line.kind for line in sorted(ledger(made), key=lambda line: line.at) if line.kind != "opened"]


__all__ = ["again", "backup", "kinds", "ledger"]
