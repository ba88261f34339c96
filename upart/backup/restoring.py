# SPDX-License-Identifier: MIT
"""Restore a backup: all of it is checked before anything is touched, and the old state stands whole until the new one does.

Files come first, under ids that are never given twice: beside the old rows they are bytes without a row, which do no harm.
Then the database changes by one rename (SQLite) or one commit (PostgreSQL). Last the bytes go that only the old state knew.
A restore that is killed leaves the old state before that moment and the new one after it, and can be done again.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, NullPool, create_engine, func, select
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from upart import clock
from upart.academies.models import Academy
from upart.backup import ledger, manifest, postgresql, sqlite
from upart.backup.archive import MANIFEST, PIECE, Hashing, Plain, Reading
from upart.backup.aside import alone, database_file, full_in_words
from upart.backup.manifest import Manifest
from upart.backup.sealing import BadBackup, Opened, Secret, is_sealed
from upart.backup.settling import LOST, WHOLE, settle
from upart.config import Config
from upart.db import bare
from upart.errors import UpartError
from upart.keys import ring
from upart.rights.ledger.lines import LedgerBroken, LedgerRefused
from upart.storage.places import no_room_in_words, place

DATABASE, SCHEMA = "database.sqlite", "schema.json"
Versions = Mapping[str, frozenset[str]]
"""All migrations of each owner whose code is installed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup of which every byte was as it was written: what it says of itself, the SHA-256 of its members, and whether the ledger was lost."""

    manifest: Manifest
    digests: Mapping[str, str]
    lost: bool = False

    @property
    def files(self) -> set[UUID]:
        """Ids of the files in it."""
        return {UUID(name.rpartition("/")[2]) for name in self.digests if name.startswith("files/")}


def restore(
    config: Config, file: Path, secret: Secret | None, known: Versions, secure: Callable[[Connection], None],
    *, replace: bool, accept_lost_ledger: bool, close: Callable[[], None],
) -> Checked:  # fmt: skip
    """Put a backup in the place of what is here. Raises UpartError, before anything is touched, when it cannot or must not be.

    `known`: migrations that are installed. `secure` puts row-level security around tables. `close` gives up all connections
    of this process. `replace`: what is here may go. `accept_lost_ledger`: the ledger need not know what the backup does; an event says so.
    """
    with file.open("rb") as source, alone(config) as work:
        checked = _check(config, source, secret, known, work)
        if not replace and _is_filled():
            raise UpartError("There are academies or files in this installation.", remedy="To put the backup in their place, add --replace.")
        lost = _is_ledger_lost(checked.manifest, accept_lost_ledger)
        close()
        ids = {"hours": int((clock.now() - checked.manifest.made_at).total_seconds() // 3600), "ledger": LOST if lost else WHOLE}
        if database := database_file(config):
            _into_sqlite(source, secret, checked, work, database, ids)
        else:
            _into_postgresql(config.database_url, source, secret, checked, secure, ids)
        _remove_others(checked.files)
        return dataclasses.replace(checked, lost=lost)


def _is_ledger_lost(found: Manifest, accept: bool) -> bool:
    try:
        ledger.refuse_older(found.ledger, found.made_at)
    except LedgerBroken:
        raise  # with it nobody could start, whatever was accepted
    except LedgerRefused:
        if not accept:
            raise
        return True
    return False


def check(config: Config, file: Path, secret: Secret | None, known: Versions) -> Checked:
    """Check every byte of a backup, and whether this installation could take it; changes nothing. Raises BadBackup."""
    with file.open("rb") as source, alone(config) as work:
        return _check(config, source, secret, known, work)


@contextmanager
def _opened(source: BinaryIO, secret: Secret | None) -> Iterator[Reading]:
    if not is_sealed(source):
        yield Reading(Plain(source), ring())
    elif secret is None:
        raise BadBackup("The backup is encrypted.", remedy="Give --passphrase-stdin or --key-file.")
    else:
        yield Reading(Opened(source, secret), ring())


def _check(config: Config, source: BinaryIO, secret: Secret | None, known: Versions, work: Path) -> Checked:
    found: Manifest | None = None
    kind = "sqlite" if database_file(config) else "postgresql"
    with _opened(source, secret) as reading:
        for name, member in reading.members():
            if name == MANIFEST:
                found = manifest.read(member.read())
                manifest.refuse_foreign(found, kind, known, ring())
            elif found is None:
                raise BadBackup("The backup does not begin with its manifest.", remedy="Use another copy of it.")
            elif name == DATABASE:
                with full_in_words(work.parent):
                    _save(member, work / "new")
    wanted = DATABASE if kind == "sqlite" else SCHEMA
    if found is None or wanted not in reading.digests():
        raise BadBackup("The backup holds no database.", remedy="Use another copy of it.")
    if kind == "sqlite":
        sqlite.check_whole(work / "new")
    return Checked(found, reading.digests())


def _save(member: Hashing, path: Path) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        while data := member.read(PIECE):
            out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _is_filled() -> bool:
    """Is there anything that a restore would take away? A database that cannot be read counts as one that holds something."""
    if next(place().list(), None) is not None:
        return True
    try:
        with bare("is this installation empty?") as connection:
            return bool(connection.scalar(select(func.count()).select_from(Academy.__table__)))
    except (OperationalError, ProgrammingError) as error:
        return not ("no such table" in str(error) or "does not exist" in str(error))
    except DatabaseError:
        return True


def _into_sqlite(source: BinaryIO, secret: Secret | None, checked: Checked, work: Path, database: Path, ids: Mapping[str, Any]) -> None:
    sqlite.require_unused(database)
    made = create_engine(f"sqlite:///{work / 'new'}", poolclass=NullPool)
    with made.begin() as connection:
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
        settle(connection, ids)
    with _opened(source, secret) as reading:
        for name, member in reading.members():
            if name.startswith("files/"):
                _put(name, member, checked.digests[name])
    sqlite.swap(work / "new", database, work / "old")


def _into_postgresql(url: str, source: BinaryIO, secret: Secret | None, checked: Checked, secure: Callable[[Connection], None], ids: Mapping[str, Any]) -> None:
    with postgresql.alone(url) as connection, _opened(source, secret) as reading:
        rows = postgresql.Rows(connection)
        for name, member in reading.members():
            if name == SCHEMA:
                rows.begin(json.loads(member.read()))
            elif name.startswith("tables/"):
                rows.take(name.split("/")[1], member)
            elif name.startswith("files/"):
                _put(name, member, checked.digests[name])
        rows.end(secure)
        settle(connection, ids)


def _put(name: str, member: Hashing, digest: str) -> None:
    """Store the bytes of a file, unless the same ones are there."""
    academy_id, id = (UUID(part) for part in name.split("/")[1:])
    if _digest_here(academy_id, id) == digest:
        return
    place().room()
    incoming = place().incoming / f"restored-{id}"
    try:
        with no_room_in_words():
            _save(member, incoming)
        if member.digest != digest:
            raise BadBackup("The backup was changed while it was read.", remedy="Nothing was lost. Restore it once more, or use another copy.")
        place().put(academy_id, id, incoming)
    finally:
        incoming.unlink(missing_ok=True)


def _digest_here(academy_id: UUID, id: UUID) -> str:
    with suppress(FileNotFoundError), place().open(academy_id, id) as file:
        return Hashing(file).drain().digest
    return ""


def _remove_others(files: set[UUID]) -> None:
    """Remove the bytes of files that are not in the backup: their rows are gone."""
    for found in place().list():
        if found.id not in files:
            place().delete(found.academy_id, found.id)
