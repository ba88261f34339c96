# SPDX-License-Identifier: MIT
"""Backups while people write: each one opens and passes the audit. And when the disk is full there is none, and nothing is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from keeping import at_rest, back_up, bytes_of, keep, restore
from sqlalchemy import select

from upart import config
from upart.accounts.models import Person
from upart.app import create_app
from upart.backup import postgresql
from upart.backup.aside import left_behind
from upart.backup.catalog import schema
from upart.cli.backing import check
from upart.cli.migrating import owner_engine
from upart.db import everywhere
from upart.errors import UpartError
from upart.mail.actions import send
from upart.privacy.taxonomy import Purpose
from upart.storage.models import File
from upart.storage.removing import remove_bytes, remove_rows
from upart.testing import Installation

TIMES = 20
"""Backups under load."""


@contextmanager
def busy(made):
    """Two people write messages and hand in and take back files, as fast as they can."""
    over, problems = threading.Event(), []

    def write(call) -> None:
        try:
            for number in range(100_000):
                if over.is_set():
                    return
                call(number)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=write, args=(call,)) for call in (lambda n: writes(made, n), lambda n: hands_in(made, n))]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    assert problems == []


def writes(made, number: int) -> None:
    """A person and a message to them, which needs its job."""
    with made.writing("athena") as session:
        person = Person(name=f"Pupil {number}", email=f"pupil{number}@example.org")
        session.add(person)
        session.flush()
        send(person, Purpose.ACCOUNT, subject="Welcome", text=f"Dear {number}")


def hands_in(made, number: int) -> None:
    """A file; every other one is taken back."""
    id = keep(made, b"essay" * number)
    if number % 2:
        with made.app.app_context():
            with everywhere("take a file back", write=True) as opened:
                remove_rows(opened, [id])
            remove_bytes()


def test_each_of_twenty_backups_under_load_opens_and_passes_the_audit(installation, tmp_path):
    times = TIMES if os.environ.get("UPART_DEEP") or installation.state.config.database_url.startswith("sqlite") else 3
    with busy(installation):
        made = [back_up(installation, tmp_path / f"backup{number}") for number in range(times)]
    held = []
    for number in range(times):
        restore(installation, tmp_path / f"backup{number}")
        assert installation.breaches() == []
        with installation.everywhere() as session:
            people, files = set(session.scalars(select(Person.id))), set(session.scalars(select(File.id)))
        stored = set(bytes_of(installation))
        assert len(files - stored) == made[number].missing <= 1
        held.append(len(people))
        installation.close()
    assert held == sorted(held)
    assert held[0] < held[-1], "nobody wrote meanwhile: nothing was tested"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_all_tables_are_of_one_moment_and_what_is_no_table_is_named(installation, tmp_path):
    with postgresql.snapshot(installation.state.config.database_url) as connection:
        tables = {table["name"]: table for table in schema(connection)["tables"]}
        writes(installation, 1)
        assert b"pupil1@" not in b"".join(postgresql.pieces(connection, tables["person"]))
    with postgresql.snapshot(installation.state.config.database_url) as connection:
        assert b"pupil1@" in b"".join(postgresql.pieces(connection, tables["person"]))
    with owner_engine(installation.state) as engine, engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW lately AS SELECT 1 AS one")
        connection.exec_driver_sql('CREATE TABLE "Odd name" (one int)')
    with pytest.raises(UpartError, match="view, partition or foreign table lately, table Odd name"):
        back_up(installation, tmp_path / "backup")
    assert [path.name for path in tmp_path.glob("*backup*")] == [".upart-backup"]


@pytest.fixture
def cramped(_original_portal, mounted):
    """The demo on a disk of sixteen megabytes."""
    shutil.copytree(_original_portal.folder, folder := mounted(16) / "portal")
    made = Installation(create_app(settings=config.load(folder, {}, password_memory=8, mail_url=("file:",), files_spare=0), plugins=None))
    yield made
    made.close()


def test_on_a_full_disk_there_is_no_backup_and_nothing_is_left_of_it(cramped, tmp_path):
    disk = cramped.state.config.instance.parent
    keep(cramped, os.urandom(2_000_000))
    with pytest.raises(UpartError, match="MB free"):
        fill_up(disk, 300)
        back_up(cramped, tmp_path / "backup")
    (disk / "ballast").unlink()
    fill_up(disk, kilobytes(cramped) + 300)  # room for the copy of the database, not for the backup
    with pytest.raises(UpartError, match="The disk of .* is full"):
        back_up(cramped, disk / "backup")
    (disk / "ballast").unlink()

    assert [path.name for path in (*tmp_path.glob("*backup*"), *disk.glob("*backup*"))] == []
    assert left_behind(cramped.state.config) == []
    cramped.visitor("athena").get("/courses/")
    back_up(cramped, disk / "backup")
    check(cramped.app, disk / "backup")
    fill_up(disk, 300)
    before = at_rest(cramped)
    with pytest.raises(UpartError, match="The disk of .* is full"):
        restore(cramped, disk / "backup")
    assert at_rest(cramped) == before
    assert left_behind(cramped.state.config) == []


def kilobytes(made) -> int:
    return Path(made.state.config.database_url.removeprefix("sqlite:///")).stat().st_size // 1024


def fill_up(disk, but: int) -> None:
    """Something else fills the disk, but for so many kilobytes."""
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - but * 1024))


def test_a_damaged_database_is_not_backed_up(portal, tmp_path):
    database = portal.state.config.instance / "upart.sqlite"
    portal.close()
    with database.open("r+b") as file:
        file.seek(40 * 4096)
        file.write(os.urandom(20 * 4096))
    with pytest.raises(UpartError, match="damaged") as caught:
        back_up(portal, tmp_path / "backup")
    assert "upart doctor" in caught.value.remedy
    assert not (tmp_path / "backup").exists()


PROGRAM = """
import resource, sys
from pathlib import Path
from upart import config
from upart.app import create_app
from upart.backup import sealing
from upart.backup.making import make
from upart.cli.backing import bring_back

folder, file = Path(sys.argv[1]), Path(sys.argv[2])
app = create_app(settings=config.load(folder, {}, files_spare=0), plugins=[])
secret = sealing.key_file(bytes(range(32)))
with app.app_context():
    make(app.extensions["upart"].config, file.with_name("small"), None)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
keep = folder / "files" / sys.argv[3]
with keep.open("r+b") as large:
    large.truncate(100_000_000)
with app.app_context():
    made = make(app.extensions["upart"].config, file, secret)
keep.unlink()
bring_back(app, file, secret, replace=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, made.size, keep.stat().st_size)
"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_hundred_megabytes_go_through_in_pieces(installation, tmp_path):
    id = keep(installation, b"large")
    path = f"{installation.academy('athena').id}/{id.hex[-2:]}/{id}"
    installation.close()
    command = [sys.executable, "-c", PROGRAM, str(installation.state.config.instance), str(tmp_path / "large"), path]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=120)
    assert done.returncode == 0, done.stderr
    grown, size, back = map(int, done.stdout.split())
    assert (size > back, back) == (True, 100_000_000)
    assert grown < 32 * 1024, done.stdout
    print(done.stdout)
