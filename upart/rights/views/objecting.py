# SPDX-License-Identifier: MIT
"""Object to a purpose, and withdraw consent: two pages, each with what follows from it."""

from __future__ import annotations

from typing import cast

from flask import Response, request, url_for
from wtforms import RadioField

from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import NotHere
from upart.hooks.routes import Blueprint, fresh
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.objecting import ask_to_object, ask_to_withdraw
from upart.rights.engine.holdings import holdings
from upart.rights.forms import ObjectForm, WithdrawForm
from upart.rights.models import RequestKind
from upart.rights.purposes import MARKETING, purposes_for
from upart.rights.showing.plan import part_plan
from upart.rights.subjects import with_account_of
from upart.theming import wording
from upart.theming.forms import Form, options, show
from upart.theming.locales import gettext as _

objecting = Blueprint("objecting", __name__)

PURPOSE = 40
"""Characters of a purpose that are looked at."""


@objecting.get("/privacy/mine/object", policy=fresh, query=("purpose",))
def choose() -> Response:
    """What can be objected to; the purpose of the address is chosen already."""
    found = _purposes(RequestKind.OBJECT)
    return _ask_to_object(ObjectForm(purpose=_wished(found)), found)


@objecting.post("/privacy/mine/object", policy=fresh)
def ask() -> Response:
    """The purpose is restricted at once; offers and news end."""
    found, form = _purposes(RequestKind.OBJECT), ObjectForm.posted()
    if not _offer(form, found).validate():
        return _ask_to_object(form, found)
    asked = ask_to_object(context.person, Purpose(form["purpose"].data), (form["words"].data or "").strip())
    return to(url_for("requests.one", id=asked.id))


@objecting.get("/privacy/mine/withdraw", policy=fresh, query=("purpose",))
def plan() -> Response:
    """What rests on consent, and in numbers what would go. Nothing has happened yet."""
    found = _purposes(RequestKind.WITHDRAW)
    return _ask_to_withdraw(WithdrawForm(purpose=_wished(found)), found)


@objecting.post("/privacy/mine/withdraw", policy=fresh)
def withdraw() -> Response:
    """What rests on that consent alone goes at once: nothing waits."""
    found, form = _purposes(RequestKind.WITHDRAW), WithdrawForm.posted()
    if not _offer(form, found).validate():
        return _ask_to_withdraw(form, found)
    asked = ask_to_withdraw(context.person, Purpose(form["purpose"].data))
    return to(url_for("requests.one", id=asked.id))


def _purposes(kind: RequestKind) -> list[Purpose]:
    return purposes_for(holdings(), kind, with_account_of(context.person, False)[0])


def _wished(found: list[Purpose]) -> str:
    """The purpose that the address names, else none. Raises NotHere for one that is not offered."""
    wished = request.args.get("purpose", "")[:PURPOSE]
    if wished and wished not in found:
        raise NotHere
    return wished


def _ask_to_object(form: Form, found: list[Purpose]) -> Response:
    marketing = [wording.sentence(_(wording.PURPOSES[purpose])) for purpose in MARKETING]
    return show("rights/object.html", _offer(form, found), marketing=marketing)


def _ask_to_withdraw(form: Form, found: list[Purpose]) -> Response:
    held, subject = holdings(), with_account_of(context.person, False)[0]
    plans = [(purpose, _words(purpose), part_plan(held, subject, RequestKind.WITHDRAW, purpose)) for purpose in found]
    return show("rights/withdraw.html", _offer(form, found), plans=plans)


def _offer(form: Form, found: list[Purpose]) -> Form:
    cast(RadioField, form["purpose"]).choices = options({purpose.value: _words(purpose) for purpose in found})
    return form


def _words(purpose: Purpose) -> str:
    return wording.sentence(_(wording.PURPOSES[purpose]))
