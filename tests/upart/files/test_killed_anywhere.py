# SPDX-License-Identifier: MIT
"""A process that is killed at any step of storing or removing a file loses nothing and leaves nothing for good."""

from __future__ import annotations

import hashlib
import io
import os
import time
import traceback
from datetime import timedelta

import pytest
from people import work
from pictures import picture, stored
from sqlalchemy import event, select

from upart import clock
from upart.accounts.models import Person
from upart.db import engine
from upart.files.actions import upload
from upart.files.sweeping import Swept, sweep
from upart.privacy.taxonomy import Category
from upart.storage.models import File
from upart.testing.faults import exit_status

KILLED = 137
STEPS = ("replace", "unlink", "fsync")
"""Calls of the system before and after each of which the process may die; commits of the database are added to them."""


BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"] if os.environ.get("UPART_DEEP") else ["sqlite"], indirect=True)


def arm(made, number: int) -> None:
    """Let this process die at its step of that number."""
    left = [number]

    def step(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os._exit(KILLED)

    def around(call):
        def called(*args, **options):
            step()
            result = call(*args, **options)
            step()
            return result

        return called

    for name in STEPS:
        setattr(os, name, around(getattr(os, name)))
    with made.app.app_context():
        event.listen(engine(), "commit", step)
        driver = engine().dialect
        driver.do_commit = around(driver.do_commit)


def dies_at(made, number: int, story) -> bool:
    """Tell the story in a process that dies at that step; False when it came to its end before."""
    made.close()
    child = os.fork()
    if child == 0:
        try:
            arm(made, number)
            story(made)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    code = exit_status(child)
    assert code in (0, KILLED)
    return code == KILLED


def rows(made) -> dict[str, File]:
    with made.everywhere() as session:
        found = {str(row.id): row for row in session.scalars(select(File))}
        session.expunge_all()
        return found


def every_row_has_its_bytes(made) -> None:
    there = {path.name: path for path in stored(made)}
    for id, row in rows(made).items():
        assert hashlib.sha256(there[id].read_bytes()).hexdigest() == row.sha256


def settle(made) -> None:
    """Two days later, when all workers have done their work and the sweep has come by."""
    with clock.shifted(timedelta(days=2)):
        work(made)
    for path in stored(made):
        os.utime(path, (time.time() - 200_000,) * 2)
    with made.app.app_context(), clock.shifted(timedelta(days=2)):
        sweep()
        assert sweep() == Swept()


def store(made) -> None:
    """Lena's picture with two renditions, linked by her photo."""
    from upart_album.models import Photo

    with made.app.app_context(), made.writing("athena") as session:
        made_of = upload(io.BytesIO(picture(size=(800, 600))), "sea.jpg", Category.MEDIA_IMAGE, widths=(320, 640))
        lena = session.scalars(select(Person)).one()
        session.add(Photo(owner_id=lena.id, picture_id=made_of.id, title="Sea"))


def remove(made) -> None:
    """Her photo is deleted, and a worker does what follows."""
    from upart_album.models import Photo

    with made.app.app_context(), made.writing("athena") as session:
        for photo in session.scalars(select(Photo)):
            session.delete(photo)
    work(made)


@pytest.fixture
def folders(albums, tmp_path):
    """All folders that ids may lead to, so that each run takes the same steps."""
    for number in range(256):
        (tmp_path / "files" / str(albums.academy("athena").id) / f"{number:02x}").mkdir(parents=True)
    (tmp_path / "files" / ".incoming").mkdir()


@BOTH
@pytest.mark.usefixtures("folders")
def test_storing_a_picture_may_be_killed_at_every_step(albums):
    step = 0
    while dies_at(albums, step := step + 1, store):
        every_row_has_its_bytes(albums)
        assert len(rows(albums)) % 3 == 0, "a picture without its renditions"
    before = sorted(rows(albums))
    assert len(stored(albums)) > len(before)
    settle(albums)
    assert sorted(path.name for path in stored(albums)) == sorted(rows(albums)) == before
    assert step > 20, "the harness reached too few steps"


@BOTH
@pytest.mark.usefixtures("folders")
def test_removing_a_picture_may_be_killed_at_every_step(albums):
    step = 0
    store(albums)
    while dies_at(albums, step := step + 1, remove):
        every_row_has_its_bytes(albums)
        settle(albums)
        assert sorted(rows(albums)) == sorted(path.name for path in stored(albums))
        if not rows(albums):
            store(albums)
    assert step > 10, "the harness reached too few steps"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("folders")
def test_the_harness_sees_a_wrong_order(albums):
    """Rows before bytes: a kill between them must be noticed."""

    def wrong(made) -> None:
        with made.app.app_context(), made.writing("athena") as session:
            row = upload(io.BytesIO(b"words"), "a.txt", Category.CONTENT_PRIVATE)
            path = next(path for path in stored(made) if path.name == str(row.id))
            data = path.read_bytes()
            path.unlink()
            session.flush()
            session.commit()
            path.write_bytes(data)

    seen = 0
    for step in range(1, 40):
        if not dies_at(albums, step, wrong):
            break
        try:
            every_row_has_its_bytes(albums)
        except KeyError:
            seen += 1
    assert seen
