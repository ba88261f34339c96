# SPDX-License-Identifier: MIT
"""How mail plugs in."""

from __future__ import annotations

from upart.hooks.health import HealthCheck
from upart.hooks.records import ExternalStore, Invariant, Task
from upart.hooks.specs import hookimpl
from upart.mail import actions
from upart.mail.audit import MAIL
from upart.mail.files import mail_files
from upart.mail.health import CHECKS


@hookimpl
def upart_jobs() -> list[Task]:
    """Send a message."""
    return [Task(name=actions.SEND, run=actions.deliver, outside=True, sentence="Send a message")]


@hookimpl
def upart_external_stores() -> list[ExternalStore]:
    """Messages that were written into files."""
    return [mail_files()]


@hookimpl
def upart_invariants() -> list[Invariant]:
    """A message and its job belong together."""
    return MAIL


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """Does mail leave and arrive?"""
    return CHECKS
