# SPDX-License-Identifier: MIT
"""What the doctor looks at without asking the database: folder, secrets, the database's file, disk, backups, mail, clock."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from upart import clock
from upart.backup import known, sqlite
from upart.backup.aside import database_file, left_behind
from upart.cli.findings import Finding, critical, good, recommended
from upart.config import TOML, Config
from upart.mail.transports import reach
from upart.visits.origins import examine

OLD = timedelta(days=7)
"""Age from which a backup is called old."""

AGED = timedelta(days=180)
"""Age from which a database of internet addresses is called old."""

SPARSE = 1000 * 1000 * 1000
"""Bytes that should be free on each disk."""

SECRETS = ("secret_keys", "database_url", "mail_url")
"""Settings that hold passwords or keys."""

OTHERS = 0o077
"""Rights of anybody but the owner."""


def folder(config: Config) -> Iterator[Finding]:
    """Can the instance's folder be written, and can others read what is secret?"""
    if not os.access(config.instance, os.W_OK | os.X_OK):
        yield critical("folder", f"{config.instance} cannot be written.", "Give this user the right to it.")
    closed, found = not _open_to_others(config.instance), False
    secret = [config.instance / "keys", *([config.instance / TOML] if _holds_secrets(config.instance / TOML) else [])]
    for path in (path for path in secret if path.exists() and _open_to_others(path)):
        found = True
        yield critical("secrets", f"Other users of this machine may read {path}.", f"Run: chmod 600 {path}. If they may have done so, put a new key in front.")
    file = database_file(config)
    for path in (path for path in (file,) if path and path.exists() and not closed and _open_to_others(path)):
        found = True
        yield recommended("secrets", f"Other users of this machine may read {path}.", f"Run: chmod 700 {config.instance}; chmod 600 {path}")
    if not found:
        yield good("secrets", "Keys, settings and database are this user's alone.")


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _holds_secrets(path: Path) -> bool:
    return path.is_file() and any(name in tomllib.loads(path.read_text(encoding="utf-8")) for name in SECRETS)


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


def mail(config: Config) -> Iterator[Finding]:
    """Can mail leave?"""
    real = [url for url in config.mail_url if urlsplit(url).scheme.startswith("smtp")]
    if not real:
        told = "Mail is written to the console or to files; nobody gets it."
        yield good("mail", told) if config.is_demo else critical("mail", told, "Set UPART_MAIL_URL to smtp:// or smtps:// of your mail server.")
    for url in real:
        host = urlsplit(url).hostname
        try:
            reach(url)
        except OSError as error:
            yield critical("mail", f"{host} takes no mail from here: {error}.", "Check UPART_MAIL_URL, and that the server runs. Mail waits until then.")
        else:
            yield good("mail", f"{host} takes mail from here.")


def time(config: Config) -> Iterator[Finding]:
    """Is it the clock's own time?"""
    if clock.offset() and not config.is_demo:
        yield critical("clock", "The clock was set by UPART_TEST_NOW.", "Remove that setting.")


def geography(config: Config) -> Iterator[Finding]:
    """Can the databases of internet addresses be used, and how old are they?"""
    for found in map(examine, config.geo_database):
        what, path = found.database
        if found.problem:
            text = f"{path} {found.problem}: visits are counted without their {what}."
            yield recommended("geography", text, "Put a MaxMind DB of the right kind there and restart, or take it out of UPART_GEO_DATABASE.")
        elif found.made_at is not None and found.made_at < clock.now() - AGED:
            yield recommended("geography", f"{path} is of {found.made_at:%Y-%m-%d}: networks have moved since.", "Put a newer one there and restart.")
        else:
            yield good("geography", f"{path} of {found.made_at:%Y-%m-%d} says the {what} of internet addresses.")


MACHINE = (folder, database, backups, disk, mail, time, geography)
