# SPDX-License-Identifier: MIT
"""What is different between two sets of declarations, and which of it is material: people or the controller would want to know (design 2.5).

A set is plain data: kind ("column", "recipient", "cookie", "purpose", "decision", "store"), id, words. A new purpose, a longer
period, a third country are material; another wording is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from upart.privacy.widening import Rule, demanded, differs, dropped, grown, longer, never, opened, outlives, third

Words = Mapping[str, Any]
Declared = Mapping[str, Mapping[str, Words]]
"""Kind, id, words: {"cookie": {"quiz_level": {"category": "preferences", "lifetime": 86400.0, "purpose": "…"}}}."""

KINDS = ("column", "recipient", "cookie", "purpose", "decision", "store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: of which thing, in which of its words ("" where the whole thing came or went), and whether it is material.

    `holds` are the names of what is not used until somebody has agreed; empty where nothing can be held back. `title` is how people
    call the table of a column.
    """

    kind: str
    id: str
    word: str
    old: Any
    new: Any
    material: bool
    holds: tuple[str, ...] = ()
    title: str = ""

    def as_data(self) -> dict[str, Any]:
        """For `--json`, without what is held back."""
        return {name: value for name, value in asdict(self).items() if name not in ("holds", "title")}


RULES: dict[str, dict[str, Rule]] = {
    "column": {
        "category": differs, "purpose": differs, "basis": differs, "special_ground": differs, "retain": longer, "after": differs,
        "origin": differs, "controller": differs, "laws": grown, "recipients": opened, "needed": demanded, "secret": dropped,
        "never_share": dropped, "review": dropped, "interest": never,
    },
    "recipient": {"role": differs, "purpose": differs, "country": third, "categories": grown, "safeguard": never, "contract": never, "keeps": never},
    "cookie": {"category": differs, "lifetime": outlives, "purpose": never},
    "purpose": {"purpose": differs, "basis": differs, "version": differs, "channels": grown, "text": never},
    "decision": {"logic": never, "effect": never, "human": never},
    "store": {"recipient": differs},
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

PERIOD = ("retain", "after")
"""Words of a column that say how long: when they are wider, it is kept as long as before until somebody has agreed."""


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
            held = _held(kind, id, word, old, new) if material else ()
            yield Change(kind=kind, id=id, word=word, old=old, new=new, material=material, holds=held, title=str(now.get("title", "")))


def _held(kind: str, id: str, word: str, old: Any, new: Any) -> tuple[str, ...]:
    """What is not used because of a material change."""
    if word in HELD.get(kind, ()):
        return (f"{kind}:{id.partition(':')[0] if kind == 'column' else id}",)
    if kind == "recipient" and word == "categories":
        return tuple(f"recipient:{id}:{category}" for category in sorted(set(new) - set(old or ())))
    if kind == "column" and word in PERIOD:
        return (f"period:{id.partition(':')[0]}",)
    if kind == "column" and word in SHARED:
        return (f"shared:{id.partition(':')[0]}",)
    return ()
