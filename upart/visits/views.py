# SPDX-License-Identifier: MIT
"""Trends for the academy; "do not count me" for everybody; the pages that somebody opened last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, current_app, request, url_for

from upart import clock
from upart.academies.actions import renew_pages
from upart.academies.models import AcademySetting
from upart.accounts.views.doors import local, to
from upart.context import context
from upart.cookies.choice import remember, signalled
from upart.cookies.showing import back
from upart.db import session
from upart.errors import NotHere, Problem
from upart.events.actions import emit
from upart.hooks.routes import Blueprint, anyone_uncached, may, permitted, signed_in
from upart.theming.locales import gettext as _
from upart.theming.render import render
from upart.visits import choice, recent, showing
from upart.visits.origins import LOOKED_UP, SAID
from upart.visits.writing import begin_of

TRENDS, SWITCH = "visits.see", "visits.switch"

manage, choices, own = Blueprint("trends", __name__), Blueprint("visits", __name__), Blueprint("recent", __name__)


@manage.get("/manage/trends", policy=may(TRENDS), query=("days", "day"))
def trends() -> Response:
    """Visits by day, pages, where they come from, devices and languages."""
    days = int(request.args.get("days", "30")) if request.args.get("days", "30") in map(str, showing.RANGES) else 30
    day = _day(request.args.get("day", ""), days)
    return render(
        "visits/trends.html", trends=showing.trends(days, day), days=days, ranges=showing.RANGES, day=day, width=showing.WIDTH, height=showing.HEIGHT,
        fewest=showing.FEWEST, noted=showing.described(context.academy), may_switch=permitted(SWITCH), made_up=current_app.extensions["upart_config"].is_demo,
    )  # fmt: skip


def _day(text: str, days: int) -> datetime | None:
    """A day of the range, or None."""
    if not text:
        return None
    try:
        found, today = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC), begin_of(clock.now())
    except ValueError:
        raise NotHere from None
    if not today - timedelta(days=days) < found <= today:
        raise NotHere
    return found


@manage.post("/manage/trends/switch", policy=may(SWITCH))
def switch() -> Response:
    """Count visits from now on, or no more."""
    wanted = request.form.get("counted", "")
    if wanted not in ("yes", "no"):
        raise Problem(422, _("This says neither yes nor no."), remedy=_("Go back and press one of the buttons."), code="no_choice")
    row = session.query(AcademySetting).filter_by(key="visits").one_or_none()
    if row is None:
        session.add(AcademySetting(key="visits", value=wanted))
    else:
        row.value = wanted
    emit("visits.switched_on" if wanted == "yes" else "visits.switched_off")
    renew_pages()
    return to(url_for(".trends"))


def section() -> dict[str, Any]:
    """The part about visits of the page of choices."""
    environ, said = request.environ, showing.described(context.academy)
    place = f"{_(SAID[tuple(said['places'])])} {_(LOOKED_UP, fewest=said['fewest_of_a_place'])}" if said["places"] else ""
    return {"visits": said, "place": place, "signalled": signalled(environ), "answer": choice.chosen(environ),
            "is_counted": choice.may_count(environ, context.academy), "here": back()}  # fmt: skip


@choices.get("/privacy/choices/visits", policy=anyone_uncached)
def about() -> Response:
    """What is noted of a visit, and how to leave no trace in the numbers."""
    return render("visits/about.html", **section())


@choices.post("/privacy/choices/visits", policy=anyone_uncached)
def choose() -> Response:
    """Count the visits of this browser, or count them no more."""
    wanted = request.form.get("counted", "")
    if wanted not in ("yes", "no"):
        raise Problem(422, _("This says neither yes nor no."), remedy=_("Go back and press one of the buttons."), code="no_choice")
    remember({choice.KEY: wanted == "yes"})
    return to(local(request.form.get("next", url_for(".about"))))


@own.get("/account/recent", policy=signed_in)
def pages() -> Response:
    """Pages that one has opened last, if they are remembered."""
    return render("visits/recent.html", pages=recent.pages_of(context.person), most=recent.MOST)


@own.post("/account/recent/clear", policy=signed_in)
def clear() -> Response:
    """Forget them."""
    recent.clear(context.person)
    return to(url_for(".pages"))


def go_on() -> dict[str, Any] | None:
    """ "Continue where you were", on the account's first page; nothing for those of whom nothing is remembered."""
    found = recent.pages_of(context.person, 3) if context.person is not None else []
    return {"pages": found} if found else None
