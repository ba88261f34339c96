# SPDX-License-Identifier: MIT
"""How a webhook and its deliveries stand, in words for owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from upart.theming.locales import gettext as _
from upart.webhooks.delivering import UNNAMED
from upart.webhooks.models import Delivery, DeliveryState, Endpoint, EndpointState, Reason

STATES: Mapping[str, str] = {
    DeliveryState.WAITING: "Waiting", DeliveryState.DELIVERED: "Arrived", DeliveryState.FAILED: "Given up", DeliveryState.WITHHELD: "Held back",
}  # fmt: skip
KINDS: Mapping[str, str] = {DeliveryState.WAITING: "warn", DeliveryState.DELIVERED: "ok", DeliveryState.FAILED: "bad", DeliveryState.WITHHELD: "info"}

PROBLEMS: Mapping[str, str] = {
    "name": "The name of the server was not found", "connection": "The server did not take the call", "tls": "The server’s certificate is not valid",
    "timeout": "No answer within five seconds", "too_large": "The answer was too large", "no_http": "The answer could not be read",
    "redirect": "The server sent us elsewhere; that is not followed", "address": "The name leads into a private network",
}  # fmt: skip

KEPT_BACK = ("It is about somebody who was erased, or whose data may not be used now", "The privacy policy did not name the company yet")

OFF: Mapping[Reason, str] = {
    Reason.OWNER: "Switched off", Reason.GONE: "Off: the program answered that it is gone (410)", Reason.FAILING: "Off: nothing arrived for three days",
    Reason.NONE: "Switched off",
}  # fmt: skip


class Stands(NamedTuple):
    """A word for how something stands, and the colour of its mark."""

    words: str
    kind: str


def state_of(row: Endpoint, reasons: Sequence[str] = ()) -> Stands:
    """Does it work? `reasons`: why the company is told nothing yet."""
    if row.state is EndpointState.DISABLED:
        return Stands(_(OFF[row.reason]), "bad" if row.reason is not Reason.OWNER else "info")
    if reasons:
        return Stands(_("Waits for the privacy policy"), "warn")
    return Stands(_("Nothing arrives at the moment"), "warn") if row.failing_since is not None else Stands(_("On"), "ok")


class Answer(NamedTuple):
    """A delivery in the log."""

    state: Stands
    words: str


def answer_of(one: Delivery) -> Answer:
    """What the receiver said last."""
    words = _("Not sent yet") if not one.tries and one.status is None else _(PROBLEMS.get(one.problem, "")) if one.problem in PROBLEMS else ""
    if one.status is not None:
        words = " · ".join(filter(None, (str(one.status), words)))
    if one.state is DeliveryState.WITHHELD:
        words = _(KEPT_BACK[one.problem == UNNAMED])
    return Answer(Stands(_(STATES[one.state]), KINDS[one.state]), words)
