# SPDX-License-Identifier: MIT
"""What a program may be allowed to do, in words for whoever allows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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


OWN = (Scope("core:me:read", "See your name, e-mail address, roles and time zone"),)
"""Of the core's own resources."""


def offered() -> tuple[Scope, ...]:
    """All that can be allowed at this academy, what reads before what changes."""
    return tuple(sorted(OWN, key=lambda one: (one.changes, one.name)))


def words(names: Iterable[str]) -> list[Scope]:
    """What these names mean here, in the reader's language. A name that nobody offers any more opens nothing, and is left out."""
    wanted = frozenset(names)
    return [Scope(one.name, _(one.sentence)) for one in offered() if one.name in wanted]


def unknown(names: Iterable[str]) -> list[str]:
    """Those that nothing here is called."""
    known = {one.name for one in offered()}
    return sorted(set(names) - known)
