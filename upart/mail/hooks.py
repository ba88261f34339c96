# SPDX-License-Identifier: MIT
"""How mail plugs in."""

from __future__ import annotations

from upart.hooks.records import Task
from upart.hooks.specs import hookimpl
from upart.mail import actions


@hookimpl
def upart_jobs() -> list[Task]:
    """Send a message."""
    return [Task(name="mail.send", run=actions.deliver, outside=True)]
