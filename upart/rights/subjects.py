# SPDX-License-Identifier: MIT
"""Whom a request is about: the person at its academy and, if wished, the account at the platform."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from upart.accounts.models import Account, Person
from upart.db import everywhere, session, unmasked
from upart.rights.engine.subjects import DataSubject
from upart.rights.models import RightsRequest


def with_account_of(person: Person, with_account: bool) -> list[DataSubject]:
    """The data subjects of an erasure that has not been asked for yet."""
    addresses = tuple(addresses_of(person))
    found = [DataSubject(person.academy_id, person.id, person.account_id, addresses)]
    return [*found, DataSubject(None, None, person.account_id, addresses)] if with_account and person.account_id is not None else found


def addresses_of(person: Person) -> list[str]:
    """The addresses by which this academy knows a person: theirs here, and the one they sign in with."""
    known = [person.email or "", _account_address(person.account_id)]
    return list(dict.fromkeys(str.__str__(one) for one in known if one))


def _account_address(account_id: UUID | None) -> str:
    if account_id is None:
        return ""
    with everywhere("read the address that somebody signs in with") as opened:
        return opened.scalar(select(Account.email).where(Account.id == account_id)) or ""


@unmasked("whom does an address belong to?", keep=True)
def person_at(address: str) -> Person | None:
    """Whom this academy knows by an address: of theirs here, or the one they sign in with."""
    wanted = address.strip().casefold()
    with everywhere("find the account of an address") as opened:
        account_id = opened.scalar(select(Account.id).where(Account.email == wanted))
    mine = (Person.email == wanted) | (Person.account_id == account_id) if account_id is not None else Person.email == wanted
    return session.scalars(select(Person).where(mine)).first()


def person_of(request: RightsRequest) -> Person | None:
    """Whom a request is about, while they are here."""
    return session.scalars(select(Person).where(Person.id == request.person_id)).first() if request.person_id is not None else None


def subjects_of(request: RightsRequest, person_id: UUID | None, account_id: UUID | None) -> list[DataSubject]:
    """The data subjects of a request. The ids come from the job: the request's own links go before its work is over."""
    addresses = tuple(request.addresses)
    found = [DataSubject(request.academy_id, person_id, account_id, addresses)] if person_id is not None else []
    if request.with_account and account_id is not None:
        found.append(DataSubject(None, None, account_id, addresses))
    return found
