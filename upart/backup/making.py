# SPDX-License-Identifier: MIT
"""Make a backup while others go on working: the database as it is at one moment, then the files that its rows name.

Bytes are stored before their row is committed and removed after the commit that deletes it. So what a row of the snapshot
names is there, unless it was erased a moment ago; then it stays away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, NullPool, create_engine, inspect, select, text

from upart.academies.models import Academy
from upart.backup import ledger, postgresql, sqlite
from upart.backup.archive import MANIFEST, Writer
from upart.backup.aside import alone, database_file, full_in_words, sync_folder
from upart.backup.catalog import schema
from upart.backup.known import note
from upart.backup.manifest import Manifest, describe
from upart.backup.sealing import Sealer, Secret
from upart.config import Config
from upart.errors import UpartError
from upart.keys import ring
from upart.storage.models import File
from upart.storage.places import place

VERSIONS = "alembic_version"
ACADEMY: Any = Academy.__table__
FILE: Any = File.__table__


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds: how many files, how many that rows name and nobody has; its size in bytes."""

    manifest: Manifest
    files: int
    missing: int
    size: int


def make(config: Config, target: Path, secret: Secret | None = None, *, overwrite: bool = False) -> Made:
    """Write a backup to `target`, which appears whole or not at all, readable by this user alone. Raises UpartError.

    Needs no open door. Memory does not grow with files or tables. Keys and settings are not in it.
    """
    target = target.absolute()
    _refuse_existing(target, overwrite)
    with alone(config) as work:
        unfinished = target.with_name(f".{target.name}.part")
        try:
            with full_in_words(target.parent), open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                manifest, files, missing = _write(config, work, out, secret)
                out.flush()
                os.fsync(out.fileno())
            _refuse_existing(target, overwrite)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(target.parent)
    note(config, target, manifest.made_at)
    return Made(manifest, files, missing, target.stat().st_size)


def _refuse_existing(target: Path, overwrite: bool) -> None:
    if target.exists() and not overwrite:
        raise UpartError(f"{target} exists.", remedy="Name another file, or add --overwrite.")
    if not target.parent.is_dir():
        raise UpartError(f"There is no folder {target.parent}.", remedy="Make it, or name another file.")


def _write(config: Config, work: Path, out: BinaryIO, secret: Secret | None) -> tuple[Manifest, int, int]:
    sealer = Sealer(out, secret) if secret else None
    writer = Writer(sealer or out, ring())
    file = database_file(config)
    with _snapshot(config, file, work) as connection:
        manifest = _described(connection)
        writer.add_bytes(MANIFEST, manifest.as_json())
        if file:
            with (work / "snapshot").open("rb") as snapshot:
                writer.add("database.sqlite", snapshot)
        else:
            _add_tables(writer, connection)
        files, missing = _add_files(writer, connection)
    writer.finish()
    if sealer:
        sealer.finish()
    return manifest, files, missing


@contextmanager
def _snapshot(config: Config, file: Path | None, work: Path) -> Iterator[Connection]:
    """A connection to the database as it is now, and will be to the end of the block."""
    if file is None:
        with postgresql.snapshot(config.database_url) as connection:
            yield connection
        return
    sqlite.snapshot(file, work / "snapshot", config.files_spare)
    engine = create_engine(f"sqlite:///{work / 'snapshot'}", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _described(connection: Connection) -> Manifest:
    tables = set(inspect(connection).get_table_names())
    if ACADEMY.name not in tables:
        raise UpartError("There is nothing to back up: the database has no academies.", remedy="Run: upart db upgrade")
    versions = {}
    for table in sorted(name for name in tables if name == VERSIONS or name.startswith(f"{VERSIONS}_")):
        owner = table.removeprefix(VERSIONS).removeprefix("_") or "core"
        versions[owner] = str(connection.scalar(text(f'SELECT version_num FROM "{table}"')))
    slugs = tuple(connection.scalars(select(ACADEMY.c.slug).order_by(ACADEMY.c.slug)))
    return describe(connection.dialect.name, versions, slugs, ring(), ledger.head())


def _add_tables(writer: Writer, connection: Connection) -> None:
    found = schema(connection)
    writer.add_bytes("schema.json", json.dumps(found, indent=1, default=str).encode())
    for table in found["tables"]:
        for number, piece in enumerate(postgresql.pieces(connection, table)):
            writer.add_bytes(f"tables/{table['name']}/{number:06}", piece)


def _add_files(writer: Writer, connection: Connection) -> tuple[int, int]:
    if FILE.name not in inspect(connection).get_table_names():
        return 0, 0
    files = missing = 0
    named = connection.execution_options(yield_per=1000).execute(select(FILE.c.academy_id, FILE.c.id).order_by(FILE.c.academy_id, FILE.c.id))
    for academy_id, id in named:
        try:
            with place().open(academy_id, id) as source:
                writer.add(f"files/{academy_id}/{id}", source)
                files += 1
        except FileNotFoundError:
            missing += 1
    return files, missing
