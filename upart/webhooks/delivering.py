# SPDX-License-Identifier: MIT
"""Send what is due, note what came of it, try again (Standard Webhooks 1.0.0, "Deliverability and reliability").

The call comes before the write session that notes it: a worker that is killed between the two sends once more, with the same `webhook-id`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from flask import current_app
from sqlalchemy import delete, select

from upart import clock
from upart.accounts.actions.managing import owners
from upart.accounts.models import Person
from upart.config import Config
from upart.context import context
from upart.db import everywhere, reading, session
from upart.events.models import Event
from upart.fetching import FetchFailed, fetch
from upart.hooks.guards import objections
from upart.jobs.actions import enqueue
from upart.jobs.copies import require_original
from upart.mail.actions import CONFIG, address_of, send
from upart.privacy.taxonomy import Purpose
from upart.webhooks.actions import held_back, switch_off
from upart.webhooks.feeding import DELIVER
from upart.webhooks.models import Delivery, DeliveryState, Endpoint, EndpointState, Reason
from upart.webhooks.signing import opened, signed

MINUTE, HOUR = 60, 3600
RETRIES = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds after the try before."""

PATIENCE = timedelta(days=3)
"""After so long without anything arriving there an endpoint is switched off."""

UNNAMED = "unnamed"
"""Why something was kept back: the policy in force did not name the company that runs the program."""

GONE = 410
BUSY = (429, 502, 503, 504)
"""Answers of a server that cannot take anything now: it is left alone for a while."""

REST = timedelta(seconds=5), timedelta(minutes=30)
"""For how long it is left alone: a tenth of the time since it last worked, within these bounds."""

SLOW = 1000
"""Milliseconds from which on an answer is slow: then it rests for as long as it took."""

KEPT = timedelta(days=30)
"""How long the log goes back."""

USER_AGENT = "UPART-Webhooks/1.0"


@dataclass(frozen=True, slots=True)
class Due:
    """What is sent now: to which address, which bytes, with which headers."""

    id: UUID
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """What must not be sent, and a word of ours for the reason, empty for what is about somebody of whom nothing goes out."""

    id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: status of the answer if there was one, a word of ours if not, milliseconds."""

    status: int | None
    problem: str
    took: int

    @property
    def arrived(self) -> bool:
        """Did the receiver say that it has it?"""
        return self.status is not None and 200 <= self.status < 300


def deliver(endpoint: str) -> Callable[[], None] | None:
    """Task: send what is due first to one endpoint, and come back for the rest."""
    require_original()
    id = UUID(endpoint)
    with reading(context.academy):
        due = _due(id)
    if not isinstance(due, Due):
        return (lambda: _withhold(due)) if due is not None else (lambda: _go_on(id))
    outcome = _sent(due)
    return lambda: _note(due.id, outcome)


def _due(endpoint: UUID) -> Due | Kept | None:
    """What is to be sent now, or must not be; None if there is nothing."""
    now, row = clock.now(), session.get(Endpoint, {"academy_id": context.academy.id, "id": endpoint})
    if row is None or row.state is EndpointState.DISABLED or (row.rests_until is not None and row.rests_until > now):
        return None
    waiting = select(Delivery).where(Delivery.endpoint_id == endpoint, Delivery.state == DeliveryState.WAITING, Delivery.next_at <= now)
    one = session.scalars(waiting.order_by(Delivery.next_at, Delivery.id).limit(1)).first()
    if one is None:
        return None
    if _must_not(one.event):
        return Kept(one.id, "")
    if held_back(row, strict=True):
        return Kept(one.id, UNNAMED)
    body = msgspec.json.encode(envelope(one.event))
    secrets = [row.secret] + ([row.former] if row.former is not None and row.former_until is not None and row.former_until > now else [])
    said = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
    return Due(one.id, row.url, body, said | signed(f"msg_{one.id.hex}", now, body, [opened(secret) for secret in secrets]))


def envelope(event: Event) -> dict[str, Any]:
    """What is said of an event: ids, never names or addresses. Whoever was erased since is not in it."""
    said = {"id": event.id, "type": event.type, "at": event.at, "academy": context.academy.slug}
    thing = {"table": event.object_table, "id": event.object_id} if event.object_id is not None else None
    return {**said, "object": thing, **({"actor": event.actor_id} if event.actor_id is not None else {})}


def _must_not(event: Event) -> bool:
    """Is it about somebody who was erased, or whose data are only stored for now (GDPR art. 18)? Of these nothing goes out."""
    if event.object_table is not None and event.object_id is None:
        return True
    ids = {event.actor_id, event.object_id if event.object_table == Person.__tablename__ else None} - {None}
    people = [session.get(Person, {"academy_id": context.academy.id, "id": id}) for id in ids]
    return any(objections("webhooks.send", person, event, strict=True) for person in people if person is not None)


def _sent(due: Due) -> Outcome:
    config: Config = current_app.extensions[CONFIG]
    began = clock.monotonic()
    try:
        answer = fetch(due.url, method="POST", body=due.body, headers=due.headers, allowed=config.fetch_allow)
        status, problem = answer.status, "" if 200 <= answer.status < 300 else "redirect" if 300 <= answer.status < 400 else "answer"
    except FetchFailed as failed:
        status, problem = None, failed.code
    return Outcome(status, problem, round((clock.monotonic() - began) * 1000))


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after so many tries, or None when it is over."""
    if tries >= len(RETRIES):
        return None
    return now + timedelta(seconds=RETRIES[tries] * random.uniform(1, 1.1))  # noqa: S311 - jitter


def _note(id: UUID, outcome: Outcome) -> None:
    now, one = clock.now(), session.get(Delivery, {"academy_id": context.academy.id, "id": id})
    if one is None:
        return
    row = one.endpoint
    one.tries, one.tried_at, one.status, one.problem, one.took = one.tries + 1, now, outcome.status, outcome.problem, outcome.took
    if outcome.arrived:
        one.state, one.next_at = DeliveryState.DELIVERED, None
        row.failing_since, row.rests_until = None, now + timedelta(milliseconds=outcome.took) if outcome.took > SLOW else None
    elif one.state is DeliveryState.WAITING:
        one.next_at = next_try(one.tries, now)
        one.state = DeliveryState.WAITING if one.next_at is not None else DeliveryState.FAILED
        _failing(row, outcome, now)
    _go_on(row.id)


def _failing(row: Endpoint, outcome: Outcome, now: datetime) -> None:
    """Leave it alone for a while, or for good."""
    row.failing_since = row.failing_since or now
    if outcome.status is None or outcome.status in BUSY:
        row.rests_until = now + min(max((now - row.failing_since) / 10, REST[0]), REST[1])
    if outcome.status == GONE or now - row.failing_since >= PATIENCE:
        switch_off(row, Reason.GONE if outcome.status == GONE else Reason.FAILING)
        _say_so(row)


def _say_so(row: Endpoint) -> None:
    """Tell the owners that it is off."""
    values = {"url": row.url, "gone": row.reason is Reason.GONE, "link": address_of(f"/manage/webhooks/{row.id}")}
    for owner in owners():
        send(owner, Purpose.NOTIFY, template="webhooks/mail/off.txt", values=values, dedupe_key=f"webhook off {row.id} {owner.id} {clock.now():%Y%m%d%H%M}")


def _withhold(kept: Kept) -> None:
    one = session.get(Delivery, {"academy_id": context.academy.id, "id": kept.id})
    if one is not None and one.state is DeliveryState.WAITING:
        one.state, one.next_at, one.problem = DeliveryState.WITHHELD, None, kept.why
        _go_on(one.endpoint_id)


def _go_on(endpoint: UUID) -> None:
    """Come back when the next one is due."""
    session.flush()
    row = session.get(Endpoint, {"academy_id": context.academy.id, "id": endpoint})
    due = select(Delivery.next_at).where(Delivery.endpoint_id == endpoint, Delivery.state == DeliveryState.WAITING)
    at = session.scalar(due.order_by(Delivery.next_at).limit(1))
    if row is not None and at is not None:
        enqueue(DELIVER, endpoint=endpoint, run_at=max(at, row.rests_until or at), dedupe_key=f"{DELIVER} {endpoint}")


def clear_log() -> None:
    """Task, daily for all academies: what is older than 30 days and does not wait goes out of the log."""
    with everywhere("clear the log of webhooks", write=True) as opened:
        old = delete(Delivery).where(Delivery.created_at < clock.now() - KEPT, Delivery.state != DeliveryState.WAITING)
        opened.execute(old.execution_options(synchronize_session=False))
