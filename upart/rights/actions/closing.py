# SPDX-License-Identifier: MIT
"""Close an account: each academy gets a request of its own, the platform comes last, and none learns of another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from upart import clock
from upart.accounts.actions.changing import end_everywhere
from upart.accounts.models import Person
from upart.context import CurrentAcademy, context
from upart.db import everywhere, reading, session, writing
from upart.errors import Problem
from upart.hooks.guards import objections
from upart.rights.actions.asking import ask_to_erase
from upart.rights.models import RightsRequest


def close_account(person: Person, *, erase_at: Sequence[CurrentAcademy], keep_at: Sequence[CurrentAcademy]) -> RightsRequest:
    """Erase the account's people at these academies, then the platform's person with the account.

    At the academies of `keep_at` the person stays as a guest. Comes before the first statement of its
    door: each academy's request is a transaction of its own, all with one date of receipt, and whoever
    repeats it after a failure goes on where it ended. Raises Problem 409 before anything is done, with
    all that stands against it at any academy.
    """
    account_id, now = person.account_id, clock.now()
    assert account_id is not None  # who signs in has an account
    against = [reason for academy in (*erase_at, *keep_at, context.academy) for reason in _against(academy, account_id)]
    if against:
        raise Problem(409, " ".join(against), remedy="Put this right first.", code="objection")
    with everywhere("sign an account out everywhere: it is being closed", write=True) as opened:
        end_everywhere(opened, account_id)
    for academy in erase_at:
        with writing(academy):
            if (mine := _person(account_id)) is not None:
                with context.knowing(mine, fresh=True):
                    ask_to_erase(mine, received_at=now)
    return ask_to_erase(person, with_account=True, received_at=now)


def _against(academy: CurrentAcademy, account_id: UUID) -> list[str]:
    with reading(academy):
        mine = _person(account_id)
        return objections("rights.erase", mine, mine) if mine is not None else []


def _person(account_id: UUID) -> Person | None:
    return session.scalars(select(Person).where(Person.account_id == account_id)).first()
