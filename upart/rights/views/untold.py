# SPDX-License-Identifier: MIT
"""The officer's side of what those outside have not been told: try it again, or tell them by hand and say so."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from upart.accounts.views.doors import to
from upart.db import unmasked
from upart.errors import Problem
from upart.hooks.routes import Blueprint, may
from upart.rights.actions import dead_letters
from upart.rights.actions.reminding import ANSWER
from upart.rights.answering import ToldForm
from upart.rights.showing.untold import waiting
from upart.theming.forms import show
from upart.theming.locales import gettext as _

WORK = "an officer is at work on requests"

untold = Blueprint("untold", __name__)
PRIVATE = may(ANSWER, fresh=True)


@untold.get("/manage/requests/outside", policy=PRIVATE)
@unmasked(WORK)
def everything() -> Response:
    """All that could not be told for long, or has to be told by hand."""
    return show("rights/untold.html", ToldForm(), untold=waiting())


@untold.post("/manage/requests/outside/<uuid:id>/try", policy=PRIVATE)
@unmasked(WORK)
def try_now(id: UUID) -> Response:
    """Ask the store again at once."""
    dead_letters.try_again(id)
    return to(url_for(".everything"))


@untold.post("/manage/requests/outside/<uuid:id>/told", policy=PRIVATE)
@unmasked(WORK)
def told(id: UUID) -> Response:
    """Somebody has told them. What is refused shows the list to nobody: reading it leaves a line for each who stands in it."""
    dead_letters.letter_of(id)
    form = ToldForm.posted()
    if not form.validate():
        raise Problem(422, _("Say in a few words how they were told, and what they answered."), remedy=_("Go back and write it down, in up to 500 characters."))
    dead_letters.told_by_hand(id, form["how"].data)
    return to(url_for(".everything"))
