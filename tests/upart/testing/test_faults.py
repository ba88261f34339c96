# SPDX-License-Identifier: MIT
"""The fault injector kills where it says, tells when a call itself fails, and refuses to have tested nothing."""

from __future__ import annotations

import os
import threading
import time

import pytest
from conftest import bundled

from upart import config
from upart.app import create_app
from upart.cli import migrating
from upart.testing import Failed, Installation, every_kill, killed_at, together


def test_it_kills_just_before_something_leaves_and_nothing_after_it_happens(tmp_path):
    def rename() -> None:
        try:
            (tmp_path / "a").write_text("")
            (tmp_path / "a").rename(tmp_path / "b")
        finally:
            (tmp_path / "cleaned up").touch()

    assert list(every_kill(rename)) == ["before os.rename"]
    assert {path.name for path in tmp_path.iterdir()} == {"b", "cleaned up"}


def test_a_killed_process_cleans_nothing_up(tmp_path):
    def rename() -> None:
        try:
            os.rename(tmp_path / "a", tmp_path / "b")
        finally:
            (tmp_path / "cleaned up").touch()

    (tmp_path / "a").touch()
    assert killed_at(1, rename) == "before os.rename"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_call_that_fails_is_told_with_its_traceback():
    with pytest.raises(Failed, match="ZeroDivisionError"):
        killed_at(1, lambda: 1 / 0)


def test_a_call_that_hangs_is_ended_and_told():
    with pytest.raises(Failed, match="did not come to its end within 0.2 seconds"):
        killed_at(1, lambda: time.sleep(60), seconds=0.2)


def test_a_call_without_a_boundary_has_tested_nothing():
    with pytest.raises(AssertionError, match="nothing was tested"):
        list(every_kill(lambda: None))


def test_a_thread_of_the_call_is_killed_too(tmp_path):
    def in_a_thread() -> None:
        (tmp_path / "a").touch()
        thread = threading.Thread(target=lambda: os.rename(tmp_path / "a", tmp_path / "b"))
        thread.start()
        thread.join()
        (tmp_path / "after").touch()

    assert killed_at(1, in_a_thread) == "before os.rename"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_upgrade_killed_at_any_commit_is_taken_up_again(tmp_path, database_url):
    made = Installation(create_app(settings=config.load(tmp_path, {}, database_url=database_url, instance_id="a"), plugins=bundled()))
    where = []
    for at in every_kill(lambda: migrating.upgrade(made.app), installation=made):
        where.append(at)
        assert {row.state for row in migrating.status(made.app)} <= {"current", "behind"}, at
    assert {row.state for row in migrating.status(made.app)} == {"current"}
    assert made.breaches() == []
    print(f"killed at {len(where)} boundaries")
    assert len(where) >= 6
    made.close()


def test_together_begins_at_once_and_answers_in_order():
    inside, most = [], []

    def call(number: int) -> int:
        inside.append(number)
        barrier.wait(10)
        most.append(len(inside))
        return number * number

    barrier = threading.Barrier(8)
    assert together(8, call) == [number * number for number in range(8)]
    assert min(most) == 8


def test_together_raises_what_was_raised_and_names_the_others():
    with pytest.raises(ZeroDivisionError) as raised:
        together(3, lambda number: number / 0)
    assert len(raised.value.__notes__) == 2
