# SPDX-License-Identifier: MIT
"""What must hold of webhooks: what waits is sent, and nothing waits where nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from upart.hooks.records import Invariant
from upart.jobs.models import Job
from upart.webhooks.feeding import DELIVER
from upart.webhooks.models import Delivery, DeliveryState, Endpoint, EndpointState


def _waits(opened: Session) -> Iterator[str]:
    jobs = {UUID(payload["endpoint"]) for payload in opened.scalars(select(Job.payload).where(Job.task == DELIVER))}
    waiting = set(opened.scalars(select(Delivery.endpoint_id).where(Delivery.state == DeliveryState.WAITING).distinct()))
    yield from (f"webhook {id} has something to send and no job does it" for id in sorted(waiting - jobs))
    off = select(Delivery.id).join(Endpoint, and_(Endpoint.academy_id == Delivery.academy_id, Endpoint.id == Delivery.endpoint_id))
    stuck = off.where(Delivery.state == DeliveryState.WAITING, Endpoint.state == EndpointState.DISABLED)
    yield from (f"delivery {id} waits at a webhook that is off" for id in opened.scalars(stuck))


def _due(opened: Session) -> Iterator[str]:
    wrong = (Delivery.state == DeliveryState.WAITING) != Delivery.next_at.is_not(None)
    yield from (f"delivery {id} is {state.value}" for id, state in opened.execute(select(Delivery.id, Delivery.state).where(wrong)))


WEBHOOKS = [
    Invariant(sentence="What a webhook has still to be told has a job that sends it.", broken=_waits),
    Invariant(sentence="A delivery has a next time exactly while it waits.", broken=_due),
]
