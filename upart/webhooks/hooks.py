# SPDX-License-Identifier: MIT
"""How webhooks plug in."""

from __future__ import annotations

from datetime import timedelta

from upart.events.actions import follow
from upart.hooks.records import Area, EventType, Invariant, MenuItem, Permission, Task
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.webhooks import api
from upart.webhooks.actions import MANAGES
from upart.webhooks.audit import WEBHOOKS
from upart.webhooks.delivering import clear_log, deliver
from upart.webhooks.feeding import DELIVER, tell
from upart.webhooks.views import webhooks

SENTENCES = {
    "registered": "set up a webhook", "changed": "changed a webhook", "rotated": "gave a webhook another secret", "enabled": "switched a webhook on",
    "disabled": "a webhook was switched off", "removed": "removed a webhook", "replayed": "had a webhook sent again",
}  # fmt: skip

follow(tell)


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Webhooks."""
    return [webhooks]


@hookimpl
def upart_resources() -> list[Resource]:
    """Webhooks, and what they were told."""
    return [api.webhooks, api.deliveries]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """For owners."""
    hint = "Programs elsewhere that are told when something happens here."
    return [MenuItem(label="Webhooks", endpoint="webhooks.every", order=86, area=Area.MANAGE, permission=MANAGES, icon="send", group="system", hint=hint)]


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who decides which programs are told."""
    return [Permission(name=MANAGES, sentence="Set up webhooks and see what they were told", roles=("owner",))]


@hookimpl
def upart_jobs() -> list[Task]:
    """Send what is due, and keep the log short."""
    return [
        Task(name=DELIVER, run=deliver, outside=True, sentence="Tell a webhook"),
        Task(name="webhooks.clear_log", run=clear_log, every=timedelta(days=1), outside=True),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to webhooks; they are not told of it."""
    return [EventType(name=f"webhooks.{name}", sentence=sentence, webhook=False) for name, sentence in SENTENCES.items()]


@hookimpl
def upart_invariants() -> list[Invariant]:
    """What waits is sent."""
    return WEBHOOKS
