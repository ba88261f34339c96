# SPDX-License-Identifier: MIT
"""Being erased here, and closing the account: two acts that nobody should mix up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import Response, current_app, request, url_for
from wtforms import SelectMultipleField

from upart import clock
from upart.accounts import sessions
from upart.accounts.actions.changing import academies_of
from upart.accounts.actions.managing import is_last_owner
from upart.accounts.actions.signing_up import account_held_by
from upart.accounts.views.doors import to
from upart.config import Config
from upart.context import CurrentAcademy, context
from upart.db import reading
from upart.errors import Problem
from upart.hooks.routes import Blueprint, fresh, signed_in
from upart.rights.actions.asking import ask_to_erase, is_last_person
from upart.rights.actions.closing import close_account
from upart.rights.actions.holding_back import BEFORE
from upart.rights.actions.proving import link_of
from upart.rights.dates import COOLING, CUSTODY
from upart.rights.forms import CloseForm, EraseForm
from upart.rights.models import RightsRequest
from upart.rights.showing.plan import Plan, plan_of, sums_at
from upart.rights.subjects import with_account_of
from upart.theming.forms import Form, options, show
from upart.theming.locales import gettext as _
from upart.theming.render import render

leaving = Blueprint("leaving", __name__)


@dataclass(frozen=True, slots=True)
class Joined:
    """An academy that somebody has joined, and what an erasure would do there, in numbers of lines."""

    academy: CurrentAcademy
    sums: dict[str, int]


@leaving.get("/privacy/mine/erase", policy=fresh, query=("account",))
def plan() -> Response:
    """The plan in numbers. Nothing has happened yet."""
    wished = "account" in request.args
    return _show(EraseForm(account=wished and is_last_person(context.person)))


@leaving.post("/privacy/mine/erase", policy=fresh)
def erase() -> Response:
    """In 72 hours, or at once: signed out and unseen from here on. The answer names what stays, and why."""
    form, person = EraseForm.posted(), context.person
    with_account = bool(form["account"].data) and is_last_person(person)
    if not form.validate():
        return _show(form)
    counted = plan_of(with_account_of(person, with_account))
    try:
        asked = ask_to_erase(person, with_account=with_account, waits=not form["now"].data)
    except Problem as problem:
        return _show(form, problem.status, against=problem.message)
    if asked.state in BEFORE:
        return to(url_for("requests.one", id=asked.id))
    return _gone(asked, counted, with_account=with_account)


def _show(form: Form, status: int | None = None, against: str = "") -> Response:
    last = is_last_person(context.person)
    counted = plan_of(with_account_of(context.person, last and bool(form["account"].data)))
    return show("rights/erase.html", form, status, plan=counted, is_last=last, against=against, begins=clock.now() + COOLING, owns=_owns())


def _owns() -> date | None:
    """For the only owner of an academy: the day on which all of it is over, whether or not somebody else owns it by then."""
    return (clock.now() + CUSTODY).date() if is_last_owner(context.person) and not context.academy.is_platform else None


def _gone(asked: RightsRequest, counted: Plan, proofs: Sequence[str] = (), **values: Any) -> Response:
    """The answer, as to somebody who is not signed in any more."""
    sessions.clear_cookies()
    with context.knowing(None, fresh=False):
        return render("rights/gone.html", request=asked, plan=counted, proofs=[link_of(asked), *proofs], **values)


@leaving.get("/account/close", policy=signed_in)
def choose() -> Response:
    """At an academy: leave it, or close the account. On the platform: close the account."""
    if not context.academy.is_platform:
        config: Config = current_app.extensions["upart_config"]
        there = config.address(current_app.extensions["upart"].directory.base_host, "/account/close")
        return render("rights/close.html", is_last=is_last_person(context.person), there=there)
    joined = _joined()
    return _ask_to_close(joined, CloseForm(academies=[str(one.academy.id) for one in joined]))


@leaving.post("/account/close", policy=fresh)
def close() -> Response:
    """On the platform: erase at each ticked academy, then close the account."""
    if not context.academy.is_platform:
        raise Problem(404, _("This page is on the platform."), remedy=_("Open the platform's address."))
    joined, form = _joined(), CloseForm.posted()
    if not _offer(form, joined).validate():
        return _ask_to_close(joined, form)
    wished = form["academies"].data
    erased, kept = ([one.academy for one in joined if (str(one.academy.id) in wished) is ticked] for ticked in (True, False))
    with reading(context.academy, context.person):  # the door's own first statement comes in close_account
        counted = plan_of(with_account_of(context.person, True))
    proofs = list[str]()
    try:
        asked = close_account(context.person, erase_at=erased, keep_at=kept, waits=not form["now"].data, proofs=proofs)
    except Problem as problem:
        return _ask_to_close(joined, form, problem.status, against=problem.message)
    if asked.state in BEFORE:
        return to(url_for("requests.one", id=asked.id))
    return _gone(asked, counted, proofs, with_account=True, erased_at=erased, kept_at=kept)


def _ask_to_close(joined: list[Joined], form: Form, status: int | None = None, against: str = "") -> Response:
    return show("rights/close-account.html", _offer(form, joined), status, joined=joined, against=against)


def _offer(form: Form, joined: list[Joined]) -> Form:
    cast(SelectMultipleField, form["academies"]).choices = options({str(one.academy.id): one.academy.name for one in joined})
    return form


def _joined() -> list[Joined]:
    """The academies in which the account has a person, by name."""
    account = account_held_by(context.person)
    found = [current_app.extensions["upart"].directory.by_id(id) for id in academies_of(account.id)]
    return sorted((Joined(one, sums_at(one, account.id)) for one in found if one is not None), key=lambda one: one.academy.name)
