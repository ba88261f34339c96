# SPDX-License-Identifier: MIT
"""How rights plug in."""

from __future__ import annotations

from upart.hooks.records import EventType, Task
from upart.hooks.specs import hookimpl
from upart.rights.actions import carrying_out


@hookimpl
def upart_jobs() -> list[Task]:
    """Carry out an erasure."""
    return [Task(name="rights.erase", run=carrying_out.erase, outside=True)]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to requests."""
    return [EventType(name="rights.received", sentence="used a right"), EventType(name="rights.done", sentence="a request was carried out")]
