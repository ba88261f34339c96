# SPDX-License-Identifier: MIT
"""How rights plug in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from upart.accounts.actions.bringing import FORGET
from upart.accounts.actions.managing import HAS_OWNER
from upart.disclosure.actions import TELL
from upart.hooks.health import HealthCheck
from upart.hooks.matters import Waiting
from upart.hooks.records import Area, EventType, MenuItem, Permission, Task
from upart.hooks.resources import Resource
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl
from upart.rights import api
from upart.rights.actions import (
    archiving,
    asking,
    behalf,
    carrying_out,
    correcting,
    custody,
    ending,
    importing,
    joining,
    linking,
    passing_on,
    reminding,
    retaining,
    searching_again,
)
from upart.rights.actions.beginning import BEGIN
from upart.rights.actions.working import WORK, Step, working
from upart.rights.canary import actions as canary
from upart.rights.health import CHECKS
from upart.rights.ledger.upkeep import keep_ledger
from upart.rights.receivers import STORE
from upart.rights.restricting import guards
from upart.rights.restricting.actions import lift_when_told
from upart.rights.showing import pressing
from upart.rights.views.bringing import bringing
from upart.rights.views.canary import canary as canary_pages
from upart.rights.views.canary import today as canary_today
from upart.rights.views.consenting import consenting
from upart.rights.views.copies import copies
from upart.rights.views.correcting import correcting as correcting_pages
from upart.rights.views.ending import CLOSE
from upart.rights.views.ending import ending as ending_pages
from upart.rights.views.entering import entering
from upart.rights.views.keeping import CUSTODY, keeping
from upart.rights.views.keeping import today as custody_today
from upart.rights.views.leaving import leaving
from upart.rights.views.links import links
from upart.rights.views.mine import mine
from upart.rights.views.objecting import objecting
from upart.rights.views.queue import queue
from upart.rights.views.receipts import receipts
from upart.rights.views.requests import requests
from upart.rights.views.restraining import restraining
from upart.rights.views.retaining import retention
from upart.rights.views.untold import untold

STEPS: dict[str, Step] = {
    archiving.ARCHIVE: archiving.make_archive, STORE: archiving.complete_archive, linking.NOBODY: linking.tell_nobody,
    correcting.CORRECTION: correcting.correct, behalf.LETTER: behalf.close_letter,
}  # fmt: skip
"""What the steps of requests do, by the first half of their holder's name; erasures have steps of their own."""


@hookimpl
def upart_resources() -> list[Resource]:
    """What is held in numbers, and requests."""
    return [api.holdings, api.requests]


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """What is held, the copy, a copy from elsewhere, leaving, and the officer's side."""
    return [
        mine, requests, links, copies, correcting_pages, objecting, restraining, bringing, leaving, queue, entering, untold, keeping, receipts,
        ending_pages, canary_pages, consenting, retention,
    ]  # fmt: skip


@hookimpl
def upart_menu() -> list[MenuItem]:
    """Pages of one's own account, the officer's list, and links at the foot of every page."""
    return [
        MenuItem(label="What is held about you", endpoint="mine.held", order=80, area=Area.ACCOUNT, icon="eye",
                 hint="See it, download it, correct it, delete it."),
        MenuItem(label="Leave or close the account", endpoint="leaving.choose", order=81, area=Area.ACCOUNT, icon="log-out",
                 hint="Two different things; you see what each does first."),
        MenuItem(label="Requests", endpoint="queue.everything", order=20, area=Area.MANAGE, permission=reminding.ANSWER, icon="scale", group="privacy",
                 hint="Who uses a right, until when, and what is to be decided."),
        MenuItem(label="Canary", endpoint="canary.one", order=60, area=Area.MANAGE, permission=reminding.ANSWER, icon="eye", group="privacy",
                 hint="Somebody made up shows each week that copying and erasing work."),
        MenuItem(label="Custody", endpoint="keeping.everything", order=30, area=Area.MANAGE, permission=CUSTODY, icon="user-plus", group="system",
                 platform=True, hint="Academies without an owner, until somebody takes them over."),
        MenuItem(label="Close the academy", endpoint="ending.plan", order=200, area=Area.MANAGE, permission=CLOSE, icon="log-out", group="system",
                 academies=True, hint="For ever, 30 days after everybody was told. You see first what goes and what stays."),
        MenuItem(label="What we hold about you", endpoint="mine.held", order=20, area=Area.FOOTER),
    ]  # fmt: skip


@hookimpl
def upart_permissions() -> list[Permission]:
    """Who answers, who closes the academy, and on the platform who finds new owners."""
    return [
        Permission(name=reminding.ANSWER, sentence="See and answer requests about privacy", roles=("owner", "officer")),
        Permission(name=CLOSE, sentence="Close the academy", roles=("owner",)),
        Permission(name=CUSTODY, sentence="Name a new owner of an academy that has none (on the platform)", roles=("owner",)),
    ]


@hookimpl
def upart_waiting() -> list[Waiting]:
    """What waits for an officer, on the staff's first page."""
    return [
        Waiting(key="rights.requests", matters=pressing.requests, permission=reminding.ANSWER),
        Waiting(key="rights.untold", matters=pressing.untold, permission=reminding.ANSWER),
        Waiting(key="rights.custody", matters=custody_today, permission=CUSTODY),
        Waiting(key="rights.canary", matters=canary_today, permission=reminding.ANSWER),
    ]


@hookimpl
def upart_jobs() -> list[Task]:
    """Carry out requests; remind those who answer; let go of copies that have ended, and of all that has been kept long enough."""
    return [
        Task(name=BEGIN, run=asking.begin_waiting),
        Task(name=HAS_OWNER, run=custody.go_on),
        Task(name=FORGET, run=behalf.undo_entered, sentence="Erase somebody whom a table has brought in"),
        Task(name="rights.custody", run=custody.sweep, every=timedelta(hours=1), outside=True),
        Task(name=custody.TELL, run=custody.tell_of_custody, outside=True),
        Task(name="rights.closing", run=ending.sweep, every=timedelta(hours=1), outside=True),
        Task(name=ending.TELL, run=ending.tell, outside=True),
        Task(name="rights.erase", run=carrying_out.erase, outside=True),
        Task(name=TELL, run=passing_on.tell, outside=True, sentence="Tell a recipient of a correction or a restriction"),
        Task(name=WORK, run=working(STEPS), outside=True),
        Task(name=reminding.REMIND, run=reminding.remind, every=timedelta(hours=1), outside=True),
        Task(name="rights.forget_unconfirmed", run=linking.forget_unconfirmed, every=timedelta(hours=1)),
        Task(name="rights.forget_archives", run=archiving.forget_archives, every=timedelta(hours=1)),
        Task(name="rights.pass_on", run=passing_on.pass_on),
        Task(name="rights.lift", run=lift_when_told),
        Task(name=retaining.RETAIN, run=retaining.as_task, every=timedelta(days=1), outside=True),
        Task(name="rights.search_again", run=searching_again.search_again, every=timedelta(days=1), outside=True),
        Task(name="rights.keep_ledger", run=keep_ledger, every=timedelta(days=1), outside=True),
        Task(name="rights.canaries", run=canary.fly_all, every=canary.EVERY, outside=True),
        Task(name=canary.FLY, run=canary.fly_here, outside=True, sentence="Let the canary fly"),
        Task(name="rights.forget_imports", run=importing.forget_imports, every=timedelta(hours=1)),
    ]


@hookimpl
def upart_events() -> list[EventType]:
    """What happens to requests."""
    return [
        EventType(name="rights.received", sentence="used a right"),
        EventType(name="rights.done", sentence="a request was carried out"),
        EventType(name="rights.restricted", sentence="restricted the use of somebody's data", webhook=False),
        EventType(name="rights.lifted", sentence="lifted a restriction", webhook=False),
        EventType(name="rights.not_told", sentence="somebody could not be told that a restriction ends", webhook=False),
        EventType(name="rights.told", sentence="told a recipient by hand", webhook=False),
        EventType(name="rights.tried_again", sentence="had a recipient told again", webhook=False),
        EventType(name="rights.corrected", sentence="values were corrected", webhook=False),
        EventType(name="rights.replayed", sentence="did again, after an older database was put back, what the ledger says", webhook=False),
        EventType(name="rights.came_back", sentence="found something of somebody who was erased before", webhook=False),
        EventType(name="rights.ledger_lost", sentence="accepted that lines of the ledger are lost", webhook=False),
        EventType(name="rights.canary_on", sentence="switched the canary on", webhook=False),
        EventType(name="rights.canary_off", sentence="switched the canary off", webhook=False),
        EventType(name="rights.canary_broken", sentence="found by its canary that something is not done as it is declared", webhook=False),
        EventType(name="rights.canary_accepted", sentence="accepted what is declared now for the canary", webhook=False),
        EventType(name="rights.imported", sentence="brought data along from another installation", webhook=False),
    ]


@hookimpl
def upart_objections(operation: str, actor: Any, subject: Any) -> list[str]:
    """Data of restricted people are not used, and nothing is done for a purpose that its recipient has objected to."""
    mail = joining.objected_mail(subject) if operation == "mail.send" else []
    return [*guards.objections_to(operation, actor, subject), *mail]


@hookimpl
def upart_health_checks() -> list[HealthCheck]:
    """Requests in time, and the canary."""
    return CHECKS
