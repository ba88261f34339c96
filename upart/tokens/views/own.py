# SPDX-License-Identifier: MIT
"""One's own tokens: a page, and the address at which a script of one's own browser makes one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
from flask import Response, request, url_for

from upart.accounts.limits import MAILS, count_try
from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import Problem, SignInNeeded
from upart.hooks.find import get_or_404
from upart.hooks.routes import Blueprint, fresh, signed_in
from upart.theming.bodies import decode
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.tokens.actions.making import LIFE, NAME, make_token, revoke, tokens_of
from upart.tokens.bearing import API
from upart.tokens.forms import TokenForm
from upart.tokens.models import ApiToken
from upart.tokens.repeating import shown_once
from upart.tokens.scopes import words

own = Blueprint("tokens", __name__)

SAVED = {"revoked": "The token is revoked. The next request with it is refused."}


@own.get("/account/tokens", policy=signed_in, query=("saved",))
def mine() -> Response:
    """The tokens that are good, and the form for a new one."""
    return _page(TokenForm())


@own.post("/account/tokens", policy=fresh)
def make() -> Response:
    """Make a token and show it, once."""
    form = TokenForm.posted()
    if not form.validate():
        return _page(form)
    _count()
    token, row = make_token(context.person, form["name"].data.strip(), form["scopes"].data, timedelta(days=int(form["days"].data)))
    return render("tokens/made.html", token=token, row=row, may=words(row.scopes))


@own.post("/account/tokens/<uuid:id>/revoke", policy=signed_in)
def end(id: UUID) -> Response:
    """End a token at once."""
    revoke(context.person, get_or_404(ApiToken, id))
    return to(url_for(".mine", saved="revoked"))


class TokenIn(msgspec.Struct, forbid_unknown_fields=True):
    """A token that is asked for: what for, what it may do, and for how many days."""

    name: str
    scopes: list[str]
    days: int = LIFE.days


@own.post(f"{API}/tokens", policy=signed_in)
def create() -> Response:
    """Make a token; it is in this answer, and never again. Only for whoever has just given the password in this browser: no token makes another."""
    if context.scopes is not None:
        raise Problem(403, "A token makes no tokens.", remedy="Sign in with a browser and make it at /account/tokens.", code="scope")
    if not context.fresh:
        raise SignInNeeded(again=True)
    body = decode(request.get_data(), TokenIn)
    if not 0 < len(body.name.strip()) <= NAME:
        raise Problem(422, f"A token has a name of up to {NAME} characters.", remedy="Say what it is for.", code="name")
    _count()
    token, row = make_token(context.person, body.name.strip(), body.scopes, timedelta(days=max(0, min(body.days, 400))))
    shown_once()
    made = {"id": row.id, "name": row.name, "scopes": row.scopes, "ends_at": row.ends_at, "token": token}
    return Response(msgspec.json.encode({"data": made}), 201, mimetype="application/json")


def _count() -> None:
    count_try("make a token", [str(context.person.id)], limit=MAILS)


def _page(form: TokenForm) -> Response:
    said = SAVED.get(request.args.get("saved", ""), "")
    kept = [(one, [may.sentence for may in words(one.scopes)]) for one in tokens_of(context.person)]
    return show("tokens/mine.html", form, tokens=kept, saved=_(said) if said else "")
