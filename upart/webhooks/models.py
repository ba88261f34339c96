# SPDX-License-Identifier: MIT
"""The tables of webhooks: who is told, and what has been told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model, related
from upart.events.models import Event
from upart.privacy.words import key, not_personal, ref


class EndpointState(StrEnum):
    """Is it told anything now?"""

    ENABLED = "enabled"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why an endpoint is off: `owner` an owner said so; `gone` it answered 410; `failing` nothing has arrived there for days."""

    NONE = ""
    OWNER = "owner"
    GONE = "gone"
    FAILING = "failing"


class DeliveryState(StrEnum):
    """Where a delivery is. `failed`: all tries are used up; `withheld`: it is about somebody whose data are restricted, or who is erased;
    or the privacy policy did not name the company yet (`problem` is `unnamed`)."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"


class Endpoint(AcademyOwned, Model):
    """An address that is told when something has happened."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = key()
    url: Mapped[str] = not_personal("address of a program")
    events: Mapped[list[str]] = not_personal("types of events that it is told of")
    run_by: Mapped[str] = not_personal("name of the company that runs the program; empty: the academy itself", default="")
    country: Mapped[str] = not_personal("country where the program runs", default="")
    safeguard: Mapped[str] = not_personal("what protects data in a country outside of the European Economic Area", default="")
    secret: Mapped[bytes] = not_personal("key of signatures, random and encrypted", type_=LargeBinary())
    former: Mapped[bytes | None] = not_personal("the key before, while both count", type_=LargeBinary(), default=None)
    former_until: Mapped[datetime | None] = not_personal("until when both keys count", default=None)
    state: Mapped[EndpointState] = not_personal("is it told anything now", default=EndpointState.ENABLED)
    reason: Mapped[Reason] = not_personal("why it is off", default=Reason.NONE)
    failing_since: Mapped[datetime | None] = not_personal("since when nothing has arrived there", default=None)
    rests_until: Mapped[datetime | None] = not_personal("until when it is left alone after it did not answer", default=None)
    created_at: Mapped[datetime] = not_personal("when it was set up", default=clock.now)


class Delivery(AcademyOwned, Model):
    """One event for one endpoint. Its id is the `webhook-id`, the same at each try. What is sent is made anew from the event each time."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_due", "academy_id", "endpoint_id", "state", "next_at"),
        Index("ix_webhook_delivery_log", "academy_id", "created_at", "id"),
    )

    id: Mapped[UUID] = key()
    endpoint_id: Mapped[UUID] = ref("webhook_endpoint", ondelete="CASCADE")
    event_id: Mapped[UUID] = ref("event", leads=False, ondelete="CASCADE")
    type: Mapped[str] = not_personal("a registered event type")
    state: Mapped[DeliveryState] = not_personal("waiting, delivered or why not", default=DeliveryState.WAITING)
    tries: Mapped[int] = not_personal("how often it was sent", default=0)
    status: Mapped[int | None] = not_personal("HTTP status of the last answer", default=None)
    problem: Mapped[str] = not_personal("a word of ours for what went wrong", default="")
    took: Mapped[int] = not_personal("milliseconds until the last answer", default=0)
    created_at: Mapped[datetime] = not_personal("when it was due first", default=clock.now)
    tried_at: Mapped[datetime | None] = not_personal("when it was sent last", default=None)
    next_at: Mapped[datetime | None] = not_personal("when it is sent next", default=clock.now)

    endpoint: Mapped[Endpoint] = related(Endpoint, "endpoint_id")
    event: Mapped[Event] = related(Event, "event_id")
