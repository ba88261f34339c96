# SPDX-License-Identifier: MIT
"""What was done with a request, by whom: lines that are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from upart.context import context
from upart.db import session
from upart.rights.models import Act, RightsEntry, RightsRequest

PRIVATE = (Act.NOTED, Act.TAKEN, Act.RELEASED, Act.REMINDED, Act.REPORTED)
"""Between colleagues; the person's page leaves these out, the copy of their data has them."""

HUMAN = (Act.TAKEN, Act.NOTED, Act.ANSWERED, Act.EXTENDED, Act.GRANTED, Act.REFUSED)
"""Acts by which an academy shows that somebody has looked at a request."""


OFFICERS = (*HUMAN, Act.RELEASED)
"""Acts of officers: they are named even when the request is their own."""


def enter(request: RightsRequest, act: Act, words: str = "") -> RightsEntry:
    """Add a line; who acts is named, unless it is the person of the request who uses their right."""
    acting = context.person
    officer = acting.id if acting is not None and (acting.id != request.person_id or act in OFFICERS) else None
    entry = RightsEntry(request_id=request.id, person_id=request.person_id, officer_id=officer, act=act, words=words)
    session.add(entry)
    return entry


def history(request: RightsRequest, *, for_person: bool = False) -> list[RightsEntry]:
    """The lines of a request, oldest first."""
    mine = select(RightsEntry).where(RightsEntry.request_id == request.id).order_by(RightsEntry.at, RightsEntry.id)
    return [entry for entry in session.scalars(mine) if not (for_person and entry.act in PRIVATE)]


def taken_by(requests: Iterable[UUID]) -> Mapping[UUID, UUID | None]:
    """Who is at work on each of these requests; None where nobody is."""
    rows = select(RightsEntry.request_id, RightsEntry.act, RightsEntry.officer_id).where(
        RightsEntry.request_id.in_(list(requests)), RightsEntry.act.in_((Act.TAKEN, Act.RELEASED))
    )
    return {id: officer if act is Act.TAKEN else None for id, act, officer in session.execute(rows.order_by(RightsEntry.at, RightsEntry.id))}
