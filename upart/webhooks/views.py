# SPDX-License-Identifier: MIT
"""Webhooks, for owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from sqlalchemy import select

from upart.accounts.views.doors import to
from upart.db import session
from upart.errors import NotHere
from upart.hooks.find import get_or_404, paged
from upart.hooks.routes import Blueprint, may
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.webhooks import actions, showing
from upart.webhooks.actions import MANAGES
from upart.webhooks.forms import EndpointForm
from upart.webhooks.models import Delivery, DeliveryState, Endpoint

webhooks = Blueprint("webhooks", __name__)

PAGE = 50
SAVED = {
    "changed": "Saved. It counts from now on.", "on": "It is on. It is told what happens from now on.", "off": "It is off. Nothing more is sent there.",
    "removed": "The webhook and its log are gone.", "replayed": "It is being sent again.",
}  # fmt: skip


@webhooks.get("/manage/webhooks/", policy=may(MANAGES), query=("saved",))
def every() -> Response:
    """The webhooks of this academy."""
    rows = session.scalars(select(Endpoint).order_by(Endpoint.created_at, Endpoint.id)).all()
    return render(
        "webhooks/list.html", rows=[(row, showing.state_of(row, actions.held_back(row))) for row in rows], saved=_said(), full=len(rows) >= actions.MOST
    )


@webhooks.get("/manage/webhooks/new", policy=may(MANAGES))
def new() -> Response:
    """The form of a new one."""
    return show("webhooks/form.html", EndpointForm(), row=None)


@webhooks.post("/manage/webhooks/new", policy=may(MANAGES, fresh=True))
def register() -> Response:
    """Set it up, and show its secret this once."""
    form = EndpointForm.posted()
    if not form.validate():
        return show("webhooks/form.html", form, row=None)
    row, secret = actions.register(**_given(form))
    session.flush()
    return render("webhooks/secret.html", row=row, secret=secret, rotated=False, reasons=actions.held_back(row))


@webhooks.get("/manage/webhooks/<uuid:id>", policy=may(MANAGES), query=("saved", "after", "state"))
def one(id: UUID) -> Response:
    """What it is, and what it was told."""
    row = get_or_404(Endpoint, id)
    found, only = select(Delivery).where(Delivery.endpoint_id == id), request.args.get("state", "")
    if only in set(DeliveryState):
        found = found.where(Delivery.state == DeliveryState(only))
    page = paged(found, Delivery.created_at, Delivery.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    log, reasons = [(one, showing.answer_of(one)) for one in page.rows], actions.held_back(row)
    return render(
        "webhooks/one.html", row=row, state=showing.state_of(row, reasons), reasons=reasons, log=log, after=page.after, saved=_said(), only=only,
        states=showing.STATES,
        sentences=actions.offered(), on=actions.is_on(row), failed=actions.count_failed(row),
    )  # fmt: skip


@webhooks.get("/manage/webhooks/<uuid:id>/edit", policy=may(MANAGES))
def edit(id: UUID) -> Response:
    """The form to change it."""
    row = get_or_404(Endpoint, id)
    return show("webhooks/form.html", EndpointForm.opened(row), row=row)


@webhooks.post("/manage/webhooks/<uuid:id>/edit", policy=may(MANAGES, fresh=True))
def change(id: UUID) -> Response:
    """Change it."""
    row, form = get_or_404(Endpoint, id), EndpointForm.posted()
    if not form.validate() or form.overtaken(row):
        return show("webhooks/form.html", form, row=row)
    given = _given(form)
    actions.change(row, url=given["url"], events=given["events"], **given["said"])
    return form.saved(url_for(".one", id=id, saved="changed"))


@webhooks.post("/manage/webhooks/<uuid:id>/rotate", policy=may(MANAGES, fresh=True))
def rotate(id: UUID) -> Response:
    """Another secret, shown this once."""
    row = get_or_404(Endpoint, id)
    return render("webhooks/secret.html", row=row, secret=actions.rotate(row), rotated=True, reasons=())


@webhooks.post("/manage/webhooks/<uuid:id>/switch", policy=may(MANAGES))
def switch(id: UUID) -> Response:
    """On, or off."""
    row = get_or_404(Endpoint, id)
    on = actions.is_on(row)
    actions.switch_off(row) if on else actions.switch_on(row)
    return to(url_for(".one", id=id, saved="off" if on else "on"))


@webhooks.post("/manage/webhooks/<uuid:id>/replay", policy=may(MANAGES))
def replay(id: UUID) -> Response:
    """Send one delivery again, or all that have failed. Raises Problem 409 while it is off, or must not be told yet."""
    row, which = get_or_404(Endpoint, id), request.form.get("delivery", "")
    actions.replay(row, _delivery(row, which) if which else None)
    return to(url_for(".one", id=id, saved="replayed"))


@webhooks.post("/manage/webhooks/<uuid:id>/remove", policy=may(MANAGES, fresh=True))
def remove(id: UUID) -> Response:
    """Take it away."""
    actions.remove(get_or_404(Endpoint, id))
    return to(url_for(".every", saved="removed"))


def _delivery(row: Endpoint, id: str) -> Delivery:
    try:
        found = get_or_404(Delivery, UUID(id))
    except ValueError:
        raise NotHere from None
    if found.endpoint_id != row.id:
        raise NotHere
    return found


def _given(form: EndpointForm) -> dict[str, Any]:
    said = {name: (form[name].data or "").strip() for name in ("run_by", "country", "safeguard")}
    return {"url": form["url"].data.strip(), "events": form["events"].data or [], "said": said}


def _said() -> str:
    said = SAVED.get(request.args.get("saved", ""), "")
    return _(said) if said else ""
