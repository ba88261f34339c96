# SPDX-License-Identifier: MIT
"""Close an account: each academy gets a request of its own, the platform comes last, and none learns of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from upart import clock
from upart.accounts.actions.changing import academies_of, end_everywhere
from upart.accounts.actions.managing import is_last_owner
from upart.accounts.models import Person
from upart.context import CurrentAcademy, context
from upart.db import everywhere, reading, session, writing
from upart.errors import Problem
from upart.hooks.guards import objections
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.pending import unfinished
from upart.rights.actions.proving import link_of
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.theming.locales import gettext as _


def close_account(
    person: Person, *, erase_at: Sequence[CurrentAcademy], keep_at: Sequence[CurrentAcademy], waits: bool = False, proofs: list[str] | None = None
) -> RightsRequest:
    """Erase the account's people at these academies, then the platform's person with the account.

    At the academies of `keep_at` the person stays as a guest. Comes before the first statement of its
    door: each academy's request is a transaction of its own, all with one date of receipt, and whoever
    repeats it after a failure goes on where it ended. `waits`: all of them begin after 72 hours. Links to the academies'
    receipts are added to `proofs`. Raises Problem 409 before anything is done, with
    all that stands against it at any academy.
    """
    account_id, now = person.account_id, clock.now()
    assert account_id is not None  # who signs in has an account
    against = [reason for academy in (*erase_at, *keep_at, context.academy) for reason in _against(academy, account_id, stays=academy in keep_at)]
    if against:
        raise Problem(409, " ".join(against), remedy="Put this right first.", code="objection")
    if not waits:
        with everywhere("sign an account out everywhere: it is being closed", write=True) as opened:
            end_everywhere(opened, account_id)
    for academy in erase_at:
        with writing(academy):
            if (mine := _person(account_id)) is not None:
                with context.knowing(mine, fresh=True):
                    asked = ask_to_erase(mine, received_at=now, waits=waits)
                    if proofs is not None:
                        proofs.append(link_of(asked))
    return ask_to_erase(person, with_account=True, received_at=now, waits=waits)


def at_academies(person: Person, request: UUID, do: Callable[[RightsRequest, Person], object]) -> None:
    """On the platform: do the same to the requests that academies have got together with this one, while they wait.

    They are known by the account and the date of receipt alone; no academy's request names another one. Comes
    before the first statement of its door, as `close_account` does.
    """
    with reading(context.academy):
        row = session.scalars(select(RightsRequest).where(RightsRequest.id == request, RightsRequest.person_id == person.id)).first()
        if row is None or not row.with_account or person.account_id is None or not context.academy.is_platform:
            return
        received_at = row.received_at
    for academy in filter(None, map(current_app.extensions["upart"].directory.by_id, academies_of(person.account_id))):
        with writing(academy):
            mine = _person(person.account_id)
            theirs = unfinished(mine, RequestKind.ERASE) if mine is not None and mine.id != person.id else None
            if mine is not None and theirs is not None and theirs.received_at == received_at and theirs.state is RequestState.PLANNED:
                with context.knowing(mine, fresh=True):
                    do(theirs, mine)


def _against(academy: CurrentAcademy, account_id: UUID, *, stays: bool) -> list[str]:
    """What stands against it there. A guest without an account owns nothing: whoever is the only owner hands over, or is erased there too."""
    with reading(academy):
        mine = _person(account_id)
        if mine is None:
            return []
        ownerless = [_("%(academy)s would have no owner left. Make somebody else an owner first, or leave it too.", academy=academy.name)]
        return [*objections("rights.erase", mine, mine), *(ownerless if stays and is_last_owner(mine) else [])]


def _person(account_id: UUID) -> Person | None:
    return session.scalars(select(Person).where(Person.account_id == account_id)).first()
