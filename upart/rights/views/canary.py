# SPDX-License-Identifier: MIT
"""The canary for those who answer requests, and what came of it for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Response, request, url_for

from upart.accounts.views.doors import to
from upart.context import context
from upart.errors import NotHere
from upart.hooks.matters import Matter
from upart.hooks.routes import Blueprint, anyone, may
from upart.rights.actions.reminding import ANSWER
from upart.rights.canary import actions
from upart.rights.canary.models import Outcome
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext
from upart.theming.render import render

canary = Blueprint("canary", __name__)

SAID = {"on": "It is switched on. It flies in a moment; what came of it then stands here.", "off": "It is switched off, and what was published is gone."}


@canary.get("/manage/privacy/canary/", policy=may(ANSWER), query=("saved",))
def one() -> Response:
    """Is one kept, what does it do, and what came of the last one?"""
    row = actions.last()
    said = SAID.get(request.args.get("saved", ""), "")
    return render(
        "rights/canary.html", on=context.academy.settings[actions.SETTING], row=row, old=row is not None and actions.is_old(row),
        broken=row is not None and row.outcome is Outcome.BROKEN, not_checked=actions.NOT_CHECKED, said=_(said) if said else "",
    )  # fmt: skip


@canary.post("/manage/privacy/canary/", policy=may(ANSWER))
def switch() -> Response:
    """Keep one from now on, or none any more."""
    on = request.form.get("keep") == "yes"
    actions.switch(on)
    return to(url_for(".one", saved="on" if on else "off"))


@canary.get("/.well-known/upart-proof.json", policy=anyone)
def proof() -> Response:
    """The signed statement: when the last canary flew, what was looked at, and where something was broken. 404 where none is kept."""
    row = actions.last()
    if row is None or not row.statement:
        raise NotHere
    return Response(json.dumps(row.statement, indent=2, sort_keys=True), mimetype="application/json")


def today() -> Iterator[Matter]:
    """A canary that has found something, or that does not fly, for the staff's first page."""
    row = actions.last()
    if row is None or not (row.outcome is Outcome.BROKEN or actions.is_old(row)):
        return
    one, many = (
        "The canary has found one place where something is not done as declared",
        "The canary has found %(num)s places where something is not done as declared",
    )
    broken = row.outcome is Outcome.BROKEN
    yield Matter(
        title=ngettext(one, many, len(row.places)) if broken else _("The canary has not flown for more than a week"), kind="bad" if broken else "warn",
        text=_("It flew last on %(day)s.", day=wording.day(row.at)), icon="eye", count=len(row.places) if broken else 1, since=row.at,
        url=url_for("canary.one"), verb=_("See where"), label=_("See where: the canary"),
    )  # fmt: skip
