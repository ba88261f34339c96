# SPDX-License-Identifier: MIT
"""How the parts of staff pages plug in."""

from __future__ import annotations

from upart.hooks.records import EventType
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.manage.views import work_pages


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The page of long work."""
    return [work_pages]


@hookimpl
def upart_events() -> list[EventType]:
    """A list left the portal."""
    return [EventType(name="manage.downloaded", sentence="downloaded a list", webhook=False)]
