# SPDX-License-Identifier: MIT
"""Invite people, give them roles, suspend them. An academy never loses its last owner."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import String, case, cast, func, select

from upart import clock
from upart.academies.actions import alone, raise_epoch
from upart.academies.models import Role
from upart.accounts import sessions
from upart.accounts.actions.tokens import link, make_token
from upart.accounts.models import Person, TokenPurpose
from upart.context import context
from upart.db import is_masked, session, unmasked
from upart.db.masking import restricted
from upart.errors import NotHere, Problem
from upart.events.actions import emit
from upart.hooks.plugged import plugged
from upart.hooks.records import ROLES
from upart.jobs.actions import enqueue
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose

HAS_OWNER = "people.has_owner"
"""The task that does what has waited for a new owner of an academy."""


def owners() -> list[Person]:
    """The owners of this academy who can act."""
    return holders("owner")


@unmasked("who has a role?")
def holders(role: str) -> list[Person]:
    """The people who have a role here and are not suspended."""
    named = select(Person).where(cast(Person.roles, String).contains(f'"{role}"', autoescape=True), Person.suspended_at.is_(None))
    return list(session.scalars(named.order_by(Person.name)))


@unmasked("count the people of each role")
def how_many() -> dict[str, int]:
    """How many people have each role here and are not suspended."""
    has = (func.sum(case((cast(Person.roles, String).contains(f'"{role}"', autoescape=True), 1), else_=0)) for role in ROLES)
    counted = session.execute(select(*has).where(Person.suspended_at.is_(None))).one()
    return {role: count or 0 for role, count in zip(ROLES, counted, strict=True)}


def may_grant(roles: Sequence[str]) -> None:
    """Nobody gives a role that can do more than they can. Raises Problem 404 or 422."""
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise Problem(422, "Choose at least one role of the list.", remedy=f"Roles are: {', '.join(ROLES)}.")
    granted = context.academy.roles
    mine = set().union(*(granted.get(role, frozenset()) for role in context.person.roles))
    if any(not granted.get(role, frozenset()) <= mine for role in roles):
        raise Problem(404, "This page is not here.", remedy="Only an owner can give this role.")


def invite(email: str, name: str, roles: Sequence[str]) -> None:
    """Mail an invitation, good for 14 days; a second one to the same address replaces nothing and harms nobody."""
    may_grant(roles)
    token = make_token(TokenPurpose.INVITATION, address=email, email=email, name=name, data={"roles": list(roles)})
    values = {"name": name, "inviter": context.person.name, "roles": ", ".join(roles), "link": link("/invitation", token), "privacy": address_of("/privacy/")}
    send(None, Purpose.ACCOUNT, to=email, template="accounts/mail/invitation.txt", values=values)
    emit("people.invited", None, roles=list(roles))


def give_roles(person: Person, roles: Sequence[str]) -> None:
    """Replace a person's roles. Raises Problem 409 when that would leave the academy without an owner."""
    _may_change(person)
    changed = set(roles) ^ set(person.roles)
    may_grant([*changed] or list(roles))
    if "owner" in person.roles and "owner" not in roles:
        keep_an_owner(person)
    if "owner" in changed:
        enqueue(HAS_OWNER, dedupe_key=HAS_OWNER)
    person.roles = [role for role in ROLES if role in roles]
    emit("people.roles_changed", person, roles=list(person.roles))


def suspend(person: Person) -> None:
    """Keep a person out until the suspension is lifted; ends their sessions at once."""
    _may_change(person)
    may_grant(person.roles)
    keep_an_owner(person)
    person.suspended_at = clock.now()
    sessions.end_all(person)
    emit("people.suspended", person)


def lift_suspension(person: Person) -> None:
    """Let a person in again."""
    _may_change(person)
    may_grant(person.roles)
    if "owner" in person.roles:
        enqueue(HAS_OWNER, dedupe_key=HAS_OWNER)
    person.suspended_at = None
    emit("people.suspension_lifted", person)


def _may_change(person: Person) -> None:
    """Raise Problem 409 while the person's data are restricted: their roles are hidden too."""
    if is_masked(person):
        raise restricted()


def keep_an_owner(person: Person) -> None:
    """Raise Problem 409 if nobody but this person owns the academy."""
    if not is_last_owner(person):
        return
    raise Problem(409, f"{person.name} is the last owner of {context.academy.name}.", remedy="Make somebody else an owner first.")


@unmasked("would an academy lose its last owner?")
def is_last_owner(person: Person) -> bool:
    """Is this person an owner, and nobody else who can act?"""
    return "owner" in person.roles and all(owner.id == person.id for owner in owners())


def permissions_of(role: str) -> list[str]:
    """What a role may do here, read anew; nobody else changes it until the end of this transaction. Raises NotHere for another role."""
    if role not in ROLES:
        raise NotHere
    alone(session(), context.academy.id)
    row = session.scalars(select(Role).where(Role.name == role), execution_options={"populate_existing": True}).first()
    return list(row.permissions) if row is not None else sorted(context.academy.roles[role])


def set_permissions(role: str, permissions: Sequence[str]) -> None:
    """Say what a role may do here; what plugins that are off would let it do stays. Owners may do everything. Raises NotHere for another role, Problem 422."""
    every, known = plugged().permissions(), plugged().permissions(context.academy.plugins)
    if role not in ROLES or role == "owner":
        raise NotHere
    if any(name not in known for name in permissions):
        raise Problem(422, "This permission is not known.", remedy="Open the page again.")
    row = session.scalars(select(Role).where(Role.name == role)).first()
    before = row.permissions if row is not None else [name for name, one in every.items() if role in one.roles]
    row = row or Role(name=role, permissions=[])
    row.permissions = sorted({*permissions, *(name for name in before if name not in known)})
    session.add(row)
    raise_epoch(session(), context.academy.id)
    emit("people.permissions_changed", row)
