# SPDX-License-Identifier: MIT
"""What is different between two sets of facts, and what of it is material, so that people are told (design 2.5).

New or wider: category, purpose, basis, period, source, recipient, cookie, automated decision, third country, controller. Other words are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from upart.policy.facts import KINDS, Facts, Words
from upart.privacy.countries import is_third
from upart.privacy.widening import Rule, differs, dropped, grown, longer, outlives, third


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: of which thing, in which of its words ("" where the whole thing came or went); `why` names what makes it material."""

    kind: str
    id: str
    word: str
    old: Any
    new: Any
    why: str = ""

    @property
    def material(self) -> bool:
        """Would people want to know?"""
        return bool(self.why)

    def as_data(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "material": self.material}


RULES: dict[str, dict[str, tuple[str, Rule]]] = {
    "controller": {"value": ("controller", differs)},
    "column": {
        "category": ("category", differs), "purpose": ("purpose", differs), "basis": ("basis", differs), "special_ground": ("basis", differs),
        "retain": ("period", longer), "after": ("period", differs), "laws": ("period", grown), "origin": ("source", differs),
        "recipients": ("recipient", grown), "secret": ("category", dropped), "never_share": ("recipient", dropped),
    },
    "recipient": {
        "role": ("recipient", differs), "purpose": ("purpose", differs), "country": ("third country", third), "categories": ("category", grown),
        "task": ("recipient", differs),
    },
    "store": {"recipient": ("recipient", differs)},
    "purpose": {"purpose": ("purpose", differs), "basis": ("basis", differs), "version": ("purpose", differs), "channels": ("purpose", grown)},
    "cookie": {"category": ("cookie", differs), "lifetime": ("cookie", outlives)},
    "visits": {"text": ("source", differs), "days": ("period", outlives), "months": ("period", outlives)},
    "decision": {"logic": ("automated decision", differs), "effect": ("automated decision", differs)},
    "words": {},
}  # fmt: skip
"""By kind and word: what a difference touches, and when it is material. Words that are not named here never are."""

NAMES_CONTROLLER = ("legal_name",)
GIVEN = ("declaration", "webhook")
"""What makes recipients known to whom the portal itself gives data; machines and their hosts hold what lies there anyway."""

"""Settings that say who the controller is; the others say how to reach them."""

NEW: dict[str, str] = {
    "recipient": "recipient", "purpose": "purpose", "cookie": "cookie", "visits": "source", "decision": "automated decision",
}  # fmt: skip
"""What a thing touches that was not there before. A column may say what is said of others already: see `_new_column`."""


def changes(old: Facts, new: Facts) -> list[Change]:
    """What is different in `new`, by kind and id; nothing for equal facts."""
    kinds = [*KINDS, *sorted({*old, *new} - set(KINDS))]
    return [change for kind in kinds for change in _of_kind(kind, old.get(kind, {}), new.get(kind, {}))]


def _of_kind(kind: str, old: Mapping[str, Words], new: Mapping[str, Words]) -> Iterator[Change]:
    for id in sorted({*old, *new}):
        was, now = old.get(id), new.get(id)
        if was is None and now is not None:
            why = _new_column(now, old) if kind == "column" else _new_recipient(now) if kind == "recipient" else NEW.get(kind, "")
            yield Change(kind=kind, id=id, word="", old=None, new=now, why=why)
        elif was is not None and now is None:
            yield Change(kind=kind, id=id, word="", old=was, new=None)
        elif was is not None and now is not None:
            yield from _of_words(kind, id, was, now)


def _of_words(kind: str, id: str, was: Words, now: Words) -> Iterator[Change]:
    rules = RULES.get(kind, {})
    for word in sorted({*was, *now}):
        old, new = was.get(word), now.get(word)
        if old != new:
            touched, rule = rules.get(word, ("", differs))
            is_name = kind != "controller" or id in NAMES_CONTROLLER
            yield Change(kind=kind, id=id, word=word, old=old, new=new, why=touched if touched and is_name and rule(old, new) else "")


def _new_recipient(now: Words) -> str:
    return "third country" if now["country"] and is_third(now["country"]) else "recipient"


def _new_column(now: Words, old: Mapping[str, Words]) -> str:
    """What a further column brings that was not said of this plugin before: a category for this purpose, a basis, a source, a longer period."""
    before = [words for words in old.values() if words["plugin"] == now["plugin"]]
    for names in (("purpose",), ("category", "purpose"), ("basis", "purpose"), ("origin", "category")):
        if not any(all(words[name] == now[name] for name in names) for words in before):
            return "source" if names[0] == "origin" else names[0]
    like = [words for words in before if (words["category"], words["purpose"]) == (now["category"], now["purpose"])]
    if any(grown(words["laws"], now["laws"]) for words in like) and not any(set(now["laws"]) <= set(words["laws"]) for words in like):
        return "period"
    if all(longer(words["retain"], now["retain"]) for words in like):
        return "period"
    known = {name for words in like for name in words["recipients"]}
    return "recipient" if set(now["recipients"]) - known else ""


def new_processors(found: list[Change]) -> list[str]:
    """Processors among these changes to whom the portal itself gives data: they are announced before anything goes to them (art. 28(2))."""
    added = [one for one in found if one.kind == "recipient" and one.old is None]
    return [one.id for one in added if one.new["known_by"] in GIVEN and one.new["role"] == "processor"]


def lapsing(found: list[Change], new: Facts) -> list[str]:
    """Keys of consents that these changes end: whose text, data or controller is another now (art. 4(11): nobody agreed to that)."""
    purposes = new.get("purpose", {})
    if any(one.kind == "controller" and one.material for one in found):
        return sorted(purposes)
    keys = {one.id for one in found if one.kind == "purpose" and one.word in ("version", "purpose") and one.id in purposes}
    data = {(one.new or {}).get("purpose") if not one.word else _words_of(new, one).get("purpose") for one in found if one.kind == "column" and one.material}
    return sorted(keys | {key for key, words in purposes.items() if words["purpose"] in data})


def _words_of(new: Facts, one: Change) -> Words:
    return new[one.kind][one.id]
