# SPDX-License-Identifier: MIT
"""How the parts of staff pages plug in."""

from __future__ import annotations

from upart.hooks.health import HealthCheck
from upart.hooks.matters import Waiting
from upart.hooks.records import Area, EventType, MenuItem, Permission, Task
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.manage import health, inbox
from upart.manage.health_pages import HEALTH
from upart.manage.health_pages import health as health_pages
from upart.manage.jumping import jumping
from upart.manage.views import work_pages


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The page of long work, how things stand, search or jump."""
    return [work_pages, health_pages, jumping]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """How things stand."""
    hint = "What works, what should be changed, and what to do about it."
    return [MenuItem(label="Health", endpoint="health.one", order=88, area=Area.MANAGE, permission=HEALTH, icon="activity", group="system", hint=hint)]


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who sees how things stand."""
    return [Permission(name=HEALTH, sentence="See how the portal stands, and have it looked at again", roles=("owner",))]


@hookimpl
def upart_jobs() -> list[Task]:
    """Slow looks at how things stand."""
    return [
        Task(name=health.SWEEP, run=health.sweep, every=health.EVERY, outside=True),
        Task(name=health.LOOK, run=health.look, outside=True, sentence="Look at how things stand"),
    ]


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """Plugins."""
    return health.CHECKS


@hookimpl
def upart_waiting() -> list[Waiting]:
    """Work that has ended and left something out, and what slow checks have found."""
    return [Waiting(key="manage.left_out", matters=inbox.left_out), Waiting(key="manage.health", matters=inbox.ill, permission=HEALTH)]


@hookimpl
def upart_events() -> list[EventType]:
    """A list left the portal."""
    return [EventType(name="manage.downloaded", sentence="downloaded a list", webhook=False)]
