# SPDX-License-Identifier: MIT
"""What those outside have not been told, in words for the officer who tells them."""

from __future__ import annotations

from dataclasses import dataclass

from upart.rights.actions.dead_letters import DeadLetter, dead_letters
from upart.rights.models import RequestKind
from upart.rights.showing.officers import names_of
from upart.theming.locales import gettext as _

TELL: dict[str, str] = {
    "erase": "to delete what they have of this person", "access": "what they hold of this person, for a copy",
    "object": "to delete what they have of this person for the purpose that was objected to",
    "withdraw": "to delete what they have of this person on the consent that was withdrawn",
    "rectify": "what is right now about this person", "restrict": "not to use the data of this person", "lift": "that they may use the data again",
}  # fmt: skip
"""What has to be said, by the word of a dead letter."""


@dataclass(frozen=True, slots=True)
class Untold:
    """One line of the list; `can_be_told`: a copy must come from the store itself."""

    letter: DeadLetter
    who: tuple[str, ...]
    to: str
    what: str
    can_be_told: bool


def waiting() -> list[Untold]:
    """All of this academy, the oldest first."""
    found = dead_letters()
    names = names_of(one.person_id for one in found)
    return [_line(one, names.get(one.person_id, "")) for one in found]


def _line(one: DeadLetter, name: str) -> Untold:
    who = tuple(text for text in (name, *one.addresses) if text) or (_("Somebody who is gone"),)
    return Untold(one, who, one.recipient or one.store, _(TELL[one.what]), one.what != RequestKind.ACCESS)
