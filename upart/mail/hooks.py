# SPDX-License-Identifier: MIT
"""How mail plugs in."""

from __future__ import annotations

from upart.hooks.records import ExternalStore, Task
from upart.hooks.specs import hookimpl
from upart.mail import actions
from upart.mail.files import mail_files


@hookimpl
def upart_jobs() -> list[Task]:
    """Send a message."""
    return [Task(name="mail.send", run=actions.deliver, outside=True)]


@hookimpl
def upart_external_stores() -> list[ExternalStore]:
    """Messages that were written into files."""
    return [mail_files()]
