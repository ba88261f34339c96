# SPDX-License-Identifier: MIT
"""Emit events, and bring them to the plugins that listen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from upart.context import context
from upart.db import session, uuid7
from upart.errors import UpartError
from upart.events.models import Event
from upart.hooks.find import get_or_404
from upart.hooks.plugged import plugged
from upart.jobs.actions import enqueue

HOOK = "upart_on_event"


def emit(type: str, object: Any = None, **ids: Any) -> Event:
    """Say that something happened, in the transaction in which it happens.

    `type` is registered by `upart_events()`; `object` is a row; `ids` are UUIDs, numbers or words of ours.
    Each enabled plugin that implements `upart_on_event` gets a job. Raises UpartError for an unknown type.
    """
    if type not in plugged().events():
        raise UpartError(f"There is no event type '{type}'.", remedy="Give it in upart_events() of the plugin's hooks.")
    person = context.person
    event = Event(
        id=uuid7(), type=type, actor_id=person.id if person is not None else None, object_table=getattr(object, "__tablename__", None),
        object_id=getattr(object, "id", None), data={name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()},
    )  # fmt: skip
    session.add(event)
    for plugin in listeners():
        if plugin in context.academy.plugins:
            enqueue("events.deliver", event=event.id, plugin=plugin)
    return event


def listeners() -> list[str]:
    """Plugins that implement upart_on_event."""
    return [impl.plugin_name for impl in plugged().manager.hook.upart_on_event.get_hookimpls()]


def deliver(event: str, plugin: str) -> None:
    """Task: call one plugin with one event."""
    row = get_or_404(Event, UUID(event))
    for implementation in plugged().manager.hook.upart_on_event.get_hookimpls():
        if implementation.plugin_name == plugin:
            implementation.function(*(row for _ in implementation.argnames))
