# SPDX-License-Identifier: MIT
"""What the opener does is said by tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upart.plugin import (
    Asset,
    Blueprint,
    Category,
    Cookie,
    CookieCategory,
    EventType,
    Manifest,
    Purpose,
    Recipient,
    RecipientRole,
    Slot,
    anyone,
    anyone_known,
    context,
    holds_nothing,
    hookimpl,
    render,
)

manifest = Manifest(id="opener", version="1.0", slots=("opener.aside",), privacy=holds_nothing("it keeps nothing"))
site = Blueprint("opener", __name__)

ACTS: dict[str, Callable[..., Any]] = {}
"""By opening: what happens there, else nothing."""

SLOTS = ("head.meta", "nav.main", "footer", "privacy.card", "manage.person.tab", "course.aside", "lesson.after", "manage.course.tab", "opener.aside")


def act(opening: str, *given: Any) -> Any:
    """Do what a test wants at this opening."""
    return ACTS[opening](*given) if opening in ACTS else None


@hookimpl
def upart_blueprints():
    return [site]


@hookimpl
def upart_slots():
    parts = [Slot(name=name, template="opener/part.html", values=lambda *about, name=name: {"name": name, "about": act(name, *about)}) for name in SLOTS]
    return [*parts, Slot(name="course.card.badge", template="opener/part.html", values=lambda rows: act("badges", rows))]


@hookimpl
def upart_recipients():
    return [Recipient(name="Player", role=RecipientRole.CONTROLLER, purpose=Purpose.LEARN, country="IE", categories=(Category.DEVICE_IP,))]


@hookimpl
def upart_cookies():
    return [Cookie(name="player", category=CookieCategory.EMBED, purpose="Lets films play.")]


@hookimpl
def upart_assets():
    return [
        Asset(path="own.js"),
        Asset(path="own.css", areas=("site",)),
        Asset(path="https://player.example/v1.js", recipient="Player", sources={"frame-src": ("https://frames.example",)}, integrity="sha384-aaaa"),
    ]


@hookimpl
def upart_events():
    return [EventType(name="opener.began", sentence="began"), EventType(name="opener.ended", sentence="ended")]


@hookimpl
def upart_academy_enabled(academy):
    act("enabled", academy)


@hookimpl
def upart_academy_disabled(academy):
    act("disabled", academy)


@hookimpl
def upart_authenticate(request, academy):
    return act("authenticate", request)


@hookimpl
def upart_commands(group):
    act("commands", group)


@site.get("/opener/", policy=anyone)
def page():
    return render("opener/page.html")


@site.get("/opener/who", policy=anyone_known)
def who():
    return context.person.name if context.person else "a visitor"
