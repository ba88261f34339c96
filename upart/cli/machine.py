# SPDX-License-Identifier: MIT
"""What the doctor looks at without asking the database: folder, secrets, the database's file, disk, backups, mail, clock."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from upart import clock
from upart.backup.aside import database_file
from upart.backup.health import backups, database, disk
from upart.config import TOML, Config
from upart.hooks.health import Finding, critical, good, recommended
from upart.mail.health import mail
from upart.visits.origins import examine

AGED = timedelta(days=180)
"""Age from which a database of internet addresses is called old."""

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
