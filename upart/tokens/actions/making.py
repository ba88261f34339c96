# SPDX-License-Identifier: MIT
"""Make, list and revoke the tokens of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem
from upart.events.actions import emit
from upart.keys import fingerprint
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.theming.wording import day
from upart.tokens.minting import PERSONAL, mint
from upart.tokens.models import ApiToken, TokenKind
from upart.tokens.scopes import unknown, words

LIFE = timedelta(days=90)
LONGEST = timedelta(days=365)
MOST = 50
"""Tokens that one person may have at a time."""

NAME = 80
"""Characters of a token's name."""


def make_token(person: Person, name: str, scopes: Sequence[str], life: timedelta = LIFE) -> tuple[str, ApiToken]:
    """Make a token and tell its owner by mail; returns it, since only a digest is kept. Needs a write session. Raises Problem 422, 409."""
    if not scopes or unknown(scopes):
        raise Problem(422, "Nothing here is called so." if scopes else "Say what the program may do.", remedy="Choose from the list.", code="scopes")
    if not timedelta(0) < life <= LONGEST:
        raise Problem(422, "A token is good for a day at least, and for a year at most.", remedy="Choose another period.", code="ends_at")
    if (session.scalar(select(func.count()).select_from(ApiToken).where(*_mine(person))) or 0) >= MOST:
        raise Problem(409, f"You have {MOST} tokens already.", remedy="Revoke one that you no longer use.", code="too_many_tokens")
    token = mint(PERSONAL)
    row = ApiToken(
        person_id=person.id, kind=TokenKind.PERSONAL, name=name, digest=fingerprint(token, context.academy.id), scopes=sorted(set(scopes)),
        ends_at=clock.now() + life,
    )  # fmt: skip
    session.add(row)
    emit("tokens.made", row)
    may = [one.sentence for one in words(row.scopes)]
    send(
        person,
        Purpose.SECURE,
        template="tokens/mail/made.txt",
        values={"name": name, "may": may, "ends": day(row.ends_at.date()), "tokens": address_of("/account/tokens")},
    )
    return token, row


def tokens_of(person: Person) -> list[ApiToken]:
    """The person's tokens that are still good, newest first."""
    return list(session.scalars(select(ApiToken).where(*_mine(person)).order_by(ApiToken.created_at.desc(), ApiToken.id)))


def revoke(person: Person, row: ApiToken) -> None:
    """End a token of this person's: the next request with it is refused. Raises NotHere for anybody else's."""
    if row.person_id != person.id or row.kind is not TokenKind.PERSONAL:
        raise NotHere
    emit("tokens.revoked", row)
    session.execute(delete(ApiToken).where(ApiToken.id == row.id).execution_options(synchronize_session=False))


def _mine(person: Person) -> tuple[Any, ...]:
    return ApiToken.person_id == person.id, ApiToken.kind == TokenKind.PERSONAL, ApiToken.ends_at > clock.now()
