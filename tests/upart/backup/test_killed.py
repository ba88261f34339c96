# SPDX-License-Identifier: MIT
"""A backup or a restore that is killed at any step: the file is whole or absent, the installation as it was or as it shall be."""

from __future__ import annotations

import os

import pytest
from keeping import CHANGES, back_up, bytes_of, keep, restore
from sqlalchemy import select

from upart.accounts.models import Person
from upart.backup.aside import left_behind
from upart.cli.backing import check
from upart.storage.models import File
from upart.testing.faults import every_kill

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"] if os.environ.get("UPART_DEEP") else ["sqlite"], indirect=True)


def lena(made, name: str) -> None:
    with made.writing("athena") as session:
        person = session.scalars(select(Person)).first() or Person(email="lena@example.org")
        person.name = name
        session.add(person)


@BOTH
def test_a_backup_that_is_killed_is_absent_and_the_next_one_clears_up(installation, tmp_path):
    keep(installation, b"an essay")
    file, killed = tmp_path / "file", 0
    for where in every_kill(lambda: back_up(installation, file), installation=installation, before=lambda: file.unlink(missing_ok=True)):
        killed += 1
        if file.exists():
            check(installation.app, file)
        assert installation.breaches() == [], where
    print(f"killed {killed} times")
    assert killed > 2
    check(installation.app, file)
    assert (left_behind(installation.state.config), list(tmp_path.glob(".file*"))) == ([], [])


@BOTH
def test_a_restore_that_is_killed_leaves_the_old_or_the_new_whole(installation, tmp_path):
    file, told = tmp_path / "backup", []
    lena(installation, "Lena, then")
    essay = keep(installation, b"an essay")
    then = installation.contents(*CHANGES)
    back_up(installation, file)
    lena(installation, "Lena, now")
    map_ = keep(installation, b"Odin's map", "orion")
    now = installation.contents(*CHANGES)
    back_up(installation, again := tmp_path / "now")

    for where in every_kill(lambda: restore(installation, file), installation=installation, before=lambda: restore(installation, again)):
        rows, files = installation.contents(*CHANGES), bytes_of(installation)
        told.append((where, rows == then))
        assert rows in (then, now), where
        assert files[essay] == b"an essay"
        assert rows == then or files[map_] == b"Odin's map", where
        with installation.reading("athena") as session:
            assert set(session.scalars(select(File.id))) <= set(files)
        assert installation.breaches() == [], where
        back_up(installation, tmp_path / "next", overwrite=True)  # clears up what the killed one has left, and that alone
        assert installation.contents(*CHANGES) == rows, where
    assert {whole for _where, whole in told} == {True, False}, told
    assert installation.contents(*CHANGES) == then
    assert left_behind(installation.state.config) == []
    print(f"killed {len(told)} times, {sum(new for _where, new in told)} of them after the new state stood")
