# SPDX-License-Identifier: MIT
"""How records, the breach desk and the privacy policy plug in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from upart.hooks.matters import Waiting
from upart.hooks.records import Area, EventType, MenuItem, Permission, Task
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.policy import publishing, shown
from upart.policy.actions import TELL, tell_some
from upart.policy.announcing import unnamed
from upart.policy.pages import policies, privacy
from upart.policy.plugs import PLUGINS, plugs
from upart.policy.plugs import today as upgrades
from upart.policy.showing import BREACHES, RECORDS, today
from upart.policy.shown import PUBLISH
from upart.policy.views import breaches, records


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Records to read and download, breaches, the policy for everybody and for staff, and plugins."""
    return [records, breaches, privacy, policies, plugs]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """Entries beside the requests, and the plugins; the policy at the foot of every page."""
    return [
        MenuItem(label="Policy", endpoint="policies.current", order=25, area=Area.MANAGE, permission=PUBLISH, icon="scroll-text", group="privacy",
                 hint="What people read about their data: what is different, what is missing, publish it."),
        MenuItem(label="Privacy", endpoint="privacy.register", order=10, area=Area.FOOTER),
        MenuItem(label="Records", endpoint="records.overview", order=30, area=Area.MANAGE, permission=RECORDS, icon="file-text", group="privacy",
                 hint="What is done with data here, for you and for an authority."),
        MenuItem(label="Breaches", endpoint="breaches.everything", order=40, area=Area.MANAGE, permission=BREACHES, icon="shield-alert", group="privacy",
                 hint="What to do within 72 hours when data got out."),
        MenuItem(label="Plugins", endpoint="plugs.everything", order=10, area=Area.MANAGE, permission=PLUGINS, icon="plug", group="system",
                 hint="What is on here, and what each does with data."),
    ]  # fmt: skip


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who publishes the policy, who reads records, who works on breaches, who decides about plugins."""
    return [
        Permission(name=PUBLISH, sentence="Publish the privacy policy and fill in who is responsible", roles=("owner", "officer")),
        Permission(name=RECORDS, sentence="Read and download the records of processing, contract data and risk sheet", roles=("owner", "officer")),
        Permission(name=PLUGINS, sentence="Switch plugins on and off, and agree to what they do with data", roles=("owner",)),
        Permission(name=BREACHES, sentence="Document breaches and write to those concerned", roles=("owner", "officer")),
    ]


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """No company is told by a webhook what happens before the policy names it."""
    return list(unnamed(subject)) if operation == "webhooks.tell" else []


@hookimpl
def upart_waiting() -> list[Waiting]:
    """Breaches whose clock runs, a policy and upgrades that wait, on the staff's first page."""
    return [
        Waiting(key="policy.breaches", matters=today, permission=BREACHES),
        Waiting(key="policy.policy", matters=shown.today, permission=PUBLISH),
        Waiting(key="policy.upgrades", matters=upgrades, permission=PLUGINS),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Write to those whom a breach or a new policy concerns; publish what is not material."""
    return [
        Task(name=TELL, run=tell_some, sentence="Tell people of a breach"),
        Task(name=publishing.TELL, run=publishing.tell_some, sentence="Tell people of a new privacy policy"),
        Task(name=publishing.KEEP, run=publishing.keep_current, every=timedelta(hours=1), outside=True),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to breaches and policies."""
    return [
        EventType(name="policy.published", sentence="published the privacy policy"),
        EventType(name="policy.breach_noted", sentence="wrote a breach down", webhook=False),
        EventType(name="policy.breach_reported", sentence="noted that the authority was told of a breach", webhook=False),
        EventType(name="policy.breach_told", sentence="had people told of a breach", webhook=False),
        EventType(name="policy.breach_closed", sentence="closed a breach", webhook=False),
    ]
