# SPDX-License-Identifier: MIT
"""How academies plug in."""

from __future__ import annotations

from upart.academies.views import site
from upart.hooks.records import EventType
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """The landing page."""
    return [site]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to an academy."""
    return [EventType(name="plugins.enabled", sentence="switched a plugin on"), EventType(name="plugins.disabled", sentence="switched a plugin off")]
