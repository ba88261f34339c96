# SPDX-License-Identifier: MIT
"""How academies plug in."""

from __future__ import annotations

from typing import Any

from upart.academies.custody import PASSES
from upart.academies.views import site
from upart.context import context
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
    return [
        EventType(name="plugins.enabled", sentence="switched a plugin on"),
        EventType(name="plugins.disabled", sentence="switched a plugin off"),
        EventType(name="academies.in_custody", sentence="the academy has no owner, and is in the platform's custody"),
        EventType(name="academies.taken_over", sentence="the academy was taken over, and has an owner again"),
    ]


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """While an academy is paused no mail leaves but about rights, safety and the account."""
    barred = operation == "mail.send" and context.academy.custody_at is not None and subject.purpose not in PASSES
    return ["The academy is paused."] if barred else []
