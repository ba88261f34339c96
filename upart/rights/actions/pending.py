# SPDX-License-Identifier: MIT
"""The requests that somebody has made already, and the lock under which another one is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from upart.accounts.actions.managing import owners
from upart.accounts.models import Person
from upart.db import session
from upart.rights.models import RequestKind, RightsRequest
from upart.rights.states import ENDED


def lock(person: Person) -> None:
    """Whoever else asks for the same person waits for this transaction; of an owner, whoever asks for another owner: one of them is the last."""
    alike = [owner.id for owner in owners()] if "owner" in person.roles else []
    session.execute(select(Person.id).where(Person.id.in_([person.id, *alike])).order_by(Person.id).with_for_update())


def unfinished(person: Person, *kinds: RequestKind) -> RightsRequest | None:
    """The person's oldest request of these kinds that has not ended, or None."""
    mine = select(RightsRequest).where(RightsRequest.person_id == person.id, RightsRequest.kind.in_(kinds), RightsRequest.state.not_in(ENDED))
    return session.scalars(mine.order_by(RightsRequest.received_at)).first()


def requests_of(person: Person) -> Iterable[RightsRequest]:
    """All requests of a person, newest first."""
    return session.scalars(select(RightsRequest).where(RightsRequest.person_id == person.id).order_by(RightsRequest.received_at.desc())).all()
