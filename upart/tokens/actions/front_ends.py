# SPDX-License-Identifier: MIT
"""Front ends on other origins: registered by an owner, changed, removed; removing one signs everybody out of it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from upart.academies.actions import renew_pages
from upart.accounts.models import SessionKind, UserSession
from upart.db import session
from upart.errors import Problem
from upart.events.actions import emit
from upart.tokens.minting import PUBLIC, mint
from upart.tokens.models import ApiToken, FrontEnd
from upart.tokens.scopes import unknown

AT_HOME = ("localhost", "127.0.0.1", "[::1]")
"""Hosts that may do without TLS: the developer's own machine (RFC 8252, 8.3)."""

LONGEST, MOST = 500, 20
"""Characters of an address, and how many of each kind a front end may have."""


def origin_of(address: str) -> str:
    """The origin of an address as browsers write it (RFC 6454, 6.2), or "" for one that no front end may have."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not address.isascii() or not address.isprintable() or len(address) > LONGEST or parts.username is not None or " " in address or "\\" in address:
        return ""
    host = f"[{host}]" if ":" in host else host
    if not host or "*" in host or not (parts.scheme == "https" or (parts.scheme == "http" and host in AT_HOME)):
        return ""
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def wrong_origin(address: str) -> bool:
    """Is this no origin? A path or a query belongs to none."""
    return origin_of(address) != address.lower().rstrip("/") or urlsplit(address).path not in ("", "/")


def wrong_redirect(address: str) -> bool:
    """May nobody be sent back to this address? It is compared letter by letter (RFC 9700, 2.1), and has no fragment (RFC 6749, 3.1.2)."""
    return not origin_of(address) or "#" in address


def register(name: str, origins: Sequence[str], redirects: Sequence[str], scopes: Sequence[str]) -> FrontEnd:
    """Let a front end read the academy from its origins, and sign people in. Needs a write session. Raises Problem 422."""
    row = FrontEnd(name=name, public_key=mint(PUBLIC), origins=[], redirects=[], scopes=[])
    session.add(row)
    change(row, name, origins, redirects, scopes)
    emit("tokens.front_end_registered", row)
    return row


def change(row: FrontEnd, name: str, origins: Sequence[str], redirects: Sequence[str], scopes: Sequence[str]) -> None:
    """Change what a front end is called, where it is, and what it may ask people for. Raises Problem 422."""
    wrong = [one for one in origins if wrong_origin(one)] + [one for one in redirects if wrong_redirect(one)] + unknown(scopes)
    if wrong or not origins or max(len(origins), len(redirects)) > MOST:
        raise Problem(422, f"This cannot be used: {(wrong or ['no origin'])[0][:100]}.", remedy="Give addresses that begin with https://.")
    row.name, row.scopes = name, sorted(set(scopes))
    row.origins, row.redirects = list(dict.fromkeys(origin_of(one) for one in origins)), list(dict.fromkeys(redirects))
    renew_pages()


def renew_key(row: FrontEnd) -> None:
    """Give a front end another public key; the old one opens nothing from now on."""
    row.public_key = mint(PUBLIC)
    changed(row)


def changed(row: FrontEnd) -> None:
    """Write down that somebody has changed it."""
    emit("tokens.front_end_changed", row)


def remove(row: FrontEnd) -> None:
    """Shut a front end out, and sign everybody out of it."""
    families = select(ApiToken.family).where(ApiToken.front_end_id == row.id, ApiToken.family.is_not(None))
    session.execute(
        delete(UserSession).where(UserSession.kind == SessionKind.APP, UserSession.family.in_(families)).execution_options(synchronize_session=False)
    )
    session.execute(delete(ApiToken).where(ApiToken.front_end_id == row.id).execution_options(synchronize_session=False))
    emit("tokens.front_end_removed", row)
    session.delete(row)
    renew_pages()


def all_front_ends() -> list[FrontEnd]:
    """Those of this academy, by name."""
    return list(session.scalars(select(FrontEnd).order_by(FrontEnd.name, FrontEnd.id)))
