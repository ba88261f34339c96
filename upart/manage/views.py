# SPDX-License-Identifier: MIT
"""The page of long work: how far it is, what it has to say, what came of it. It can be closed; the work goes on."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from upart.hooks.routes import Blueprint, signed_in
from upart.manage import working
from upart.manage.models import Work, WorkState
from upart.manage.pages import to
from upart.theming.locales import gettext as _
from upart.theming.render import render

work_pages = Blueprint("manage_work", __name__)

WORDS = {
    "added": "added", "same": "were here already", "left": "left out", "undone": "taken back", "kept": "stay",
}  # fmt: skip
"""What numbers are called; another word stands for itself."""

AGAIN = 3
"""Seconds after which the page of running work is loaded again."""


@work_pages.get("/manage/work/<uuid:id>", policy=signed_in)
def one(id: UUID) -> Response:
    """Long work, for whoever began it."""
    return _page(working.work_seen(id))


@work_pages.post("/manage/work/<uuid:id>/cancel", policy=signed_in)
def cancel(id: UUID) -> Response:
    """Let it end before its next piece; what is done stays done."""
    working.cancel(working.work_seen(id))
    return to(url_for(".one", id=id))


def _page(work: Work) -> Response:
    goes_on = work.state in (WorkState.RUNNING, WorkState.CANCELLING)
    parked = goes_on and working.is_parked(work)
    numbers = [(_(WORDS.get(word, word)), number, word in ("left", "kept") and number > 0) for word, number in work.numbers.items()]
    percent = 100 if work.state is WorkState.DONE else min(99, 100 * work.done // work.total) if work.total else 0
    return render("manage/work.html", work=work, numbers=numbers, percent=percent, goes_on=goes_on and not parked, parked=parked, again=AGAIN)
