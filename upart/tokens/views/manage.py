# SPDX-License-Identifier: MIT
"""Front ends on other origins, for owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from upart.accounts.views.doors import to
from upart.db import session
from upart.hooks.find import get_or_404
from upart.hooks.routes import Blueprint, may
from upart.theming.forms import show
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.tokens.actions import front_ends
from upart.tokens.forms import FrontEndForm, lines
from upart.tokens.models import FrontEnd

MANAGES = "tokens.front_ends"
manage = Blueprint("front_ends", __name__)

SAVED = {
    "registered": "The front end may read the academy now.", "changed": "Saved. It counts from now on.",
    "key": "It has a new key. The old one opens nothing any more.", "removed": "The front end is shut out, and everybody is signed out of it.",
}  # fmt: skip


@manage.get("/manage/api/", policy=may(MANAGES), query=("saved",))
def every() -> Response:
    """The front ends of this academy."""
    return render("tokens/front-ends.html", rows=front_ends.all_front_ends(), saved=_said())


@manage.get("/manage/api/new", policy=may(MANAGES))
def new() -> Response:
    """The form of a new one."""
    return show("tokens/front-end.html", FrontEndForm(), row=None, saved="")


@manage.post("/manage/api/new", policy=may(MANAGES, fresh=True))
def register() -> Response:
    """Register it."""
    form = FrontEndForm.posted()
    if not form.validate():
        return show("tokens/front-end.html", form, row=None, saved="")
    row = front_ends.register(*_given(form))
    return to(url_for(".one", id=row.id, saved="registered"))


@manage.get("/manage/api/<uuid:id>", policy=may(MANAGES), query=("saved",))
def one(id: UUID) -> Response:
    """Its key, and the form to change it."""
    row = get_or_404(FrontEnd, id)
    return show("tokens/front-end.html", FrontEndForm.opened(_stored(row)), row=row, saved=_said())


@manage.post("/manage/api/<uuid:id>", policy=may(MANAGES, fresh=True))
def change(id: UUID) -> Response:
    """Change it."""
    row, form = get_or_404(FrontEnd, id), FrontEndForm.posted()
    if not form.validate():
        return show("tokens/front-end.html", form, row=row, saved="")
    session.refresh(row, with_for_update=True)
    if form.overtaken(_stored(row)):
        return show("tokens/front-end.html", form, row=row, saved="")
    front_ends.change(row, *_given(form))
    front_ends.changed(row)
    return form.saved(url_for(".one", id=row.id, saved="changed"))


@manage.post("/manage/api/<uuid:id>/key", policy=may(MANAGES, fresh=True))
def renew_key(id: UUID) -> Response:
    """Another public key."""
    row = get_or_404(FrontEnd, id)
    front_ends.renew_key(row)
    return to(url_for(".one", id=row.id, saved="key"))


@manage.post("/manage/api/<uuid:id>/remove", policy=may(MANAGES, fresh=True))
def remove(id: UUID) -> Response:
    """Shut it out."""
    front_ends.remove(get_or_404(FrontEnd, id))
    return to(url_for(".every", saved="removed"))


def _stored(row: FrontEnd) -> dict[str, Any]:
    return {"name": row.name, "origins": "\n".join(row.origins), "redirects": "\n".join(row.redirects), "scopes": row.scopes}


def _given(form: FrontEndForm) -> tuple[str, list[str], list[str], list[str]]:
    return form["name"].data.strip(), lines(form["origins"].data), lines(form["redirects"].data), form["scopes"].data or []


def _said() -> str:
    said = SAVED.get(request.args.get("saved", ""), "")
    return _(said) if said else ""
