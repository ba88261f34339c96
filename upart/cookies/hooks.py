# SPDX-License-Identifier: MIT
"""How cookies plug in."""

from __future__ import annotations

from upart.cookies.choice import LASTS, NAME
from upart.cookies.showing import section
from upart.cookies.views import choosing
from upart.hooks.records import Cookie, CookieCategory, Slot
from upart.hooks.routes import Blueprint
from upart.hooks.specs import hookimpl


@hookimpl
def upart_blueprints() -> list[Blueprint]:
    """Answering about optional cookies, and that the browser's signal is heard."""
    return [choosing]


@hookimpl
def upart_cookies() -> list[Cookie]:
    """What was chosen in this browser."""
    return [
        Cookie(name=NAME, category=CookieCategory.NECESSARY, lifetime=LASTS,
               purpose="Remembers what you have chosen about cookies and about being counted. It says your choices and the day, and nothing about you."),
    ]  # fmt: skip


@hookimpl
def upart_slots() -> list[Slot]:
    """Cookies on the page of choices."""
    return [Slot(name="privacy.choices", template="cookies/_choices.html", values=section, order=50)]
