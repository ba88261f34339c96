# SPDX-License-Identifier: MIT
"""What owners do with webhooks: set one up, change it, give it another secret, switch it, send again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, update

from upart import clock
from upart.academies.actions import renew_pages
from upart.config import Config
from upart.context import context
from upart.db import everywhere, session
from upart.errors import Problem
from upart.events.actions import emit
from upart.fetching import FetchRefused, is_open, target_of, written
from upart.hooks.guards import objections
from upart.hooks.plugged import plugged
from upart.mail.actions import CONFIG
from upart.theming.locales import gettext as _
from upart.webhooks.feeding import hasten
from upart.webhooks.models import Delivery, DeliveryState, Endpoint, EndpointState, Reason
from upart.webhooks.signing import new_secret, sealed

MANAGES = "webhooks.manage"
"""Permission: set up webhooks and see what they were told."""

MOST = 20
"""Webhooks of one academy."""

BOTH = timedelta(hours=24)
"""How long the former secret signs too after a new one was made."""

AT_ONCE = 1000
"""Deliveries that are sent again at a time."""

WRONG: Mapping[str, str] = {
    "scheme": "An address begins with https://.", "user": "An address must not hold a name or password.", "host": "This address names no host.",
    "port": "This port is not called. Use 443, or one from 1024 on.", "characters": "This address has characters that do not belong there.",
    "address": "This address is inside a private network, which is never called.",
}  # fmt: skip


def offered() -> dict[str, str]:
    """Types of events of which a webhook may be told here, with their sentences."""
    here = [plugin for plugin in plugged().everything() if plugin.id == "core" or plugin.id in context.academy.plugins]
    return {type.name: type.sentence for plugin in here for type in plugin.events if type.webhook}


def wrong_url(url: str) -> str:
    """Why an address cannot be called, in words; empty if it can. Whether its name leads to a private network shows at each call."""
    config: Config = current_app.extensions[CONFIG]
    try:
        target = target_of(url)
    except FetchRefused as refused:
        return _(WRONG[refused.code])
    if target.scheme != "https" and not config.fetch_allow:
        return _(WRONG["scheme"])
    known = written(target.host)
    name = target.host.rstrip(".")
    at_home = (name == "localhost" or name.endswith(".localhost")) and not config.fetch_allow
    return _(WRONG["address"]) if at_home or (known is not None and not is_open(known, config.fetch_allow)) else ""


def is_on(row: Endpoint) -> bool:
    """Is it told what happens?"""
    return row.state is EndpointState.ENABLED


def held_back(row: Endpoint, *, strict: bool = False) -> list[str]:
    """Why the company that runs the program is told nothing yet, in words: the policy in force does not name it, or not for long enough.

    With `strict`, for jobs, a guard that fails is raised instead.
    """
    return objections("webhooks.tell", context.person, row, strict=strict)


def count_failed(row: Endpoint) -> int:
    """How many deliveries were given up."""
    return session.scalar(select(func.count(Delivery.id)).where(Delivery.endpoint_id == row.id, Delivery.state == DeliveryState.FAILED)) or 0


def register(url: str, events: Sequence[str], said: Mapping[str, str] | None = None) -> tuple[Endpoint, str]:
    """Set a webhook up: the row, and its secret, which is shown once. `said`: who runs the program, and where. Raises Problem 409 when there are too many."""
    if (session.scalar(select(func.count(Endpoint.id))) or 0) >= MOST:
        raise Problem(409, _("There are %(n)s webhooks already.", n=MOST), remedy=_("Remove one first."), code="too_many")
    secret = new_secret()
    row = Endpoint(url=url, events=sorted(set(events)), secret=sealed(secret), **{name: value.strip() for name, value in (said or {}).items()})
    session.add(row)
    _said_of(row, "registered")
    return row, secret


def change(row: Endpoint, **values: Any) -> None:
    """Change its address, its events, or who runs it."""
    for name, value in values.items():
        setattr(row, name, sorted(set(value)) if name == "events" else value.strip())
    _said_of(row, "changed")


def rotate(row: Endpoint) -> str:
    """A new secret, which is shown once. For 24 hours both sign, so that no receiver misses anything meanwhile."""
    secret = new_secret()
    row.former, row.former_until, row.secret = row.secret, clock.now() + BOTH, sealed(secret)
    emit("webhooks.rotated", row)
    return secret


def switch_on(row: Endpoint) -> None:
    """Let it be told again of what happens from now on."""
    row.state, row.reason, row.failing_since, row.rests_until = EndpointState.ENABLED, Reason.NONE, None, None
    emit("webhooks.enabled", row)


def switch_off(row: Endpoint, reason: Reason = Reason.OWNER) -> None:
    """Tell it nothing more; what waits is given up, and can be sent again later."""
    row.state, row.reason = EndpointState.DISABLED, reason
    waiting = update(Delivery).where(Delivery.endpoint_id == row.id, Delivery.state == DeliveryState.WAITING)
    session.flush()
    session.execute(waiting.values(state=DeliveryState.FAILED, next_at=None))
    emit("webhooks.disabled", row)


def remove(row: Endpoint) -> None:
    """Take it away, with its log."""
    _said_of(row, "removed")
    session.flush()
    session.execute(delete(Delivery).where(Delivery.endpoint_id == row.id).execution_options(synchronize_session=False))
    session.delete(row)


def replay(row: Endpoint, delivery: Delivery | None = None) -> int:
    """Send one delivery again, or all that have failed, each with the id it had: receivers know what they have.

    Raises Problem 409 while it is off, or the policy in force does not name the company that runs it.
    """
    if not is_on(row):
        raise Problem(409, _("This webhook is off."), remedy=_("Switch it on first."), code="off")
    if reasons := held_back(row):
        raise Problem(409, " ".join(reasons), remedy=_("Publish the privacy policy, and wait for the day it gives."), code="unnamed")
    failed = select(Delivery).where(Delivery.endpoint_id == row.id, Delivery.state == DeliveryState.FAILED).order_by(Delivery.created_at).limit(AT_ONCE)
    rows = [delivery] if delivery is not None else list(session.scalars(failed))
    for one in rows:
        one.state, one.tries, one.next_at = DeliveryState.WAITING, 0, clock.now()
    if rows:
        row.rests_until = None
        session.flush()
        hasten(row.id)
    emit("webhooks.replayed", row, deliveries=len(rows))
    return len(rows)


def _said_of(row: Endpoint, what: str) -> None:
    """It may have changed who is named in the privacy policy: pages are made anew."""
    emit(f"webhooks.{what}", row)
    renew_pages()


def drop_waiting() -> None:
    """Give up all that waits, at all academies: it happened elsewhere, and is told from there."""
    with everywhere("drop the webhooks of a copied installation", write=True) as opened:
        waiting = update(Delivery).where(Delivery.state == DeliveryState.WAITING)
        opened.execute(waiting.values(state=DeliveryState.FAILED, next_at=None).execution_options(synchronize_session=False))
