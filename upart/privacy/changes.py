# SPDX-License-Identifier: MIT
"""What is different between two sets of declarations, and which of it is material: people or the controller would want to know (design 2.5).

A set is plain data: kind ("column", "recipient", "cookie", "purpose", "decision", "store"), id, words. A new purpose, a longer
period, a third country are material; another wording is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from upart.privacy.countries import is_third

Words = Mapping[str, Any]
Declared = Mapping[str, Mapping[str, Words]]
"""Kind, id, words: {"cookie": {"quiz_level": {"category": "preferences", "lifetime": 86400.0, "purpose": "…"}}}."""

KINDS = ("column", "recipient", "cookie", "purpose", "decision", "store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: of which thing, in which of its words ("" where the whole thing came or went), and whether it is material.

    `holds` are the names of what is not used until somebody has agreed; empty where nothing can be held back.
    """

    kind: str
    id: str
    word: str
    old: Any
    new: Any
    material: bool
    holds: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """For `--json`, without what is held back."""
        return {name: value for name, value in asdict(self).items() if name != "holds"}


Rule = Callable[[Any, Any], bool]
"""Is it material that this word was the first and is the second?"""


def _differs(old: Any, new: Any) -> bool:
    return bool(old != new)


def _never(old: Any, new: Any) -> bool:
    return False


def _grown(old: Any, new: Any) -> bool:
    return bool(set(new or ()) - set(old or ()))


def _opened(old: Any, new: Any) -> bool:
    """A list of those to whom alone something may go: empty says nothing, so it is the widest."""
    return bool(old) and (not new or _grown(old, new))


def _dropped(old: Any, new: Any) -> bool:
    return bool(old) and not new


def _demanded(old: Any, new: Any) -> bool:
    return bool(old == "optional" != new)


def _third(old: Any, new: Any) -> bool:
    return bool(old != new) and is_third(str(new))


def _longer(old: Any, new: Any) -> bool:
    return bool(length(old) < length(new) or (length(old) == length(new) and str(old) != str(new) and "until" in str(new)))


def _outlives(old: Any, new: Any) -> bool:
    return (new or 0) > (old or 0)  # none: until the browser is closed


RULES: dict[str, dict[str, Rule]] = {
    "column": {
        "category": _differs, "purpose": _differs, "basis": _differs, "special_ground": _differs, "retain": _longer, "after": _differs,
        "origin": _differs, "controller": _differs, "laws": _grown, "recipients": _opened, "needed": _demanded, "secret": _dropped,
        "never_share": _dropped, "review": _dropped, "interest": _never,
    },
    "recipient": {"role": _differs, "purpose": _differs, "country": _third, "categories": _grown, "safeguard": _never, "contract": _never, "keeps": _never},
    "cookie": {"category": _differs, "lifetime": _outlives, "purpose": _never},
    "purpose": {"purpose": _differs, "basis": _differs, "version": _differs, "channels": _grown, "text": _never},
    "decision": {"logic": _never, "effect": _never, "human": _never},
    "store": {"recipient": _differs},
}  # fmt: skip
"""By kind and word: when a difference is material. The wording of a decision or a cookie may change, that there is one may not."""

NEW_IS_MATERIAL = {"column": True, "recipient": True, "cookie": True, "purpose": True, "decision": True, "store": False}

HELD: dict[str, tuple[str, ...]] = {
    "column": ("", "category", "origin", "controller"),
    "recipient": ("", "role", "purpose", "country"),
    "cookie": ("", "category", "lifetime"),
    "purpose": ("", "purpose", "basis", "version", "channels"),
}
"""By kind: differences because of which the thing itself is not used until somebody has agreed."""

SHARED = ("secret", "never_share", "review", "recipients")
"""Words of a column that say who gets it: when they are wider it does not go out until somebody has agreed."""


def changes(old: Declared, new: Declared) -> list[Change]:
    """What is different in `new`, by kind and id; nothing for equal declarations."""
    return [change for kind in KINDS for change in _of_kind(kind, old.get(kind, {}), new.get(kind, {}))]


def _of_kind(kind: str, old: Mapping[str, Words], new: Mapping[str, Words]) -> Iterator[Change]:
    for id in sorted({*old, *new}):
        was, now = old.get(id), new.get(id)
        if was is None:
            material = NEW_IS_MATERIAL[kind]
            yield Change(kind=kind, id=id, word="", old=None, new=dict(now or {}), material=material, holds=_held(kind, id, "", None, now))
        elif now is None:
            yield Change(kind=kind, id=id, word="", old=dict(was), new=None, material=False)
        else:
            yield from _words(kind, id, was, now)


def _words(kind: str, id: str, was: Words, now: Words) -> Iterator[Change]:
    for word, rule in RULES[kind].items():
        old, new = was.get(word), now.get(word)
        if old != new:
            material = rule(old, new)
            yield Change(kind=kind, id=id, word=word, old=old, new=new, material=material, holds=_held(kind, id, word, old, new) if material else ())


def _held(kind: str, id: str, word: str, old: Any, new: Any) -> tuple[str, ...]:
    """What is not used because of a material change."""
    if word in HELD.get(kind, ()):
        return (f"{kind}:{id.partition(':')[0] if kind == 'column' else id}",)
    if kind == "recipient" and word == "categories":
        return tuple(f"recipient:{id}:{category}" for category in sorted(set(new) - set(old or ())))
    if kind == "column" and word in SHARED:
        return (f"shared:{id.partition(':')[0]}",)
    return ()


def length(period: Any) -> float:
    """How long a declared period is, in days ("24 months", "30 days"); without an end in time it is infinite."""
    found = re.fullmatch(r"(\d+) (month|day)s?", str(period or ""))
    return int(found[1]) * (30.4375 if found[2] == "month" else 1) if found else float("inf") if period else 0


__all__ = ["KINDS", "Change", "Declared", "changes", "length"]
