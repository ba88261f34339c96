# SPDX-License-Identifier: MIT
"""The inventory: every cookie that an academy's pages may set, each with whoever declares it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from upart.context import CurrentAcademy, context
from upart.hooks.loaded import Plugins
from upart.hooks.plugged import plugged
from upart.hooks.records import Cookie, CookieCategory

CORE = "core"
PREFIX = "__Host-"
"""What stands before a name behind TLS: browsers then keep the cookie for this host alone (RFC 6265bis section 4.1.3.2)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A cookie and its owner: "core" or a plugin's id."""

    cookie: Cookie
    owner: str

    @property
    def optional(self) -> bool:
        """Does it wait for consent?"""
        return self.cookie.category != CookieCategory.NECESSARY

    @property
    def id(self) -> str:
        """What people are asked about, in six digits: another purpose, category or lifetime is another question."""
        one = self.cookie
        words = "\n".join((one.name, CookieCategory(one.category).value, one.purpose, str(one.lifetime)))
        return hashlib.sha256(words.encode()).hexdigest()[:6]


def inventory(plugins: Plugins, enabled: Collection[str]) -> dict[str, Declared]:
    """What core and enabled plugins may set, by name."""
    return {
        cookie.name: Declared(cookie, plugin.id) for plugin in plugins.everything() if plugin.id == CORE or plugin.id in enabled for cookie in plugin.cookies
    }


def settable(plugins: Plugins, academy: CurrentAcademy) -> dict[str, Declared]:
    """What an academy's pages may set, by name: nothing that an upgrade has added and the academy has not agreed to."""
    return {name: one for name, one in inventory(plugins, academy.plugins).items() if f"cookie:{name}" not in academy.held_back}


def offered() -> list[Declared]:
    """The optional cookies of the current academy, about which everybody is asked."""
    return [one for one in settable(plugged(), context.academy).values() if one.optional]


def owner_of(plugins: Plugins, name: str) -> str:
    """Which installed plugin declares this name, wherever it is enabled; "" for a name that nobody declares."""
    return next((plugin.id for plugin in plugins.everything() if any(cookie.name == name for cookie in plugin.cookies)), "")


def bare(name: str) -> str:
    """The declared name of a cookie, without what stands before it behind TLS."""
    return name.removeprefix(PREFIX)
