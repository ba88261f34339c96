# SPDX-License-Identifier: MIT
"""How the parts of staff pages plug in."""

from __future__ import annotations

from upart.hooks.records import EventType
from upart.hooks.specs import hookimpl


@hookimpl
def upart_events() -> list[EventType]:
    """A list left the portal."""
    return [EventType(name="manage.downloaded", sentence="downloaded a list", webhook=False)]
