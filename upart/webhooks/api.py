# SPDX-License-Identifier: MIT
"""Webhooks for programs: set up, changed, given another secret; what they were told, and once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from upart.errors import Fault, Unfit
from upart.hooks.find import get_or_404
from upart.hooks.resources import Body, Include, Made, Resource
from upart.hooks.routes import may
from upart.privacy.countries import COUNTRIES
from upart.theming.locales import gettext as _
from upart.tokens.repeating import shown_once
from upart.webhooks import actions
from upart.webhooks.actions import MANAGES
from upart.webhooks.models import Delivery, Endpoint

Address = Annotated[str, Meta(min_length=1, max_length=500, description="Begins with https:// and leads to a public address.")]
Types = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(min_length=1, max_length=200, description="Types of events.")]
Words = Annotated[str, Meta(max_length=200)]
OWNERS = may(MANAGES)


class WebhookIn(Body):
    """Where, of what, and who runs the program there, if it is not the academy itself."""

    url: Address
    events: Types
    run_by: Annotated[str, Meta(max_length=200, description="Name of the company; it is told nothing before the privacy policy has named it for 30 days.")] = ""
    country: Annotated[str, Meta(max_length=2, description="ISO 3166-1; needed with run_by.")] = ""
    safeguard: Words = ""


class WebhookPatch(Body):
    """What is to be different. `enabled` switches it on or off."""

    url: Address | UnsetType = UNSET
    events: Types | UnsetType = UNSET
    run_by: Words | UnsetType = UNSET
    country: Annotated[str, Meta(max_length=2)] | UnsetType = UNSET
    safeguard: Words | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ReplayIn(Body):
    """One delivery; all that have failed, if it is left out."""

    delivery_id: UUID | UnsetType = UNSET


webhooks = Resource(
    "webhooks", Endpoint, scope="core:webhooks", policy=OWNERS, writes=OWNERS, small=True, sorts=("created_at",),
    readable=("id", "url", "events", "run_by", "country", "safeguard", "state", "reason", "former_until", "failing_since", "created_at"),
    includes={"deliveries": Include("webhooks/deliveries", by="endpoint_id", many=True)}, below=("deliveries",),
    sentence="Addresses that are told when something has happened (Standard Webhooks 1.0). The `secret` is in the answer that makes it, and never again.",
    samples={"create": {"url": "https://hooks.example.org/upart", "events": ["courses.enrolled"]}, "update": {"events": ["courses.published"]}, "replay": {}},
)  # fmt: skip

deliveries = Resource(
    "webhooks/deliveries", Delivery, scope="core:webhooks", policy=OWNERS, writes=OWNERS, sorts=("-created_at",), filters=("endpoint_id", "created_at"),
    readable=("id", "endpoint_id", "event_id", "type", "state", "tries", "status", "problem", "took", "created_at", "tried_at", "next_at"),
    sentence="What webhooks were told in the last 30 days, and what was answered.",
)  # fmt: skip


@webhooks.create(WebhookIn)
def register(body: WebhookIn) -> Made:
    """Set a webhook up. Its `secret` is in this answer only."""
    _fits(body.given(), (body.run_by, body.country))
    row, secret = actions.register(body.url, body.events, {name: getattr(body, name) for name in ("run_by", "country", "safeguard")})
    return _showing(row, secret)


@webhooks.update(WebhookPatch)
def change(row: Endpoint, body: WebhookPatch) -> None:
    """Change it, or switch it on or off."""
    given = body.given()
    enabled = given.pop("enabled", None)
    _fits(given, (given.get("run_by", row.run_by), given.get("country", row.country)))
    if given:
        actions.change(row, **given)
    if enabled is not None and enabled is not actions.is_on(row):
        actions.switch_on(row) if enabled else actions.switch_off(row)


@webhooks.delete
def remove(row: Endpoint) -> None:
    """Take it away, with its log."""
    actions.remove(row)


@webhooks.verb("rotate")
def rotate(row: Endpoint) -> Made:
    """A new `secret`, in this answer only. For 24 hours the former one signs too."""
    return _showing(row, actions.rotate(row))


@webhooks.verb("replay", ReplayIn)
def replay(row: Endpoint, body: ReplayIn) -> None:
    """Send one delivery again, or up to 1,000 that have failed, each with the id it had. 409 `off` while the webhook is off."""
    one = get_or_404(Delivery, body.delivery_id) if body.delivery_id is not UNSET else None
    if one is not None and one.endpoint_id != row.id:
        raise Unfit([Fault("/delivery_id", "unknown", _("This was told to another webhook."))])
    actions.replay(row, one)


def _showing(row: Endpoint, secret: str) -> Made:
    shown_once()
    return Made(row, {"secret": secret})


def _fits(given: dict[str, Any], who: Sequence[str]) -> None:
    """Raises Unfit with all that is wrong."""
    faults = []
    if "url" in given and (wrong := actions.wrong_url(given["url"])):
        faults.append(Fault("/url", "address", wrong))
    known = actions.offered()
    faults += [Fault(f"/events/{n}", "unknown", _("Nothing here is called that.")) for n, type in enumerate(given.get("events", ())) if type not in known]
    run_by, country = who
    if bool(run_by.strip()) != bool(country) or (country and country not in COUNTRIES):
        faults.append(Fault("/country", "country", _("Say for a company in which country it runs the program.")))
    if faults:
        raise Unfit(faults)
