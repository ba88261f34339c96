# SPDX-License-Identifier: MIT
"""From an event to those who are told of it: a row for each, in the transaction of the event, and one job for each endpoint."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from upart.db import session
from upart.events.models import Event
from upart.hooks.plugged import plugged
from upart.jobs.actions import enqueue, hasten_here
from upart.webhooks.models import Delivery, Endpoint, EndpointState

DELIVER = "webhooks.deliver"
"""The task that sends what is due to one endpoint: one at a time, so a slow one holds up nobody else."""


def tell(event: Event) -> None:
    """Note for each endpoint that wants to know."""
    type = plugged().events().get(event.type)
    if type is None or not type.webhook:
        return
    wanting = [row for row in session.scalars(select(Endpoint).where(Endpoint.state == EndpointState.ENABLED)) if event.type in row.events]
    if wanting:
        session.add_all(Delivery(endpoint_id=row.id, event_id=event.id, type=event.type) for row in wanting)
        session.flush()
        for row in wanting:
            hasten(row.id)


def hasten(endpoint: UUID) -> None:
    """Let a worker look at once what is due there. Needs a write session."""
    hasten_here(DELIVER, endpoint=endpoint)
    session.flush()
    enqueue(DELIVER, endpoint=endpoint, dedupe_key=f"{DELIVER} {endpoint}")
