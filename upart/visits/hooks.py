# SPDX-License-Identifier: MIT
"""How visits plug in."""

from __future__ import annotations

from datetime import timedelta

from upart.hooks.records import Area, EventType, MenuItem, Permission, Slot, Task
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.visits import views
from upart.visits.summing import sum_up


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Trends, the choice not to be counted, the pages opened last."""
    return [views.manage, views.choices, views.own]


@hookimpl
def upart_menu() -> list[MenuItem]:
    """Trends for staff; the last pages in one's own account."""
    return [
        MenuItem(label="Trends", endpoint="trends.trends", order=40, area=Area.MANAGE, permission=views.TRENDS, icon="chart-column",
                 hint="Which pages are read, and how people find them."),
        MenuItem(label="Pages opened last", endpoint="recent.pages", order=60, area=Area.ACCOUNT, icon="history", group="own",
                 hint="Remembered only if you want it; you can clear them."),
    ]  # fmt: skip


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who sees the numbers, and who decides whether there are any."""
    return [
        Permission(name=views.TRENDS, sentence="See which pages are read, in numbers", roles=("owner", "manager")),
        Permission(name=views.SWITCH, sentence="Switch the counting of visits on and off", roles=("owner",)),
    ]


@hookimpl
def upart_slots() -> list[Slot]:
    """Being counted or not, among the choices; where one was, on the account's first page."""
    return [
        Slot(name="privacy.choices", template="visits/_choices.html", values=views.section, order=60),
        Slot(name="account.card", template="visits/_go_on.html", values=views.go_on, order=10),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Sums of days that have ended."""
    return [Task(name="visits.sum_up", run=sum_up, every=timedelta(hours=1), sentence="Sum up visits")]


@hookimpl
def upart_events() -> list[EventType]:
    """The academy decides about counting."""
    return [
        EventType(name="visits.switched_on", sentence="switched the counting of visits on", webhook=False),
        EventType(name="visits.switched_off", sentence="switched the counting of visits off", webhook=False),
    ]
