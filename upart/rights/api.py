# SPDX-License-Identifier: MIT
"""What is held about somebody, and their requests, for programs that act for them. What cannot be undone is asked for on a page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from upart.accounts.limits import count_try
from upart.context import context
from upart.errors import SignInNeeded
from upart.hooks.resources import Body, Resource
from upart.hooks.routes import signed_in
from upart.rights.actions.archiving import ask_for_archive, subjects_for
from upart.rights.actions.pending import requests_of
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.showing.cards import shelf
from upart.rights.views.copies import COPIES
from upart.theming.locales import gettext as _


class HoldingOut(msgspec.Struct):
    """A part of the portal that holds something about the acting person: how many lines, what for, how long."""

    title: str
    lines: int
    reasons: list[str]
    periods: list[str]


class HoldingsOut(msgspec.Struct):
    """How much this academy holds about the acting person, in numbers."""

    lines: int
    files: int
    parts: list[HoldingOut]


holdings = Resource(
    "me/holdings", scope="core:holdings", answers=HoldingsOut, policy=signed_in, sentence="What this academy holds about the acting person, in numbers."
)


@holdings.get
def held() -> HoldingsOut:
    """Counts by part of the portal, with what for and how long. The values themselves are in the copy (GDPR art. 15)."""
    found = shelf(subjects_for(context.person), fresh=False)
    return HoldingsOut(found.lines, found.files, [HoldingOut(_(card.part.title), card.lines, list(card.reasons), list(card.periods)) for card in found.cards])


class RequestOut(msgspec.Struct):
    """A request of the acting person about their data, and until when it is answered."""

    id: UUID
    kind: RequestKind
    state: RequestState
    received_at: datetime
    due_on: date
    done_at: datetime | None


class RequestIn(Body):
    """What is asked for: a copy of all that is held."""

    kind: Literal["access"]


requests = Resource(
    "rights-requests", scope="core:rights-requests", answers=RequestOut, policy=signed_in, sentence="The acting person's requests about their data.",
    samples={"create": {"kind": "access"}},
)  # fmt: skip


@requests.list
def asked() -> list[RequestOut]:
    """All of them, newest first."""
    return [_out(row) for row in requests_of(context.person)]


@requests.create(RequestIn)
def ask(body: RequestIn) -> RequestOut:
    """Ask for a copy of all that is held; a link to it is mailed. While one is being made, that request is the answer."""
    if context.scopes is None and not context.fresh:
        raise SignInNeeded(again=True)
    count_try("rights.copy", [str(context.person.id)], limit=COPIES)
    return _out(ask_for_archive(context.person))


def _out(row: RightsRequest) -> RequestOut:
    return RequestOut(row.id, row.kind, row.state, row.received_at, row.due_on, row.done_at)
