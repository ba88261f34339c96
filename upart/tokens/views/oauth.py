# SPDX-License-Identifier: MIT
"""Signing in at a front end of another origin: the page that asks, and the addresses at which the front end gets its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import msgspec
from flask import Response, current_app, request
from sqlalchemy import select

from upart.accounts.limits import MAILS, count_try
from upart.accounts.views.doors import network, to
from upart.context import context
from upart.db import session
from upart.db.types import UNSTORABLE
from upart.errors import Problem
from upart.hooks.routes import Blueprint, anyone_uncached, fresh
from upart.theming.forms import Form
from upart.theming.headers import form_to
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.tokens.actions.front_ends import origin_of
from upart.tokens.actions.granting import ACCESS_LIFE, CHALLENGE, Issued, exchange, let_in, refresh, revoke
from upart.tokens.models import FrontEnd
from upart.tokens.rates import count_call
from upart.tokens.scopes import words

oauth = Blueprint("oauth", __name__)

ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
LONGEST = 500
"""Characters of one parameter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a front end asks for, as far as it can be answered; `wrong` is what is told to it instead (RFC 6749, 4.1.2.1)."""

    front_end: FrontEnd
    redirect: str
    state: str
    scopes: list[str]
    challenge: str
    wrong: str = ""

    def back(self, **told: str) -> Response:
        """Send the person back, with the name of this host, so that two portals are not taken for each other (RFC 9207)."""
        told |= {"state": self.state} if self.state else {}
        told["iss"] = current_app.extensions["upart_config"].address(context.academy.host, "")
        return to(f"{self.redirect}{'&' if urlsplit(self.redirect).query else '?'}{urlencode(told)}")


@oauth.get("/oauth/authorize", policy=fresh, query=ASKED)
def ask() -> Response:
    """Say what the front end will be able to do, and ask."""
    asked = _asked(request.args)
    if asked.wrong:
        return asked.back(error=asked.wrong)
    kept = {name: request.args.get(name, "") for name in ASKED}
    host = urlsplit(asked.redirect).netloc
    page = render("tokens/allow.html", form=Form(), front_end=asked.front_end, may=words(asked.scopes), kept=kept, host=host)
    return form_to(page, origin_of(asked.redirect))


@oauth.post("/oauth/authorize", policy=fresh)
def answer() -> Response:
    """Let it in, or not."""
    count_try("let in", [str(context.person.account_id)], limit=MAILS)
    asked = _asked(request.form)
    if asked.wrong:
        return asked.back(error=asked.wrong)
    if request.form.get("act") != "allow":
        return asked.back(error="access_denied")
    return asked.back(code=let_in(context.person, asked.front_end, asked.redirect, asked.scopes, asked.challenge))


def _asked(sent: Mapping[str, str]) -> Asked:
    """Raises Problem 400 for a front end or an address that nobody has registered: then nobody is sent there (RFC 9700, 4.11.1)."""
    given = {name: sent.get(name, "") for name in ASKED}
    strange = any(len(value) > LONGEST or UNSTORABLE.search(value) for value in given.values())
    row = None if strange else session.scalars(select(FrontEnd).where(FrontEnd.public_key == given["client_id"])).first()
    if row is None or given["redirect_uri"] not in row.redirects:
        raise Problem(400, _("This page does not know who has sent you."), remedy=_("Go back to where you came from, and tell those who run it."))
    scopes = given["scope"].split() or row.scopes
    wrong = ""
    if given["response_type"] != "code":
        wrong = "unsupported_response_type"
    elif given["code_challenge_method"] != "S256" or not CHALLENGE.fullmatch(given["code_challenge"]):
        wrong = "invalid_request"
    elif not scopes or not set(scopes) <= set(row.scopes) or len(words(scopes)) != len(set(scopes)):
        wrong = "invalid_scope"
    return Asked(row, given["redirect_uri"], given["state"], sorted(set(scopes)), given["code_challenge"], wrong)


@oauth.post("/oauth/token", policy=anyone_uncached, guards_itself=True)
def token() -> Response:
    """Tokens for a code, or for a refresh token (RFC 6749, 4.1.3 and 6). Cookies are not read."""
    count_call("exchange", network())
    kind = request.form.get("grant_type", "")
    given = {name: request.form.get(name, "")[:LONGEST] for name in ("code", "client_id", "redirect_uri", "code_verifier", "refresh_token")}
    if any(UNSTORABLE.search(value) for value in given.values()):
        return _json({"error": "invalid_request"}, 400)
    if kind == "authorization_code":
        issued = exchange(given["code"], given["client_id"], given["redirect_uri"], given["code_verifier"])
    elif kind == "refresh_token":
        issued = refresh(given["refresh_token"], given["client_id"])
    else:
        return _json({"error": "unsupported_grant_type" if kind else "invalid_request"}, 400)
    return _told(issued) if issued else _json({"error": "invalid_grant"}, 400)


@oauth.post("/oauth/revoke", policy=anyone_uncached, guards_itself=True)
def end() -> Response:
    """Sign out of a front end. Of a token that opens nothing nothing is said (RFC 7009, 2.2)."""
    count_call("exchange", network())
    revoke(request.form.get("token", "")[:LONGEST])
    return _json({}, 200)


def _told(issued: Issued) -> Response:
    told = {"access_token": issued.access, "token_type": "Bearer", "expires_in": int(ACCESS_LIFE.total_seconds())}
    return _json({**told, "refresh_token": issued.refresh, "scope": " ".join(issued.scopes)}, 200)


def _json(told: Mapping[str, object], status: int) -> Response:
    return Response(msgspec.json.encode(told), status, mimetype="application/json")
