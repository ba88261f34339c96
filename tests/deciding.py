# SPDX-License-Identifier: MIT
"""Ada decides about requests, as an officer's page does; and what a request has come to."""

from __future__ import annotations

from uuid import UUID

from erasing import who
from people import work
from sqlalchemy import select

from upart.context import context
from upart.privacy.taxonomy import Reason
from upart.rights.actions.deciding import grant, refuse
from upart.rights.models import RightsRequest
from upart.testing import Installation


def newest(made: Installation, slug: str = "athena") -> RightsRequest:
    """The request that came last."""
    with made.reading(slug) as session:
        return session.scalars(select(RightsRequest).order_by(RightsRequest.received_at.desc(), RightsRequest.id.desc())).first()


def decide(made: Installation, id: UUID, *, words: str = "So it is.", reason: Reason | None = None) -> RightsRequest:
    """Ada grants it, or refuses it for a reason; a worker does what follows."""
    with made.app.test_request_context(), made.writing("athena") as session, context.knowing(who(session, "Ada"), fresh=True):
        row = session.scalars(select(RightsRequest).where(RightsRequest.id == id)).one()
        if reason is None:
            grant(row, words)
        else:
            refuse(row, reason, words)
    work(made)
    return request_of(made, id)


def request_of(made: Installation, id: UUID) -> RightsRequest:
    """It, as it is now."""
    with made.reading("athena") as session:
        return session.scalars(select(RightsRequest).where(RightsRequest.id == id)).one()
