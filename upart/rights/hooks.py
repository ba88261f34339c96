# SPDX-License-Identifier: MIT
"""How rights plug in."""

from __future__ import annotations

from datetime import timedelta

from upart.hooks.records import EventType, Task
from upart.hooks.specs import hookimpl
from upart.rights.actions import archiving, carrying_out


@hookimpl
def upart_jobs() -> list[Task]:
    """Carry out an erasure; make a copy of all that is held, and let go of it."""
    return [
        Task(name="rights.erase", run=carrying_out.erase, outside=True),
        Task(name="rights.archive", run=archiving.make_archive, outside=True),
        Task(name="rights.forget_archives", run=archiving.forget_archives, every=timedelta(hours=1)),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to requests."""
    return [EventType(name="rights.received", sentence="used a right"), EventType(name="rights.done", sentence="a request was carried out")]
