# SPDX-License-Identifier: MIT
"""Emit events, and bring them to the plugins that listen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from upart.context import context
from upart.db import session, uuid7
from upart.errors import UpartError
from upart.events.models import Event
from upart.hooks.plugged import plugged
from upart.jobs.actions import IS_OFF, OFF, NotNow, enqueue, plain

_followers: list[Callable[[Event], None]] = []


def follow(call: Callable[[Event], None]) -> None:
    """Let a feature of the core know of each event, in the transaction in which it happens."""
    _followers.append(call)


def emit(type: str, object: Any = None, **ids: Any) -> Event:
    """Say that something happened, in the transaction in which it happens.

    `type` is registered by `upart_events()`; `object` is a row; `ids` are UUIDs, numbers or words of ours.
    Each enabled plugin that implements `upart_on_event` gets a job. Raises UpartError for an unknown type,
    and for ids that are none.
    """
    if type not in plugged().events():
        raise UpartError(f"There is no event type '{type}'.", remedy="Give it in upart_events() of the plugin's hooks.")
    session.flush()
    person = context.person
    event = Event(
        id=uuid7(), type=type, actor_id=person.id if person is not None else None, object_table=getattr(object, "__tablename__", None),
        object_id=getattr(object, "id", None), data=plain(type, ids),
    )  # fmt: skip
    session.add(event)
    for plugin in listeners():
        if plugin in context.academy.plugins:
            enqueue("events.deliver", event=event.id, plugin=plugin)
    for call in _followers:
        call(event)
    return event


def listeners() -> list[str]:
    """Plugins that implement upart_on_event."""
    return [impl.plugin_name for impl in plugged().manager.hook.upart_on_event.get_hookimpls()]


def deliver(event: str, plugin: str) -> None:
    """Task: call one plugin with one event. It waits while the plugin is off or missing; an event that is gone by then is not brought."""
    known = plugged().get(plugin)
    if plugin not in context.academy.plugins or known is None or not known.healthy:
        raise NotNow(IS_OFF, wait=OFF)
    row = session.get(Event, {"academy_id": context.academy.id, "id": UUID(event)})
    if row is None:
        return
    for implementation in plugged().manager.hook.upart_on_event.get_hookimpls():
        if implementation.plugin_name == plugin:
            implementation.function(*(row for _ in implementation.argnames))
