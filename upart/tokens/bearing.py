# SPDX-License-Identifier: MIT
"""Who a bearer token stands for (RFC 6750). It is looked at below /api/v1 alone, and there it comes before all cookies."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Request, Response
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError

from upart import clock
from upart.accounts.limits import network_of
from upart.accounts.models import Person, SessionKind, UserSession
from upart.accounts.sessions import TOUCH, TOUCH_SECONDS, Visitor, may_enter
from upart.context import context
from upart.db import detached, prepared, reading, session, writing
from upart.errors import Problem
from upart.keys import fingerprints
from upart.tokens.minting import PUBLIC
from upart.tokens.models import ApiToken, FrontEnd, TokenKind
from upart.tokens.rates import count_call

API = "/api/v1"
READS = ("GET", "HEAD", "OPTIONS")
LONGEST = 200
"""Characters of a token that are looked at."""


class NotLetIn(Problem):
    """A token opens nothing here; it is not said why (RFC 6750, 3.1)."""

    def __init__(self) -> None:
        super().__init__(
            401, "This token opens nothing here.", remedy="It was revoked, has ended, or is another academy's. Make a new one.", code="invalid_token"
        )


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a program: whom it acts for, what it may do, and whether it said so by a header, which no browser adds by itself."""

    visitor: Visitor | None = None
    scopes: frozenset[str] | None = None
    bears: bool = False


def is_call(path: str) -> bool:
    """Is this an address of the API?"""
    return path == API or path.startswith(f"{API}/")


def entered(asked: Request) -> Call:
    """Who is calling, by the header alone; the rest is for the cookies. Before a door is opened. Raises Problem 401, 403, 429."""
    network, header = network_of(asked.remote_addr or ""), asked.headers.get("Authorization")
    count_call("network", network)
    count_call("academy", str(context.academy.id))
    if header is None:
        return Call()
    scheme, _, token = header.partition(" ")
    token = token.strip()[:LONGEST] if scheme.lower() == "bearer" else ""
    if token.startswith(PUBLIC):
        call = _by_key(token, network)
        if asked.method not in READS:
            raise Problem(403, "With a public key one can only read.", remedy="Let the person sign in, and send their token.", code="read_only")
        return call
    return _by_token(token, network)


def _by_key(token: str, network: str) -> Call:
    with reading(context.academy):
        found = session.scalars(select(FrontEnd.id).where(FrontEnd.public_key == token)).first()
    if found is None:
        count_call("wrong token", network)
        raise NotLetIn
    count_call("token", str(found))
    return Call(bears=True)


_KNOWN = prepared(
    select(
        ApiToken.id.label("token_id"), ApiToken.kind, ApiToken.family, ApiToken.scopes, ApiToken.ends_at, ApiToken.seen_at,
        UserSession.ends_at.label("signed_in"), *Person.__table__.c,
    ).select_from(ApiToken).join(Person, (Person.academy_id == ApiToken.academy_id) & (Person.id == ApiToken.person_id))
    .outerjoin(
        UserSession,
        (UserSession.academy_id == ApiToken.academy_id) & (UserSession.family == ApiToken.family) & (UserSession.kind == SessionKind.APP),
    ).where(ApiToken.digest.in_(bindparam("digests", expanding=True)), ApiToken.kind.in_((TokenKind.PERSONAL, TokenKind.ACCESS)))
)  # fmt: skip
"""Whose a token is, and until when the sign-in lasts to which it belongs: each call asks."""


def _by_token(token: str, network: str) -> Call:
    """One statement for every token, whatever is wrong with it."""
    now, academy = clock.now(), context.academy
    with reading(academy):
        row = _KNOWN.first(digests=fingerprints(token, academy.id))
    person = detached(Person, row[7:]) if row is not None else None
    if row is None or person is None or not _is_good(row, person, now):
        count_call("wrong token", network)
        raise NotLetIn
    count_call("token", str(row.token_id))
    if row.seen_at is None or row.seen_at < now - TOUCH:
        _touch(row.token_id, now)
    return Call(Visitor(person, row.token_id, row.family or row.token_id, fresh=False), frozenset(row.scopes), bears=True)


def _is_good(token: Any, person: Person, now: datetime) -> bool:
    """What came from a sign-in in a front end ends with it: signed out, password changed, suspended, erased."""
    lasts = token.kind is TokenKind.PERSONAL or (token.signed_in is not None and token.signed_in > now)
    return token.ends_at > now and lasts and may_enter(person)


def _touch(id: UUID, now: datetime) -> None:
    """Note that a token is in use, at most once a minute; where nothing can be written, the next call notes it."""
    seen = update(ApiToken).where(ApiToken.id == id).values(seen_at=now)
    with suppress(DBAPIError), writing(context.academy, patience=TOUCH_SECONDS):
        session.execute(seen.execution_options(synchronize_session=False))


def challenge(asked: Request, response: Response) -> Response:
    """Say with a 401 how one may come in (RFC 6750, 3)."""
    if response.status_code == 401 and is_call(asked.path):
        wrong = ', error="invalid_token"' if "Authorization" in asked.headers else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="{context.academy.host}"{wrong}'
    return response
