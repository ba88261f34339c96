# SPDX-License-Identifier: MIT
"""Long work, a piece at a time: each piece and how far it has come are one commit, so a killed worker leaves both or neither."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.context import context
from upart.db import session
from upart.errors import NotHere
from upart.hooks.routes import permitted
from upart.jobs.actions import enqueue
from upart.jobs.models import Job, JobState
from upart.manage.models import Work, WorkState

LINES = 100
"""Lines of a log that are kept: the newest."""

SEES_ALL = "people.audit"
"""The permission with which somebody sees what others have begun."""


def begin_work(task: str, title: str, *, total: int, place: str = "") -> Work:
    """Begin long work: `task` is then called with `work=<id>` for each piece until it says that it is over. Needs a write session.

    `title` says what is done, in words of ours; `place` is the path of the page that shows what came of it. The task begins with `piece_of(work)`
    and ends with `go_on` or `end_work`.
    """
    person = context.person
    work = Work(person_id=person.id if person is not None else None, task=task, title=title, total=total, place=place)
    session.add(work)
    session.flush()
    enqueue(task, dedupe_key=_key(work), work=work.id)
    return work


def piece_of(id: str) -> Work | None:
    """The work, if another piece of it is wanted; None when it was cancelled, or is over or gone."""
    work = session.scalars(select(Work).where(Work.id == UUID(id)).with_for_update()).first()
    if work is not None and work.state is WorkState.CANCELLING:
        work.state, work.changed_at = WorkState.CANCELLED, clock.now()
    return work if work is not None and work.state is WorkState.RUNNING else None


def report(work: Work, done: int, *lines: str, **numbers: int) -> None:
    """So many parts are done; `lines` for the log, `numbers` are added up by their words."""
    work.done, work.changed_at = done, clock.now()
    work.log = [*work.log, *lines][-LINES:]
    work.numbers = {**work.numbers, **{word: int(work.numbers.get(word, 0)) + number for word, number in numbers.items()}}


def go_on(work: Work) -> None:
    """There is more to do: the task is called once more."""
    enqueue(work.task, dedupe_key=_key(work), work=work.id)


def end_work(work: Work) -> None:
    """It is done."""
    work.state, work.changed_at = WorkState.DONE, clock.now()


def cancel(work: Work) -> None:
    """Let it end before its next piece; what is done stays."""
    if work.state is WorkState.RUNNING:
        work.state = WorkState.CANCELLING


def work_seen(id: UUID) -> Work:
    """The work, for whoever began it and for those who see all. Raises NotHere."""
    work = session.get(Work, {"academy_id": context.academy.id, "id": id})
    if work is None or (work.person_id != context.person.id and not permitted(SEES_ALL)):
        raise NotHere
    return work


def is_parked(work: Work) -> bool:
    """Was it given up after eight tries?"""
    return session.scalar(select(Job.id).where(Job.dedupe_key == _key(work), Job.state == JobState.PARKED)) is not None


def _key(work: Work) -> str:
    return f"work {work.id}"
