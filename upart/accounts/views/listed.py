# SPDX-License-Identifier: MIT
"""The list of people of an academy: what staff see, choose, do and take out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import String, cast

from upart import clock
from upart.accounts.actions import managing
from upart.accounts.models import Person
from upart.accounts.views.doors import saved
from upart.db import is_masked
from upart.hooks.records import ROLES
from upart.hooks.routes import permitted
from upart.manage.listing import Badge, Bulk, Column, Filter, Listing, Tab
from upart.theming.locales import gettext as _

JOINED = {"7": "last 7 days", "30": "last 30 days", "365": "last year"}

STATES = {
    "in": Person.account_id.is_not(None) & Person.suspended_at.is_(None), "guest": Person.account_id.is_(None), "suspended": Person.suspended_at.is_not(None),
}  # fmt: skip
"""Who is meant by a state."""


def _state(person: Person) -> Badge | None:
    if person.suspended_at is not None:
        return Badge(text=_("Suspended"), kind="bad", icon="ban")
    return Badge(text=_("Guest")) if person.account_id is None else None


def _roles(person: Person) -> str:
    return ", ".join(_(role.title()) for role in person.roles)


def _suspend(person: Person) -> bool:
    if person.suspended_at is not None and not is_masked(person):
        return False
    managing.suspend(person)
    return True


def _lift(person: Person) -> bool:
    if person.suspended_at is None and not is_masked(person):
        return False
    managing.lift_suspension(person)
    return True


def _more() -> dict[str, Any]:
    return {"invites": permitted("people.invite"), "imports": permitted("people.import"), "saved": saved()}


PEOPLE = Listing(
    name="people",
    model=Person,
    title="People",
    sentence="All people of the academy, by name",
    people=True,
    columns=(
        Column(key="name", label="Person", of=Person.name, sort=True),
        Column(key="email", label="Address", of=Person.email, below=True),
        Column(key="roles", label="Roles", of=Person.roles, value=_roles),
        Column(key="state", label="State", of=Person.suspended_at, value=_state),
        Column(key="joined", label="Joined", of=Person.created_at, sort=True),
        Column(key="zone", label="Time zone", of=Person.zone, shown=False),
        Column(key="language", label="Language", of=Person.language, shown=False),
    ),
    order="name",
    opens=lambda person: url_for("people.person", id=person.id),
    search=(Person.name, Person.email),
    search_label="Name or address",
    filters=(
        Filter(key="role", label="Role", options={role: role.title() for role in ROLES},
               where=lambda role: cast(Person.roles, String).contains(f'"{role}"', autoescape=True)),
        Filter(key="state", label="State", options={"in": "can sign in", "guest": "guest", "suspended": "suspended"}, where=lambda state: STATES[state]),
        Filter(key="joined", label="Joined", options=JOINED, where=lambda days: Person.created_at > clock.now() - timedelta(days=int(days))),
    ),
    tabs=(
        Tab(label="Learners", filters={"role": "learner"}),
        Tab(label="Teachers", filters={"role": "teacher"}),
        Tab(label="New", filters={"joined": "30"}, order="-joined"),
        Tab(label="Suspended", filters={"state": "suspended"}),
    ),
    bulk=(
        Bulk(key="suspend", label="Suspend", act=_suspend, permission="people.roles", icon="ban", undo="lift",
             question=("Suspend one person?", "Suspend %(num)s people?"), done=("One person is suspended", "%(num)s people are suspended"),
             what="They are signed out at once and kept out until you let them in again. Nothing is deleted."),
        Bulk(key="lift", label="Let in again", act=_lift, permission="people.roles", icon="undo-2", undo="suspend",
             question=("Let one person in again?", "Let %(num)s people in again?"), done=("One person can sign in again", "%(num)s people can sign in again")),
    ),
    download="people.download",
    template="accounts/people.html",
    values=_more,
)  # fmt: skip
