# SPDX-License-Identifier: MIT
"""A worker's commit reaches over the wall for one statement; the door around it keeps its own academy."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from toil import ask, jobs

from upart.db import across, bare, session
from upart.errors import WallError
from upart.jobs.models import JOB, Job


def count(connection) -> int:
    return connection.scalar(select(func.count()).select_from(JOB))


def test_for_one_block_all_academies_are_seen_and_afterwards_one(toiling):
    ask(toiling, "mark", 1)
    ask(toiling, "mark", 2, slug="orion")
    with toiling.writing("athena"):
        with across("count") as connection:
            assert count(connection) == 2
        assert session.scalar(select(func.count(Job.id))) == 1
        with pytest.raises(WallError):
            count(session.connection())


def test_what_the_door_has_done_and_what_is_done_across_are_one_commit(toiling):
    ask(toiling, "mark", 1)
    ask(toiling, "mark", 2, slug="orion")
    with pytest.raises(ZeroDivisionError), toiling.writing("athena"):
        session.scalars(select(Job)).one().problem = "here"
        with across("change") as connection:
            connection.execute(JOB.update().values(task="there"))
        raise ZeroDivisionError
    assert {(job.task, job.problem) for job in jobs(toiling)} == {("toil.mark", "")}


def test_only_a_writing_door_reaches_across(toiling):
    with pytest.raises(WallError, match="needs a writing door"), toiling.reading("athena"), across("count"):
        raise AssertionError("it was let in")


def test_a_bare_connection_that_only_reads_cannot_write(toiling):
    with toiling.app.app_context(), pytest.raises(Exception, match=r"readonly|read-only"), bare("try") as connection:
        connection.execute(JOB.update().values(task="there"))
