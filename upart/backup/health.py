# SPDX-License-Identifier: MIT
"""What the installation stands on: is the database whole, is there a backup, is the ledger whole, is there room?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from upart import clock
from upart.backup import known, sqlite
from upart.backup.aside import database_file, left_behind
from upart.config import Config
from upart.hooks.health import Finding, HealthCheck, critical, good, recommended
from upart.rights.ledger.book import book
from upart.rights.ledger.standing import check, positions

OLD = timedelta(days=7)
"""Age from which a backup is called old."""

SPARSE = 1000 * 1000 * 1000
"""Bytes that should be free on each disk."""


def database(config: Config) -> Iterator[Finding]:
    """Is the file of the database whole? SQLite reads each page; PostgreSQL sees to its own."""
    file = database_file(config)
    if file is None:
        return
    if not file.exists():
        yield critical("database", f"There is no database at {file}.", "Run: upart db upgrade, or restore a backup.")
    elif found := sqlite.damage(file):
        yield critical("database", f"The database is damaged: {found}.", _what_to_restore(config))
    else:
        yield good("database", f"Each page of {file.name} is whole.")


def _what_to_restore(config: Config) -> str:
    newest = known.newest(config)
    if newest is None:
        return (
            "Stop servers and workers, copy the file aside, and restore your newest backup: upart restore FILE --replace. None was made by upart backup here."
        )
    where = "" if newest.is_there else " (it is not there any more: find a copy of it)"
    return f"Stop servers and workers, then: upart restore {newest.file} --replace. It is of {newest.made_at:%Y-%m-%d %H:%M} UTC{where}."


def backups(config: Config) -> Iterator[Finding]:
    """Is there a backup, and is it new enough? Has a killed one left anything?"""
    newest = known.newest(config)
    if newest is None:
        yield recommended("backup", "No backup was ever made here.", "Run upart backup FILE every day, onto another machine.")
    elif not newest.is_there:
        yield recommended("backup", f"The newest backup, {newest.file}, is not there any more.", "If it was not moved to a safe place, make another one.")
    elif clock.now() - newest.made_at > OLD:
        yield recommended("backup", f"The newest backup is {(clock.now() - newest.made_at).days} days old.", "Run upart backup FILE every day.")
    elif newest.file.stat().st_dev == config.instance.stat().st_dev:
        yield recommended("backup", f"The newest backup, {newest.file}, lies on the disk of the installation.", "Keep one on another machine.")
    else:
        yield good("backup", f"The newest is of {newest.made_at:%Y-%m-%d %H:%M} UTC: {newest.file}.")
    if rest := left_behind(config):
        yield recommended(
            "backup", f"A backup or restore was killed, or works right now; {rest[0]} holds data in clear.", "The next one removes it: upart backup FILE"
        )


def disk(config: Config) -> Iterator[Finding]:
    """Is there room where things are written?"""
    file = database_file(config)
    places = {path for path in (config.instance, file.parent if file else None, Path(unquote(urlsplit(config.files_url).path))) if path and path.exists()}
    for path in sorted(places):
        free = shutil.disk_usage(path).free
        if free < config.files_spare:
            yield critical("disk", f"{path} has {free // 10**6} MB free; nothing is stored any more below {config.files_spare // 10**6}.", "Make room.")
        elif free < SPARSE:
            yield recommended("disk", f"{path} has {free // 10**6} MB free.", "Make room before it is full.")
        else:
            yield good("disk", f"{path} has {free // 10**9} GB free.")


def ledger() -> Iterator[Finding]:
    """Is the ledger whole and the one of this database, can it be written, and does it lie on another disk?"""
    mine, settings = book(), current_app.extensions["upart"].config
    lines, seen = mine.verify(), positions()
    if lines or any(seen):
        check(mine, lines, seen)
    yield good("ledger", f"{len(lines)} lines, each bound to the one before it.")
    if not mine.can_be_written():
        yield critical("ledger", f"{mine.where} cannot be written: no erasure can begin.", mine.shelf.remedy)
    file = database_file(settings)
    if file is not None and mine.shelf.device == file.stat().st_dev and not settings.is_demo:
        told = "The ledger lies on the disk of the database: who loses one loses both, and no backup could be restored without bringing erased people back."
        yield critical(
            "ledger", told, "Set UPART_LEDGER_URL to a folder on another disk, and move instance/ledger there; or to s3://bucket/prefix before the first entry."
        )


def _here(looks: Callable[[Config], Iterator[Finding]]) -> Callable[[], Iterator[Finding]]:
    """The same, of the running application."""
    return lambda: looks(current_app.extensions["upart"].config)


CHECKS = [
    HealthCheck(key="database", label="Database", run=_here(database), slow=True, installation=True),
    HealthCheck(key="backup", label="Backups", run=_here(backups), installation=True),
    HealthCheck(key="ledger", label="Ledger of erasures", run=ledger, slow=True, installation=True),
    HealthCheck(key="disk", label="Room on the disks", run=_here(disk), installation=True),
]
