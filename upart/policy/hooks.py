# SPDX-License-Identifier: MIT
"""How records and the breach desk plug in."""

from __future__ import annotations

from upart.hooks.records import Area, EventType, MenuItem, Permission, Slot, Task
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.policy.actions import TELL, tell_some
from upart.policy.plugs import PLUGINS, plugs
from upart.policy.plugs import today as upgrades
from upart.policy.showing import BREACHES, RECORDS, today
from upart.policy.views import breaches, records


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Records to read and download, breaches, and plugins."""
    return [records, breaches, plugs]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """Entries beside the requests, and the plugins."""
    return [
        MenuItem(label="Records", endpoint="records.overview", order=30, area=Area.MANAGE, permission=RECORDS, icon="file-text", group="privacy",
                 hint="What is done with data here, for you and for an authority."),
        MenuItem(label="Breaches", endpoint="breaches.everything", order=40, area=Area.MANAGE, permission=BREACHES, icon="shield-alert", group="privacy",
                 hint="What to do within 72 hours when data got out."),
        MenuItem(label="Plugins", endpoint="plugs.everything", order=10, area=Area.MANAGE, permission=PLUGINS, icon="plug", group="system",
                 hint="What is on here, and what each does with data."),
    ]  # fmt: skip


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who reads records, who works on breaches, who decides about plugins."""
    return [
        Permission(name=RECORDS, sentence="Read and download the records of processing, contract data and risk sheet", roles=("owner", "officer")),
        Permission(name=PLUGINS, sentence="Switch plugins on and off, and agree to what they do with data", roles=("owner",)),
        Permission(name=BREACHES, sentence="Document breaches and write to those concerned", roles=("owner", "officer")),
    ]


@hookimpl
def upart_slots() -> list[Slot]:
    """Breaches whose clock runs, and upgrades that wait, on the staff's first page."""
    return [
        Slot(name="manage.today", template="policy/_today.html", values=today, order=0),
        Slot(name="manage.today", template="policy/_upgrades.html", values=upgrades, order=1),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Write to those whom a breach concerns."""
    return [Task(name=TELL, run=tell_some, sentence="Tell people of a breach")]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to breaches."""
    return [
        EventType(name="policy.breach_noted", sentence="wrote a breach down"),
        EventType(name="policy.breach_reported", sentence="noted that the authority was told of a breach"),
        EventType(name="policy.breach_told", sentence="had people told of a breach"),
        EventType(name="policy.breach_closed", sentence="closed a breach"),
    ]
