# SPDX-License-Identifier: MIT
"""Restrict, lift, ask. Callers open the door and commit.

Lifting tells the person first (art. 18(3)): the notice is queued and names the day, and a job lifts on that day only when
the message has left; if it cannot be delivered, the restriction stays until somebody says that the person was told.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from upart import clock
from upart.academies.actions import raise_epoch
from upart.accounts import sessions
from upart.accounts.models import Account, Person
from upart.context import Restricted, context
from upart.db import session, unmasked, uuid7
from upart.errors import Problem
from upart.events.actions import emit
from upart.events.noting import Kind, note
from upart.hooks.plugged import plugged
from upart.jobs.actions import IS_RESTRICTED, NotNow, enqueue, wake_about
from upart.keys import ring
from upart.mail.actions import has_left, send
from upart.privacy.taxonomy import Purpose
from upart.rights.models import RequestKind, RightsRequest
from upart.rights.restricting.models import Ground, Restriction, Scope

NOTICE = timedelta(days=3)
"""So long before it ends the person is told."""

AGAIN = timedelta(minutes=5)
"""How long lifting waits for a notice that has not left."""


@unmasked("restrict the data of somebody")
def restrict(
    person: Person, ground: Ground, *, scope: Scope = Scope.ALL, name: str = "", row_id: UUID | None = None, goes_on: bool = False,
    request_id: UUID | None = None, note: str = "", tell: bool = True,
) -> Restriction:  # fmt: skip
    """From this transaction on, data about a person are only stored (GDPR art. 18). Needs a write session; safe to repeat.

    `scope`: all, those of the purpose or table `name`, or the row `row_id` of table `name`. `goes_on`: the person allows that their
    own use goes on; else they are signed out now, and may come back to see and use their rights. `tell`: write to them that it is so. Raises Problem 422
    for a name that is none.
    """
    _exists(scope, name, row_id)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    same = {"ground": ground, "scope": scope, "name": name, "row_id": row_id}
    if (running := next((one for one in restrictions_of(person) if all(getattr(one, key) == value for key, value in same.items())), None)) is not None:
        return running
    made = Restriction(id=uuid7(), person_id=person.id, goes_on=goes_on, request_id=request_id, note=note, **same)
    session.add(made)
    if not goes_on:
        sessions.end_all(person)
    if tell:
        _tell(person, made, "rights/mail/restricted.txt")
    emit("rights.restricted", made)
    if _request_kind(made) not in (RequestKind.ERASE, RequestKind.OBJECT):  # these are noted themselves
        _note(Kind.RESTRICTION, person, made)
    _pass_on(person, made, "restrict")
    raise_epoch(session(), context.academy.id)
    return made


@unmasked("lift a restriction")
def lift(restriction: Restriction, *, told: bool = False) -> None:
    """Tell the person that the restriction ends in three days; then a job ends it. Safe to repeat.

    `told`: they have asked for it themselves, or were told otherwise: it ends now. Raises Problem 409 for somebody
    who has no address: tell them otherwise.
    """
    if restriction.lifted_at is not None:
        return
    if told:
        _end(restriction)
        return
    if restriction.told_at is not None:
        return
    person = session.scalars(select(Person).where(Person.id == restriction.person_id)).one()
    if not person.email:
        raise Problem(409, "Nobody can be told by mail: no address is known.", remedy="Tell the person otherwise, then lift it as told.")
    restriction.told_at = clock.now()
    restriction.lifts_at = restriction.told_at + NOTICE
    _tell(person, restriction, "rights/mail/lifting.txt", _notice(restriction))
    enqueue("rights.lift", person=person, run_at=restriction.lifts_at, restriction=restriction.id)


@unmasked("which restrictions did a request bring about?")
def lift_all(request: RightsRequest, *, told: bool) -> None:
    """Lift what a request has restricted; `told` as in `lift`."""
    for restriction in session.scalars(select(Restriction).where(Restriction.request_id == request.id, Restriction.lifted_at.is_(None))).all():
        lift(restriction, told=told)


def lift_when_told(restriction: str) -> None:
    """Task: end a restriction of which the person has been told. Raises NotNow while the notice has not left."""
    row = session.scalars(select(Restriction).where(Restriction.id == UUID(restriction))).first()
    if row is None or row.lifted_at is not None:
        return
    told = has_left(_notice(row))
    if told:
        _end(row)
    elif told is None:
        raise NotNow("The person has not been told yet.", wait=AGAIN)
    else:  # it stays; `told=True` ends it
        row.told_at, row.lifts_at = None, None
        emit("rights.not_told", row)


def _end(restriction: Restriction) -> None:
    restriction.lifted_at = clock.now()
    emit("rights.lifted", restriction)
    person = session.scalars(select(Person).where(Person.id == restriction.person_id)).one()
    _note(Kind.LIFTING, person, restriction)
    wake_about(person.id, IS_RESTRICTED)
    _pass_on(person, restriction, "lift")
    raise_epoch(session(), context.academy.id)


def _pass_on(person: Person, restriction: Restriction, act: str) -> None:
    """Let a job tell the recipients (art. 19). Not of a part, nor of the 72 hours before an erasure, of which they hear by itself."""
    if restriction.scope is Scope.ALL and _request_kind(restriction) is not RequestKind.ERASE:
        enqueue("rights.pass_on", person=person, about=person.id, act=act)


def _request_kind(restriction: Restriction) -> RequestKind | None:
    """Which right brought it about, if one did."""
    mine = select(RightsRequest.kind).where(RightsRequest.id == restriction.request_id)
    return session.scalar(mine) if restriction.request_id is not None else None


def _note(kind: Kind, person: Person, restriction: Restriction) -> None:
    note(
        kind, person.id, addresses=(str.__str__(person.email),) if person.email else (), ground=restriction.ground.value, scope=restriction.scope.value,
        name=restriction.name, row_id=restriction.row_id, goes_on=str(restriction.goes_on), asked=str(restriction.request_id is not None),
    )  # fmt: skip


@unmasked("which restrictions are in force?")
def restrictions_of(person: Person) -> list[Restriction]:
    """The restrictions of a person that are in force, the first one first."""
    mine = select(Restriction).where(Restriction.person_id == person.id, Restriction.lifted_at.is_(None))
    return list(session.scalars(mine.order_by(Restriction.begun_at)))


def in_force(opened: Session, academy_id: UUID) -> tuple[Restricted, ...]:
    """Whose data are restricted at an academy, as the session needs to know it."""
    found = opened.execute(
        select(Restriction, Person.email, Person.account_id, Account.email)
        .join(Person, (Person.academy_id == Restriction.academy_id) & (Person.id == Restriction.person_id))
        .outerjoin(Account, Account.id == Person.account_id)
        .where(Restriction.academy_id == academy_id, Restriction.lifted_at.is_(None)).order_by(Restriction.begun_at, Restriction.id)
    ).all()  # fmt: skip
    return tuple(
        Restricted(row.person_id, row.scope.value, row.name, row.row_id, row.goes_on, _digests((email, address, row.person_id, account), academy_id))
        for row, email, account, address in found
    )


def _digests(known: tuple[object, ...], academy_id: UUID) -> frozenset[str]:
    return frozenset(one for value in known if value for one in ring().pseudonyms(str.__str__(str(value)), academy_id))


def _exists(scope: Scope, name: str, row_id: UUID | None) -> None:
    known: dict[Scope, set[str]] = {Scope.ALL: {""}, Scope.PURPOSE: set(map(str, Purpose))}
    if name not in known.get(scope, set(plugged().register.tables)) or (row_id is not None) != (scope is Scope.ROW):
        raise Problem(422, f"This restriction reaches no {scope.value} '{name}'.", remedy="Name a purpose, a table, or a table and the id of a row.")


def _tell(person: Person, restriction: Restriction, template: str, dedupe_key: str | None = None) -> None:
    send(person, Purpose.RIGHTS, template=template, values={"restriction": restriction}, dedupe_key=dedupe_key)


def _notice(restriction: Restriction) -> str:
    """Each notice is a message of its own, also the second one after a first that could not be delivered."""
    return f"rights.lift {restriction.id} {restriction.told_at}"
