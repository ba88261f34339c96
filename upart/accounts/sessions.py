# SPDX-License-Identifier: MIT
"""Sessions and remembered browsers: a cookie is a random token, the row is the truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Flask, Request, Response, g, request
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError

from upart import clock
from upart.accounts.limits import network_of
from upart.accounts.models import Person, SessionKind, SignIn, UserSession
from upart.context import context
from upart.db import detached, prepared, reading, session, uuid7, writing
from upart.keys import fingerprint, fingerprints, new_token

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
REMEMBER = timedelta(days=60)
FRESH = timedelta(minutes=15)
GRACE = timedelta(seconds=60)
"""How long the previous remember token stays good: two tabs may wake at once."""

TOUCH = timedelta(seconds=60)
"""The idle clock is written at most this often."""

TOUCH_SECONDS = 0.05
"""How long a page waits for others who write, only to note that it was asked for."""

TABLE = UserSession.__tablename__
"""Where sessions are kept."""

SESSION, REMEMBERED = "upart_session", "upart_remember"
COOKIES = (SESSION, REMEMBERED)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Parts of a User-Agent and what people call that browser; the first that fits, since most claim to be several."""


@dataclass
class Visitor(UserMixin):  # type: ignore[misc]
    """Who the cookies of a request stand for. The person is a row of a session that is closed by now."""

    person: Person
    session_id: UUID
    family: UUID
    fresh: bool

    def get_id(self) -> str:
        """For Flask-Login, which must never put it into a cookie."""
        return str(self.session_id)


def init_app(app: Flask) -> None:
    """Let Flask-Login keep one visitor per request. Its own cookies stay unused."""
    manager = LoginManager()
    manager.request_loader(recognise)
    app.login_manager = manager  # type: ignore[attr-defined]
    app.config["REMEMBER_COOKIE_NAME"] = ""


def visitor() -> Visitor | None:
    """Who is asking, as far as cookies say; None for a visitor without."""
    if "HTTP_COOKIE" not in request.environ or not any(_name(cookie) in request.cookies for cookie in COOKIES):
        return None
    found = current_user._get_current_object()
    return found if isinstance(found, Visitor) else None


def recognise(asked: Request) -> Visitor | None:
    """The visitor of a session cookie, else of a remember cookie, which is rotated by that."""
    if (token := asked.cookies.get(_name(SESSION))) and (known := _by_session(token)):
        return known
    if token := asked.cookies.get(_name(REMEMBERED)):
        return _by_remember(token)
    return None


def _name(cookie: str) -> str:
    return f"__Host-{cookie}" if request.scheme == "https" else cookie


_KNOWN = prepared(
    select(UserSession.id.label("session_id"), UserSession.family, UserSession.ends_at, UserSession.seen_at, UserSession.fresh_until, *Person.__table__.c)
    .join(Person, (Person.academy_id == UserSession.academy_id) & (Person.id == UserSession.person_id))
    .where(UserSession.digest.in_(bindparam("digests", expanding=True)), UserSession.kind == SessionKind.SESSION)
)  # fmt: skip
"""Who has a session, by the digests of its token: each signed-in page asks."""


def _by_session(token: str) -> Visitor | None:
    now, academy = clock.now(), context.academy
    with reading(academy):
        row = _KNOWN.first(digests=fingerprints(token, academy.id))
    if row is None or row.ends_at < now or row.seen_at < now - IDLE:
        return None
    person = detached(Person, row[5:])
    if not may_enter(person):
        return None
    known = Visitor(person, row.session_id, row.family, row.fresh_until is not None and row.fresh_until > now)
    if row.seen_at < now - TOUCH:
        _touch(known, now)
    return known


def _touch(known: Visitor, now: datetime) -> None:
    """Note that the session is in use. Reading goes on where nothing can be written: the next request notes it."""
    seen = update(UserSession).where(UserSession.id == known.session_id).values(seen_at=now)
    with suppress(DBAPIError), writing(context.academy, patience=TOUCH_SECONDS):
        session.execute(seen.execution_options(synchronize_session=False))


def _by_remember(token: str) -> Visitor | None:
    """Rotate on each use; a token that was used before ends its family, unless another tab used it just now."""
    family, now = _family_of(token), clock.now()
    if family is None:
        return None
    with writing(context.academy) as opened:
        row = opened.scalars(select(UserSession).where(UserSession.family == family, UserSession.kind == SessionKind.REMEMBER)).first()
        if row is None or row.ends_at < now:
            return None
        person = opened.get(Person, {"academy_id": row.academy_id, "id": row.person_id})
        known = fingerprints(token, row.academy_id)
        if person is None or not may_enter(person):
            return None
        if row.digest in known:
            token = f"{family}.{new_token()}"
            row.previous_digest, row.digest, row.rotated_at, row.seen_at = row.digest, _digest(token), now, now
            set_cookie(REMEMBERED, token, row.ends_at)
        elif row.previous_digest not in known or row.rotated_at is None or now - row.rotated_at > GRACE:
            end_family(family)
            clear_cookies()
            return None
        made = _open(person, family, row.device, fresh_until=None)
        opened.flush()
        opened.expunge(person)
        return Visitor(person, made.id, family, fresh=False)


def may_enter(person: Person) -> bool:
    """May this person be known here? Somebody whose account is gone, or who is suspended here, is nobody any more, whatever cookie or token they hold."""
    return person.account_id is not None and person.suspended_at is None


def _digest(token: str) -> str:
    return fingerprint(token, context.academy.id)


def _family_of(token: str) -> UUID | None:
    try:
        return UUID(token.partition(".")[0])
    except ValueError:
        return None


def open_session(person: Person, *, remember: bool) -> UserSession:
    """Sign a person in on this browser. Needs the write session of the academy; cookies go out with the answer."""
    family, now = uuid4(), clock.now()
    made = _open(person, family, device_of(request), fresh_until=now + FRESH)
    if remember:
        token = f"{family}.{new_token()}"
        ends = now + REMEMBER
        session.add(UserSession(person_id=person.id, kind=SessionKind.REMEMBER, family=family, digest=_digest(token), device=made.device, ends_at=ends))
        set_cookie(REMEMBERED, token, ends)
    session.add(SignIn(person_id=person.id, network=network_of(request.remote_addr or ""), device=made.device))
    return made


def _open(person: Person, family: UUID, device: str, fresh_until: datetime | None) -> UserSession:
    token = new_token()
    made = UserSession(
        id=uuid7(), person_id=person.id, kind=SessionKind.SESSION, family=family, digest=_digest(token), device=device, fresh_until=fresh_until,
        ends_at=clock.now() + LONGEST,
    )  # fmt: skip
    session.add(made)
    set_cookie(SESSION, token, None)
    return made


def refresh(known: Visitor) -> None:
    """The password was given again: private data may be shown for a while. A new token, so that an old copy gains nothing."""
    row = session.get(UserSession, {"academy_id": context.academy.id, "id": known.session_id})
    if row is not None:
        token = new_token()
        row.digest, row.fresh_until = _digest(token), clock.now() + FRESH
        set_cookie(SESSION, token, None)


def renew(known: Visitor) -> None:
    """The password was changed in this browser: new tokens for all its cookies, so that no copy of them, and no session opened by one, goes on."""
    others = UserSession.family == known.family, UserSession.kind == SessionKind.SESSION, UserSession.id != known.session_id
    session.execute(delete(UserSession).where(*others).execution_options(synchronize_session=False))
    refresh(known)
    row = session.scalars(select(UserSession).where(UserSession.family == known.family, UserSession.kind == SessionKind.REMEMBER)).first()
    if row is not None:
        token = f"{known.family}.{new_token()}"
        row.digest, row.previous_digest = _digest(token), None
        set_cookie(REMEMBERED, token, row.ends_at)


def end_family(family: UUID) -> None:
    """Sign one browser out."""
    session.execute(delete(UserSession).where(UserSession.family == family).execution_options(synchronize_session=False))


def end_all(person: Person, *, but: UUID | None = None) -> int:
    """Sign a person out on all browsers of this academy, but for one family; returns how many sessions have ended."""
    theirs = delete(UserSession).where(UserSession.person_id == person.id, UserSession.family != but)
    ended: Any = session.execute(theirs.execution_options(synchronize_session=False))
    return int(ended.rowcount)


def set_cookie(name: str, token: str, ends: datetime | None) -> None:
    """Note a cookie for the answer; without `ends` it goes with the browser."""
    _noted()[name] = token, ends


def clear_cookies() -> None:
    """Note that the cookies which the browser brought are to be forgotten."""
    for name in COOKIES:
        if _name(name) in request.cookies:
            _noted()[name] = "", None


@contextmanager
def cookies_of_the_block() -> Iterator[None]:
    """Cookies that are noted in the block are for an answer that it ends with: when it raises, what they stand for was rolled back."""
    before = dict(_noted())
    try:
        yield
    except BaseException:
        g.upart_cookies = before
        raise


def _noted() -> dict[str, tuple[str, datetime | None]]:
    if "upart_cookies" not in g:
        g.upart_cookies = {}
    return cast(dict[str, tuple[str, datetime | None]], g.upart_cookies)


def put_cookies(response: Response) -> Response:
    """Put the noted cookies on the answer: HttpOnly, SameSite=Lax, behind TLS Secure and bound to the host."""
    for name, (token, ends) in g.get("upart_cookies", {}).items():
        options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": request.scheme == "https", "path": "/"}
        if token:
            response.set_cookie(_name(name), token, max_age=int((ends - clock.now()).total_seconds()) if ends else None, **options)
        else:
            response.delete_cookie(_name(name), **options)
    return response


def device_of(asked: Request) -> str:
    """Browser and system in words ("Firefox on Linux"), for the device list; no fingerprint."""
    agent = asked.headers.get("User-Agent", "")[:400]
    browser = next((name for part, name in BROWSERS if part in agent), "Unknown browser")
    system = next((name for part, name in SYSTEMS if part in agent), "")
    return f"{browser} on {system}" if system else browser
