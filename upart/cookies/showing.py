# SPDX-License-Identifier: MIT
"""Cookies in words: what each is for, how long it stays, what has been chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request

from upart.context import context
from upart.cookies.choice import LASTS, OPTIONAL, Choice, read, signalled
from upart.cookies.inventory import CORE, Declared, inventory, offered, settable
from upart.cookies.signals import is_child
from upart.hooks.plugged import plugged
from upart.hooks.records import CookieCategory
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

CATEGORIES = {  # what people read: a name, and what they have of it
    CookieCategory.NECESSARY: ("Necessary", "What you asked for does not work without them."),
    CookieCategory.PREFERENCES: ("Preferences", "They remember how you like things here."),
    CookieCategory.MEASURE: ("Measuring", "They count how these pages are used."),
    CookieCategory.EMBED: ("Content from elsewhere", "Videos and the like are fetched from other sites, which then see your network address."),
}

PAGE = "/privacy/choices"
"""Where the same stands as a part of the page of choices."""

ORDER = [category.value for category in CookieCategory]


@dataclass(frozen=True, slots=True)
class Described:
    """A cookie in words. `owner` is "core" or a plugin's id, `does` what the person has of it, `lives` how long it stays."""

    name: str
    owner: str
    category: str
    does: str
    lives: str
    optional: bool

    @property
    def kind(self) -> str:
        """The name of its category."""
        return _(CATEGORIES[CookieCategory(self.category)][0])


@dataclass(frozen=True, slots=True)
class Group:
    """The optional cookies of one category, which are agreed to together."""

    category: str
    title: str
    sentence: str
    cookies: tuple[Described, ...]
    agreed: bool = False


def described(enabled: Collection[str] | None = None) -> list[Described]:
    """The cookies that the core and these plugins (those of the current academy, for None) may set; necessary ones first, else as they are declared."""
    found = settable(plugged(), context.academy) if enabled is None else inventory(plugged(), enabled)
    return sorted((_words(one) for one in found.values()), key=lambda one: (ORDER.index(one.category), one.owner != CORE))


def _words(one: Declared) -> Described:
    cookie, category = one.cookie, CookieCategory(one.cookie.category).value
    return Described(cookie.name, one.owner, category, _(cookie.purpose), span(cookie.lifetime), one.optional)


def span(lifetime: timedelta | None) -> str:
    """How long a cookie stays, in words."""
    if lifetime is None:
        return _("until the browser is closed")
    minutes = int(lifetime.total_seconds()) // 60
    if minutes < 120:
        return ngettext("%(num)s minute", "%(num)s minutes", max(minutes, 1))
    hours = minutes // 60
    return ngettext("%(num)s hour", "%(num)s hours", hours) if hours < 48 else ngettext("%(num)s day", "%(num)s days", lifetime.days)


def groups(choice: Choice | None = None) -> list[Group]:
    """The optional cookies by category, each with whether it is agreed to."""
    all_of = [one for one in described() if one.optional]
    despite = choice is not None and signalled(request.environ)
    found = []
    for category in OPTIONAL:
        cookies = tuple(one for one in all_of if one.category == category)
        title, sentence = CATEGORIES[CookieCategory(category)]
        if cookies:
            agreed = choice is not None and choice.says_yes(category, signalled=despite)
            found.append(Group(category, _(title), _(sentence), cookies, agreed))
    return found


def question() -> Mapping[str, Any] | None:
    """What a page asks about optional cookies, in the same words for everybody; None where nothing is to be asked.

    Whether it is seen is for the style sheet to say, which each browser gets for itself: so pages stay the same bytes.
    """
    if request.method not in ("GET", "HEAD") or request.path.startswith(PAGE) or not offered():
        return None
    return {"groups": groups(), "next": request.full_path.rstrip("?")}


def is_open() -> bool:
    """Has this browser still to be asked? Not if it has answered, nor if it signals that it does not want any, nor a child, who agrees to none."""
    return not signalled(request.environ) and _asks_more_than(read(request.environ)) and not is_child()


def _asks_more_than(choice: Choice) -> bool:
    return any(one.id not in choice.known for one in offered())


def back() -> str:
    """Where an answer on the page of choices leads: to the page it stands on, unless that opens by a mailed link alone."""
    return PAGE if "token" in request.values else request.path


def section() -> Mapping[str, Any]:
    """The part about cookies of the page of choices."""
    choice = read(request.environ)
    return {
        "necessary": [one for one in described() if not one.optional], "groups": groups(choice), "signalled": signalled(request.environ),
        "answered": None if _asks_more_than(choice) else choice.day, "days": LASTS.days, "next": back(), "child": is_child(),
    }  # fmt: skip
