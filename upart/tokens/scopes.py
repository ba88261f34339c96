# SPDX-License-Identifier: MIT
"""What a program may be allowed to do, in words for whoever allows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from upart.api.registry import registered
from upart.theming.locales import gettext as _


@dataclass(frozen=True, slots=True)
class Scope:
    """`name` is plugin, resource, and "read" or "write"; the sentence says to its owner what goes on."""

    name: str
    sentence: str

    @property
    def changes(self) -> bool:
        """May something be changed with it?"""
        return self.name.endswith(":write")


CLOSED = "core:tokens"
"""No program is allowed this: no token makes another."""

SAID = {
    "core:academy:read": "See what this academy is called",
    "core:me:read": "See your name, e-mail address, roles and time zone",
    "core:consents:read": "See what you have agreed to",
    "core:consents:write": "Say yes or no for you to news and the like",
    "core:rights-requests:read": "See your requests about your data",
    "core:rights-requests:write": "Ask for a copy of your data; the link to it is mailed to you",
    "core:webhooks:read": "Read webhooks and what they were told",
    "core:webhooks:write": "Set up and change webhooks",
    "core:holdings:read": "See how much this academy holds about you, in numbers",
    "core:search:read": "Search what you may read",
    "core:files:read": "See the media library, if you may",
    "core:files:write": "Send files into the media library, change and remove them, as far as you may",
}
"""Scopes of the core in words of their own; those of plugins name their resources."""


def offered() -> tuple[Scope, ...]:
    """All that can be allowed at this academy, what reads before what changes."""
    reads, writes = _names()
    said = [Scope(f"{scope}:read", _(SAID.get(f"{scope}:read", "")) or _("Read %(what)s", what=", ".join(names))) for scope, names in reads.items()]
    said += [Scope(f"{scope}:write", _(SAID.get(f"{scope}:write", "")) or _("Change %(what)s", what=", ".join(names))) for scope, names in writes.items()]
    return tuple(sorted(said, key=lambda one: (one.changes, one.name)))


def _names() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The resources behind each scope: those that can be read, and those that can be changed."""
    reads: dict[str, list[str]] = {}
    writes: dict[str, list[str]] = {}
    for name, (_owner, one) in registered().items():
        if one.scope == CLOSED:
            continue
        if one.model is not None or one.gets is not None or one.lists is not None:
            reads.setdefault(one.scope, []).append(name.replace("-", " "))
        if one.creates or one.updates or one.deletes or one.verbs:
            writes.setdefault(one.scope, []).append(name.replace("-", " "))
    return reads, writes


def words(names: Iterable[str]) -> list[Scope]:
    """What these names mean here, in the reader's language. A name that nobody offers any more opens nothing, and is left out."""
    wanted = frozenset(names)
    return [Scope(one.name, _(one.sentence)) for one in offered() if one.name in wanted]


def unknown(names: Iterable[str]) -> list[str]:
    """Those that nothing here is called."""
    known = {one.name for one in offered()}
    return sorted(set(names) - known)
