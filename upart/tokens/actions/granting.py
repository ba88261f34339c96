# SPDX-License-Identifier: MIT
"""Sign somebody in at a front end of another origin: code, access token, refresh token (RFC 6749, RFC 7636, RFC 9700).

The code is good once, for a minute, with the value whose digest came first (S256 alone). A refresh token changes with
each use; one that was used before ends the sign-in, since two have it (RFC 9700, 4.14.2). Own code: Authlib would
bring its models and its grants, of which all but these two are forbidden here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from upart import clock
from upart.accounts.models import Person, SessionKind, UserSession
from upart.accounts.sessions import may_enter
from upart.context import context
from upart.db import aside, session
from upart.events.actions import emit
from upart.keys import fingerprint, fingerprints, new_token
from upart.mail.actions import address_of, send
from upart.privacy.taxonomy import Purpose
from upart.tokens.minting import ACCESS, CODE, REFRESH, mint
from upart.tokens.models import ApiToken, FrontEnd, TokenKind
from upart.tokens.scopes import words

CODE_LIFE, ACCESS_LIFE, SIGNED_IN = timedelta(seconds=60), timedelta(minutes=15), timedelta(days=60)
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
"""RFC 7636, 4.1 and 4.2."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What a front end gets: both tokens, and what it may do."""

    access: str
    refresh: str
    scopes: tuple[str, ...]


def let_in(person: Person, front_end: FrontEnd, redirect: str, scopes: list[str], challenge: str) -> str:
    """Let a front end act for a person, and tell them by mail; returns the code for it. Needs a write session."""
    code, now = mint(CODE), clock.now()
    session.add(
        ApiToken(
            person_id=person.id, kind=TokenKind.CODE, name=front_end.name, front_end_id=front_end.id, family=uuid4(), digest=_digest(code), scopes=scopes,
            redirect=redirect, challenge=challenge, ends_at=now + CODE_LIFE,
        )
    )  # fmt: skip
    emit("tokens.let_in", front_end)
    may = [one.sentence for one in words(scopes)]
    send(person, Purpose.SECURE, template="tokens/mail/let-in.txt", values={"name": front_end.name, "may": may, "devices": address_of("/account/devices")})
    return code


def exchange(code: str, key: str, redirect: str, verifier: str) -> Issued | None:
    """Tokens for a code, once; None for one that is not good. A second try ends what the first has got. Commits by itself."""
    with aside() as opened:
        found = opened.execute(_theirs(key).where(ApiToken.digest.in_(_digests(code)), ApiToken.kind == TokenKind.CODE)).first()
        if found is None:
            return None
        row, front_end, person = found
        used = update(ApiToken).where(ApiToken.id == row.id, ApiToken.used_at.is_(None)).values(used_at=clock.now())
        if _count(opened, used) != 1:
            _end(opened, row.family)
            return None
        fits = row.redirect == redirect and VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(row.challenge, s256(verifier))
        if not fits or row.ends_at < clock.now() or not may_enter(person):
            return None
        return _sign_in(opened, row, front_end)


def refresh(token: str, key: str) -> Issued | None:
    """New tokens for a refresh token, which is used up by that; None for one that is not good. One that was used before ends the sign-in. Commits by itself."""
    family = _family(token)
    if family is None:
        return None
    with aside() as opened:
        found = opened.execute(_theirs(key).where(ApiToken.family == family, ApiToken.kind == TokenKind.REFRESH)).first()
        if found is None:
            return None
        row, _front_end, person = found
        anchor = opened.scalars(_sessions(family)).first()
        if anchor is None or row.ends_at < clock.now() or not may_enter(person):
            return None
        fresh = mint(f"{REFRESH}{family.hex}_")
        turned = update(ApiToken).where(ApiToken.id == row.id, ApiToken.digest.in_(_digests(token))).values(digest=_digest(fresh), seen_at=clock.now())
        if _count(opened, turned) != 1:
            _end(opened, family)
            return None
        anchor.seen_at = clock.now()
        opened.execute(_quietly(delete(ApiToken).where(ApiToken.family == family, ApiToken.kind == TokenKind.ACCESS)))
        return Issued(_access(opened, row), fresh, tuple(row.scopes))


def revoke(token: str) -> None:
    """Sign out of a front end, by either of its tokens (RFC 7009); what is unknown is gone already. Commits by itself."""
    with aside() as opened:
        kinds = ApiToken.kind.in_((TokenKind.ACCESS, TokenKind.REFRESH))
        if (family := opened.scalar(select(ApiToken.family).where(ApiToken.digest.in_(_digests(token)), kinds))) is not None:
            _end(opened, family)


def s256(verifier: str) -> str:
    """What stands for a verifier until it is shown (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _sign_in(opened: Session, code: ApiToken, front_end: FrontEnd) -> Issued:
    """A sign-in, as one more in the list of devices: it ends with a password, a suspension, a click there."""
    assert code.family is not None
    refresh, ends = mint(f"{REFRESH}{code.family.hex}_"), clock.now() + SIGNED_IN
    digest = fingerprint(new_token(), context.academy.id)
    opened.add(UserSession(person_id=code.person_id, kind=SessionKind.APP, family=code.family, digest=digest, device=front_end.name, ends_at=ends))
    opened.add(_of(code, TokenKind.REFRESH, refresh, ends))
    return Issued(_access(opened, code), refresh, tuple(code.scopes))


def _access(opened: Session, like: ApiToken) -> str:
    token = mint(ACCESS)
    opened.add(_of(like, TokenKind.ACCESS, token, clock.now() + ACCESS_LIFE))
    return token


def _of(like: ApiToken, kind: TokenKind, token: str, ends: datetime) -> ApiToken:
    same = {"person_id": like.person_id, "name": like.name, "front_end_id": like.front_end_id, "family": like.family, "scopes": list(like.scopes)}
    return ApiToken(kind=kind, digest=_digest(token), ends_at=ends, **same)


def _end(opened: Session, family: UUID | None) -> None:
    """Sign out whoever has tokens of this sign-in."""
    opened.execute(_quietly(delete(UserSession).where(UserSession.family == family, UserSession.kind == SessionKind.APP)))
    opened.execute(_quietly(delete(ApiToken).where(ApiToken.family == family, ApiToken.kind != TokenKind.CODE)))


def _theirs(key: str) -> Any:
    """Tokens of the front end with this key, with whose they are."""
    return (
        select(ApiToken, FrontEnd, Person)
        .join(FrontEnd, (FrontEnd.academy_id == ApiToken.academy_id) & (FrontEnd.id == ApiToken.front_end_id))
        .join(Person, (Person.academy_id == ApiToken.academy_id) & (Person.id == ApiToken.person_id))
        .where(FrontEnd.public_key == key)
    )


def _sessions(family: UUID) -> Any:
    return select(UserSession).where(UserSession.family == family, UserSession.kind == SessionKind.APP, UserSession.ends_at > clock.now())


def _family(token: str) -> UUID | None:
    """The sign-in that a refresh token names."""
    try:
        return UUID(hex=token.removeprefix(REFRESH).partition("_")[0]) if token.startswith(REFRESH) else None
    except ValueError:
        return None


def _count(opened: Session, statement: Any) -> int:
    done: Any = opened.execute(_quietly(statement))
    return int(done.rowcount)


def _quietly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def _digest(token: str) -> str:
    return fingerprint(token, context.academy.id)


def _digests(token: str) -> list[str]:
    return fingerprints(token, context.academy.id)
