# SPDX-License-Identifier: MIT
"""What is held about the person who looks: cards, and every line of a table."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from sqlalchemy import select

from upart.context import context
from upart.db import session
from upart.errors import Problem
from upart.hooks.routes import Blueprint, signed_in
from upart.rights.actions.archiving import subjects_for
from upart.rights.actions.pending import requests_of
from upart.rights.models import RightsArchive
from upart.rights.showing.cards import shelf
from upart.rights.showing.lines import lines
from upart.rights.showing.looks import looks
from upart.rights.showing.others import others
from upart.rights.showing.requests import lines_of
from upart.rights.states import ENDED
from upart.theming.locales import gettext as _
from upart.theming.render import render

mine = Blueprint("mine", __name__)


@mine.get("/privacy/mine", policy=signed_in)
def held() -> Response:
    """All that is held, in cards. Private details stay hidden until the password was given."""
    person = context.person
    found = shelf(subjects_for(person), fresh=context.fresh)
    running = [lines_of(row) for row in requests_of(person) if row.state not in ENDED]
    return render("rights/mine.html", shelf=found, requests=running, copy=_newest_copy(person.id), looks=looks(person.id), others=others(person.id))


def _newest_copy(person_id: UUID) -> RightsArchive | None:
    """The newest copy that is ready or was taken; one that is being made is an open request."""
    made = select(RightsArchive).where(RightsArchive.person_id == person_id, RightsArchive.made_at.is_not(None))
    return session.scalars(made.order_by(RightsArchive.made_at.desc())).first()


@mine.get("/privacy/mine/<plugin>/<table>", policy=signed_in, query=("before",))
def every_line(plugin: str, table: str) -> Response:
    """Every line of one table, newest first."""
    found = lines(subjects_for(context.person), plugin, table, before=_key(request.args.get("before")), fresh=context.fresh)
    if found is None:
        raise Problem(404, _("Nothing of this kind is held here."), remedy=_("Look at the list of what is held about you."))
    return render("rights/lines.html", lines=found)


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Problem(400, _("This page of the list cannot be found."), remedy=_("Begin at the first page.")) from None
