# SPDX-License-Identifier: MIT
"""An installation that is made once and copied for each test, on SQLite or PostgreSQL: migrating it anew takes longer than most tests."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import psycopg

from upart import config
from upart.app import create_app
from upart.testing import Installation, install


def clone(server: str, name: str, template: str = "template0") -> str:
    """Make a database and return its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server.replace("/postgres?", f"/{name}?") if "/postgres?" in server else server.rsplit("/", 1)[0] + f"/{name}"


def drop(server: str, name: str) -> None:
    """Drop a database and whoever is still connected."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def new_name() -> str:
    """A name that no database of the server has."""
    return f"t{uuid.uuid4().hex}"


def reopen(folder: Path, database_url: str, plugins: Sequence[EntryPoint], **more: Any) -> Installation:
    """An application over an installation that is there already, with these plugins and settings."""
    given = {"database_url": database_url} if database_url else {}
    settings = config.load(folder, {}, password_memory=8, mail_url=("file:",), public_origin="http", **given, **more)
    return Installation(create_app(settings=settings, plugins=plugins))


class Original:
    """What is copied: the folder of an installation and, with a `server`, its database there."""

    def __init__(self, folder: Path, plugins: Sequence[EntryPoint], server: str = "") -> None:
        self.folder, self.plugins, self.server, self.name = folder, plugins, server, new_name()
        self.url = ""

    def begin(self, like: Original | None) -> Installation:
        """An installation without academies, or one `like` another."""
        self.url = clone(self.server, self.name, like.name if like else "template0") if self.server else ""
        if like is None:
            return install(self.folder, self.url, academies=(), plugins=self.plugins)
        shutil.copytree(like.folder, self.folder, dirs_exist_ok=True)
        return reopen(self.folder, self.url, self.plugins)

    @contextmanager
    def copied(self, to: Path, **settings: Any) -> Iterator[Installation]:
        """A copy in the folder `to`, with these settings; gone after the block."""
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        name = new_name()
        made = reopen(to, clone(self.server, name, self.name) if self.server else "", self.plugins, **settings)
        yield made
        made.close()
        if self.server:
            drop(self.server, name)

    def drop(self) -> None:
        """Take the database away; the folder is pytest's."""
        if self.server:
            drop(self.server, self.name)
