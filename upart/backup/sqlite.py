# SPDX-License-Identifier: MIT
"""SQLite: a snapshot while others write, and the swap that puts a restored file in the place of the old one."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from upart.backup.aside import overwrite, sync_folder
from upart.backup.sealing import BadBackup
from upart.errors import UpartError

log = logging.getLogger("upart.backup")

LOCK_AT, LOCK_BYTES = 0x40000002, 510
"""The bytes on which everybody who has an SQLite file open holds a shared lock (sqlite.org/fileformat2.html, "The Lock-Byte Page")."""

IN_USE = "The database is in use: a server, a worker or a command of this installation runs."
STOP = "Stop them, then restore."
BROKEN = "The database is damaged"


def snapshot(database: Path, into: Path, spare: int) -> None:
    """Copy the database as it is at one moment (online backup API, in one step, so that it never has to begin again).

    Others go on reading and writing. Raises UpartError when the disk has no room for it, or the database is damaged.
    """
    size, free = database.stat().st_size, shutil.disk_usage(into.parent).free
    if free < size + spare:
        raise UpartError(
            f"{into.parent} has {free // 10**6} MB free; a copy of the database needs {(size + spare) // 10**6}.", remedy="Make room on that disk."
        )
    os.close(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(into)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    except sqlite3.DatabaseError as error:
        if "full" in str(error):
            raise UpartError(f"The disk of {into.parent} is full.", remedy="Make room on it, then try again.") from None
        raise UpartError(f"{BROKEN} ({error}).", remedy="Restore the newest backup: upart doctor names it.") from None
    if found := damage(into):
        raise UpartError(f"{BROKEN}; a copy of it would be too: {found}.", remedy="Restore the newest backup: upart doctor names it.")


def damage(file: Path) -> str:
    """What is wrong with the pages of a database file, in SQLite's words; empty if nothing is. Reads all of it."""
    try:
        with closing(sqlite3.connect(file)) as opened:
            found = [str(row[0]) for row in opened.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)


def check_whole(file: Path) -> None:
    """Raise BadBackup unless a database that came out of a backup is whole, with all its links."""
    found = damage(file)
    if not found:
        with closing(sqlite3.connect(file)) as opened:
            broken = opened.execute("PRAGMA foreign_key_check").fetchall()
            found = f"{len(broken)} links of {broken[0][0]} lead nowhere" if broken else ""
    if found:
        raise BadBackup(f"The database in the backup is damaged: {found}.", remedy="Use an older backup.")


def require_unused(database: Path) -> None:
    """Raise UpartError when somebody else has the database open. Needs no connection of this process to be open."""
    if database.exists():
        with _held(database):
            return


def swap(new: Path, database: Path, old: Path) -> None:
    """Put `new` in the place of the database by one rename, and what was there, kept as `old` meanwhile, out of the way.

    Before the rename the old database stands, after it the new one. Raises UpartError when somebody uses the database.
    """
    _sync(new)
    if database.exists():
        _close(database, old)
        with _held(database):
            old.unlink(missing_ok=True)
            os.link(database, old)
            new.replace(database)
            sync_folder(database.parent)
        overwrite(old)
    else:
        new.replace(database)
        sync_folder(database.parent)


def _close(database: Path, old: Path) -> None:
    """Bring the log of the old database into it: left beside the new one it would be taken for its own."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as opened:
            mode = opened.execute("PRAGMA journal_mode=DELETE").fetchone()
        if mode != ("delete",):
            raise UpartError(IN_USE, remedy=STOP)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise UpartError(IN_USE, remedy=STOP) from None
        log.warning("the old database is damaged: %s", error)
        with _held(database):
            for end in ("-wal", "-shm"):
                if (beside := database.with_name(database.name + end)).exists():
                    beside.replace(old.with_name(old.name + end))


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Nobody else has the database open in this block. No connection of this process may be: closing it would let go of the lock."""
    with open(database, "rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_BYTES, LOCK_AT)
        except OSError:
            raise UpartError(IN_USE, remedy=STOP) from None
        yield


def _sync(file: Path) -> None:
    with open(file, "rb+") as opened:
        os.fsync(opened.fileno())
