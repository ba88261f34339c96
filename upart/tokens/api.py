# SPDX-License-Identifier: MIT
"""Tokens, for scripts of the portal's own pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from upart.accounts.limits import MAILS, count_try
from upart.context import context
from upart.errors import SignInNeeded
from upart.hooks.resources import Body, Resource
from upart.hooks.routes import signed_in
from upart.tokens.actions.making import LIFE, LONGEST, NAME, make_token
from upart.tokens.repeating import shown_once
from upart.tokens.scopes import CLOSED


class TokenIn(Body):
    """What the token is for, what it may do, and for how many days."""

    name: Annotated[str, Meta(min_length=1, max_length=NAME, pattern=r"\S")]
    scopes: Annotated[list[str], Meta(min_length=1, max_length=100, description="As the list at /account/tokens offers them.")]
    days: Annotated[int, Meta(ge=1, le=LONGEST.days)] = LIFE.days


class TokenMade(msgspec.Struct):
    """A token; it is in this answer and never again."""

    id: UUID
    name: str
    scopes: list[str]
    ends_at: datetime
    token: str


tokens = Resource(
    "tokens", scope=CLOSED, answers=TokenMade, policy=signed_in, sentence="API tokens. They are made in a browser, listed and revoked at /account/tokens.",
    samples={"create": {"name": "My calendar", "scopes": ["core:me:read"], "days": 30}},
)  # fmt: skip


@tokens.create(TokenIn)
def make(body: TokenIn) -> TokenMade:
    """Make a token, with a session in which the password was given within 15 minutes. 422 `scopes` for what nobody offers."""
    if not context.fresh:
        raise SignInNeeded(again=True)
    count_try("make a token", [str(context.person.id)], limit=MAILS)
    token, row = make_token(context.person, body.name.strip(), body.scopes, timedelta(days=body.days))
    shown_once()
    return TokenMade(row.id, row.name, list(row.scopes), row.ends_at, token)
