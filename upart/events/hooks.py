# SPDX-License-Identifier: MIT
"""How events plug in."""

from __future__ import annotations

from upart.events import actions
from upart.events.health import CLOCK
from upart.hooks.health import HealthCheck
from upart.hooks.records import Task
from upart.hooks.specs import hookimpl


@hookimpl
def upart_jobs() -> list[Task]:
    """Bring events to plugins."""
    return [Task(name="events.deliver", run=actions.deliver)]


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """The clock."""
    return [CLOCK]
