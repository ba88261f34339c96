# SPDX-License-Identifier: MIT
"""The person's own requests: what was asked for, where it is, and what can still be taken back."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from upart.accounts import sessions
from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import Problem
from upart.hooks.find import get_or_404
from upart.hooks.routes import Blueprint, fresh, signed_in
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.beginning import cancel
from upart.rights.actions.closing import at_academies
from upart.rights.actions.pending import requests_of
from upart.rights.actions.proving import link_of
from upart.rights.models import RequestKind, RequestState, RightsRequest
from upart.rights.showing.asked import asked_of
from upart.rights.showing.plan import plan_of
from upart.rights.showing.requests import lines_of, said, steps_of
from upart.rights.subjects import with_account_of
from upart.theming.locales import gettext as _
from upart.theming.render import render

requests = Blueprint("requests", __name__)


@requests.get("/privacy/requests/<uuid:id>", policy=signed_in)
def one(id: UUID) -> Response:
    """One request: its state, its parts, what was written about it."""
    row = _mine(id)
    asked = asked_of(row, fresh=context.fresh)
    return render("rights/request.html", request=lines_of(row), words=row.words, steps=steps_of(row), said=said(row, for_person=True), asked=asked)


@requests.post("/privacy/requests/<uuid:id>/cancel", policy=fresh)
def take_back(id: UUID) -> Response:
    """Take a request back that has not begun."""
    at_academies(context.person, id, lambda request, person: cancel(request))
    cancel(_mine(id))
    return to(url_for(".one", id=id))


@requests.post("/privacy/requests/<uuid:id>/begin", policy=fresh)
def hasten(id: UUID) -> Response:
    """Let an erasure begin at once that would wait for its 72 hours."""
    at_academies(context.person, id, lambda request, person: ask_to_erase(person))
    row, person = _mine(id), context.person
    if row.kind is not RequestKind.ERASE or not lines_of(row).waits:
        raise Problem(409, _("This request has begun or ended."), remedy=_("Look at where it is."))
    counted = plan_of(with_account_of(person, row.with_account))
    begun = ask_to_erase(person)
    if begun.state is RequestState.NEEDS_TRANSFER:
        return to(url_for(".one", id=id))
    sessions.clear_cookies()
    with context.knowing(None, fresh=False):
        return render("rights/gone.html", request=begun, plan=counted, with_account=row.with_account, proofs=[link_of(begun)])


@requests.get("/privacy/requests/", policy=signed_in)
def mine() -> Response:
    """All requests of the person, newest first."""
    return render("rights/requests.html", requests=[lines_of(row) for row in requests_of(context.person)])


def _mine(id: UUID) -> RightsRequest:
    """The person's own request. Others' and absent ones answer alike."""
    return get_or_404(RightsRequest, id, person_id=context.person.id)
