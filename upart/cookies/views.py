# SPDX-License-Identifier: MIT
"""Answering about optional cookies; whether the question is seen; and that the browser's signal is heard (Global Privacy Control)."""

from __future__ import annotations

from pathlib import Path

from flask import Response, jsonify, redirect, request

from upart.accounts.views.doors import local
from upart.context import context
from upart.cookies.choice import Choice, remember, signalled
from upart.cookies.gate import BROUGHT
from upart.cookies.inventory import Declared, bare, inventory, offered, settable
from upart.cookies.showing import is_open
from upart.cookies.signals import is_child
from upart.errors import Problem
from upart.hooks.plugged import plugged
from upart.hooks.routes import Blueprint, anyone, anyone_uncached
from upart.theming.locales import gettext as _

choosing = Blueprint("cookies", __name__)

QUESTION = (Path(__file__).parent / "static" / "question.css").read_text(encoding="utf-8")
LATER = "private, max-age=3600"
"""How long a browser that has answered need not ask whether it is asked again."""

HEARD = {"gpc": True, "lastUpdate": "2026-11-26"}
"""This portal honours the signal; the day on which what that means was last changed (W3C GPC, section 4)."""

ALL_OR_NONE = {"accept": True, "reject": False}


@choosing.post("/privacy/choices/cookies", policy=anyone_uncached)
def choose() -> Response:
    """Keep what this browser's owner says about optional cookies, and take back those that are not agreed to. A child agrees to none."""
    said, wanted = request.form.get("choice", ""), request.form.getlist("category")
    if said not in (*ALL_OR_NONE, "choose"):
        raise Problem(422, _("This says neither yes nor no."), remedy=_("Go back and press one of the buttons."), code="no_choice")
    asked, said = offered(), "reject" if is_child() else said
    response: Response = redirect(local(request.form.get("next", "/")), 303)  # type: ignore[assignment]
    if asked:
        categories = {str(one.cookie.category) for one in asked}
        made = remember({category: ALL_OR_NONE.get(said, category in wanted) for category in categories}, asked)
        _take_back(response, made)
    return response


def _take_back(response: Response, choice: Choice) -> None:
    """Take out of the browser what some installed plugin has declared and may not be there any more."""
    installed = inventory(plugged(), [plugin.id for plugin in plugged().healthy()])
    here = settable(plugged(), context.academy)
    for name in request.environ.get(BROUGHT, ()):
        known = installed.get(bare(name))
        if known is not None and not _stays(here.get(bare(name)), choice):
            response.delete_cookie(name)


def _stays(declared: Declared | None, choice: Choice) -> bool:
    return declared is not None and choice.permits(declared, signalled=signalled(request.environ))


@choosing.get("/privacy/choices/question.css", policy=anyone_uncached)
def question_css() -> Response:
    """The style sheet that shows the question to browsers that have not answered; it is empty for the others."""
    shown = is_open()
    response = Response(QUESTION if shown else "", mimetype="text/css")
    if not shown:
        response.headers["Cache-Control"] = LATER
        response.headers["Vary"] = "Cookie, Sec-GPC"
    return response


@choosing.get("/.well-known/gpc.json", policy=anyone)
def gpc() -> Response:
    """That `Sec-GPC: 1` is honoured here."""
    return jsonify(HEARD)
