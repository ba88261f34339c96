# SPDX-License-Identifier: MIT
"""One-time tokens: made, found, used up. What is stored is a digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from upart import clock
from upart.accounts.models import MailToken, TokenPurpose
from upart.context import context
from upart.db import reading, session
from upart.errors import Problem
from upart.keys import fingerprint, fingerprints, new_token, pseudonym

LIVES = {
    TokenPurpose.SIGN_UP: timedelta(hours=24), TokenPurpose.RESET: timedelta(hours=2), TokenPurpose.OLD_ADDRESS: timedelta(hours=24),
    TokenPurpose.NEW_ADDRESS: timedelta(hours=24), TokenPurpose.INVITATION: timedelta(days=14), TokenPurpose.HAND_OFF: timedelta(seconds=60),
    TokenPurpose.SECOND_STEP: timedelta(minutes=5), TokenPurpose.JOIN: timedelta(minutes=15),
    TokenPurpose.RIGHTS: timedelta(days=7), TokenPurpose.FOLLOW: timedelta(days=120), TokenPurpose.CONSENT: timedelta(days=7),
    TokenPurpose.CHOICES: timedelta(days=7), TokenPurpose.GUARDIAN: timedelta(days=30),
}  # fmt: skip
"""How long each kind is good."""


def make_token(purpose: TokenPurpose, *, account_id: UUID | None = None, address: str = "", opened: Any = None, **columns: Any) -> str:
    """A new token in the current transaction; returns it, since only its digest is kept."""
    token = new_token()
    row = MailToken(
        purpose=purpose, account_id=account_id, digest=fingerprint(token, context.academy.id), ends_at=clock.now() + LIVES[purpose],
        address_digest=pseudonym(address) if address else "", **{"data": {}, **columns},
    )  # fmt: skip
    (opened or session).add(row)
    return token


def look_up(token: str, *purposes: TokenPurpose) -> MailToken | None:
    """The row of a token that is still good here, read in a session of its own; changes nothing."""
    with reading(context.academy):
        mine = MailToken.digest.in_(fingerprints(token, context.academy.id)), MailToken.purpose.in_(purposes), MailToken.confirmed_at.is_(None)
        row = session.scalars(select(MailToken).where(*mine)).first()
        if row is None or row.ends_at < clock.now():
            return None
        session.expunge(row)
        return row


def wanted(token: str, *purposes: TokenPurpose) -> MailToken:
    """Like look_up, but raises Problem 410 when the token opens nothing any more."""
    row = look_up(token, *purposes)
    if row is None:
        raise Problem(410, "This link has been used or is too old.", remedy="Ask for a new one where you asked for this one.")
    return row


def use_up(row: MailToken, opened: Session | Any = None) -> None:
    """Delete a token in the transaction of what it opens. Raises Problem 410 when another request was faster."""
    gone: Any = (opened or session).execute(
        delete(MailToken).where(MailToken.academy_id == row.academy_id, MailToken.id == row.id).execution_options(synchronize_session=False)
    )
    if gone.rowcount != 1:
        raise Problem(410, "This link has just been used.", remedy="Ask for a new one if this was not you.")


def made_at(row: MailToken) -> datetime:
    """When a token was made."""
    return row.ends_at - LIVES[row.purpose]


def link(path: str, token: str, host: str = "") -> str:
    """The full address that a mail carries: the academy's own host, never that of the request."""
    config = current_app.extensions["upart_config"]
    return str(config.address(host or context.academy.host, f"{path}?token={token}"))
