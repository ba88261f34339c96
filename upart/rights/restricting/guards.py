# SPDX-License-Identifier: MIT
"""What may still be done with the data of somebody restricted: keep them, their rights, their account's safety, their claims."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Person
from upart.context import Restricted, context
from upart.db import session, unmasked
from upart.db.masking import restricted
from upart.privacy.taxonomy import Purpose
from upart.rights.restricting.models import Ground, Restriction
from upart.theming.locales import gettext as _

PASSES = frozenset({Purpose.ACCOUNT, Purpose.SECURE, Purpose.RIGHTS, Purpose.CLAIMS, Purpose.PAY, Purpose.TAX})
"""Purposes for which somebody restricted is still written to: to sign in, to be safe, for rights, for money that is owed."""

OWN_USE = frozenset({Purpose.LEARN, Purpose.NOTIFY})
"""Purposes that go on as well when the person has said "I go on learning"."""

ALWAYS = ("rights.", "account.", "mail.")
"""Operations that a restriction does not stop by themselves; mail is judged by its purpose."""


def restricted_ids() -> frozenset[UUID]:
    """Ids of the people of this academy who are restricted, in whatever scope."""
    return frozenset(one.person_id for one in _in_force())


def is_restricted(person: Person | UUID, purpose: Purpose | str | None = None) -> bool:
    """Are data of this person restricted, for this purpose if one is named? Reads the database: what was decided a moment ago counts."""
    id = person if isinstance(person, UUID) else person.id
    return any(one.person_id == id and _concerns(one, purpose) for one in _in_force(id))


def refuse_if_restricted(person: Person | UUID, purpose: Purpose | str, *tables: str) -> None:
    """Raise Problem 409 (code "restricted") unless data of this person may be used for this purpose now: before sending, disclosing, publishing.

    With `tables`, what is restricted of these tables counts too. A job of this person that raises it waits, and goes on when the restriction has ended.
    """
    if is_barred(person, purpose, *tables):
        raise restricted()


def is_barred(person: Person | UUID, purpose: Purpose | str, *tables: str) -> bool:
    """Does a restriction stop the use of a person's data for this purpose, or of what these tables hold about them?"""
    return any(_stops(one, purpose, tables) for one in _in_force(person if isinstance(person, UUID) else person.id))


def barred(purpose: Purpose | str, *tables: str, deletes: bool = False) -> frozenset[UUID]:
    """Ids of the people of this academy whose data may not be used for this purpose now, nor what these tables hold about them: for work on many.

    `deletes`: or whose data may not be deleted; that goes for those too who have said that their own use goes on.
    """
    return frozenset(one.person_id for one in _in_force() if _stops(one, purpose, tables, deletes=deletes))


def _stops(one: Restricted, purpose: Purpose | str, tables: tuple[str, ...], *, deletes: bool = False) -> bool:
    own = one.goes_on and purpose in OWN_USE and not deletes
    return purpose not in PASSES and not own and (_concerns(one, purpose) or (one.scope in ("table", "row") and one.name in tables))


def objections_to(operation: str, actor: Any, subject: Any) -> list[str]:
    """Why something must not happen to somebody restricted; for the hook `upart_objections`."""
    if operation in ("mail.send", "consent.use"):
        barred = subject.person_id is not None and is_barred(subject.person_id, subject.purpose)
        return ["The data of the recipient are restricted."] if barred else []
    if operation == "disclose":
        return _withheld(subject)
    if operation == "rights.erase" and isinstance(subject, Person):
        return _claims(subject)
    if operation.startswith(ALWAYS):
        return []
    people = {one.id: one for one in (actor, subject) if isinstance(one, Person)}
    return [_stopped(one) for one in people.values() if any(r.scope == "all" and not r.goes_on for r in _in_force(one.id))]


def _withheld(row: Any) -> list[str]:
    """Nothing restricted is given to others: not for a restricted purpose, nothing of a restricted table or row. Authorities ask by law."""
    tables = {field.partition(".")[0] for field in row.fields}
    narrow = any(one.scope in ("table", "row") and one.name in tables for one in _in_force(row.person_id))
    if row.authority or not (narrow or is_barred(row.person_id, row.purpose)):
        return []
    return [_("The data of this person are restricted.")]


def _stopped(person: Person) -> str:
    if context.person is not None and person.id == context.person.id:
        return _("Your data are restricted, as you asked. Say on your privacy page that you go on, or have the restriction lifted.")
    return _("The data of this person are restricted.")


def _claims(person: Person) -> list[str]:
    """Data that are kept for claims are not erased meanwhile (art. 17(3)(e), 18(1)(c))."""
    claimed = select(Restriction.id).where(Restriction.person_id == person.id, Restriction.ground == Ground.CLAIMS, Restriction.lifted_at.is_(None))
    with unmasked("are somebody's data kept for claims?"):
        return [_("The data are kept for legal claims. Lift that restriction first.")] if session.scalar(claimed.limit(1)) is not None else []


def _concerns(one: Restricted, purpose: Purpose | str | None) -> bool:
    """Does a restriction reach a purpose? One of a table or row stops no purpose as a whole; the values in it are hidden."""
    return purpose is None or one.scope == "all" or (one.scope == "purpose" and one.name == purpose)


def _in_force(person_id: UUID | None = None) -> list[Restricted]:
    columns = (Restriction.person_id, Restriction.scope, Restriction.name, Restriction.row_id, Restriction.goes_on)
    found = select(*columns).where(Restriction.lifted_at.is_(None))
    with unmasked("is somebody restricted?"):
        rows = session.execute(found if person_id is None else found.where(Restriction.person_id == person_id)).all()
    return [Restricted(row.person_id, row.scope.value, row.name, row.row_id, row.goes_on) for row in rows]
