# SPDX-License-Identifier: MIT
"""One's own tokens."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, request, url_for

from upart.accounts.limits import MAILS, count_try
from upart.accounts.views.doors import to
from upart.context import context
from upart.hooks.find import get_or_404
from upart.hooks.routes import Blueprint, fresh, signed_in
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.tokens.actions.making import make_token, revoke, tokens_of
from upart.tokens.forms import TokenForm
from upart.tokens.models import ApiToken
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


def _count() -> None:
    count_try("make a token", [str(context.person.id)], limit=MAILS)


def _page(form: TokenForm) -> Response:
    said = SAVED.get(request.args.get("saved", ""), "")
    kept = [(one, [may.sentence for may in words(one.scopes)]) for one in tokens_of(context.person)]
    return show("tokens/mine.html", form, tokens=kept, saved=_(said) if said else "")
