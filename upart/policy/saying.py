# SPDX-License-Identifier: MIT
"""Differences in words: what was, what is, what that means; so that nobody has to compare two policies line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from upart.policy import held, others
from upart.policy.comparing import Change
from upart.policy.facts import Facts, Words
from upart.privacy.taxonomy import Basis
from upart.theming import wording
from upart.theming.differing import GONE, NEW, SAME, Segment, segments
from upart.theming.locales import gettext as _

__all__ = ["GONE", "NEW", "SAME", "Entry", "Segment", "declaration", "entries", "segments"]

TOUCHED: dict[str, str] = {
    "category": "more or other data", "purpose": "another reason", "basis": "another ground", "period": "a longer or other time", "source": "another source",
    "recipient": "another recipient", "third country": "a country outside of the European Economic Area", "cookie": "a cookie",
    "automated decision": "a decision of a machine", "controller": "somebody else is responsible",
}  # fmt: skip
"""What makes a change material, in words."""

LABELS: dict[str, str] = {
    "legal_name": "Who is responsible", "place": "Where they sit", "privacy_contact": "Where to write", "privacy_officer": "Data protection officer",
    "authority": "Where to complain", "policy_start": "Words of the academy at the beginning", "policy_held": "Words of the academy on what is kept",
    "policy_recipients": "Words of the academy on who receives data", "policy_rights": "Words of the academy on rights",
    "policy_end": "Words of the academy at the end",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One or several differences that are told in one sentence; `touched` says in words why they are material."""

    kind: str
    declarations: tuple[str, ...]
    segments: tuple[Segment, ...]
    touched: tuple[str, ...]
    sign: str
    plugin: str = ""

    @property
    def material(self) -> bool:
        """Would people want to know?"""
        return bool(self.touched)

    @property
    def plain(self) -> str:
        """As text: what goes in square brackets with a minus, what comes with a plus."""
        signs = {SAME: "%s", GONE: "[− %s]", NEW: "[+ %s]"}
        return " ".join(signs[one.what] % one.text.strip() for one in self.segments if one.text.strip())


def entries(found: Iterable[Change], old: Facts, new: Facts) -> list[Entry]:
    """The differences in words, material ones first; columns of one table that changed alike are one."""
    groups: dict[tuple[Any, ...], list[Change]] = {}
    for change in found:
        groups.setdefault(_group(change, old, new), []).append(change)
    made = [_entry(group, old, new) for group in groups.values()]
    return sorted(made, key=lambda entry: not entry.material)


def _group(change: Change, old: Facts, new: Facts) -> tuple[Any, ...]:
    if change.kind != "column":
        return change.kind, change.id
    words = _words(change, new) or _words(change, old) or {}
    return change.kind, words["plugin"], words["table"], change.word, repr(change.old) if change.word else change.old is None, change.word and repr(change.new)


def _words(change: Change, facts: Facts) -> Words | None:
    return facts.get(change.kind, {}).get(change.id)


def _entry(group: list[Change], old: Facts, new: Facts) -> Entry:
    first = group[0]
    before = [words for change in group if (words := _words(change, old)) is not None]
    after = [words for change in group if (words := _words(change, new)) is not None]
    tell = SAYS.get(first.kind, _text)
    was, now = (tell(first.id, first.word, words) if words else "" for words in (before, after))
    touched = dict.fromkeys(_(TOUCHED[change.why]) for change in group if change.why)
    sign = NEW if not before else GONE if not after else SAME
    ids = tuple(dict.fromkeys(declaration(first.kind, change.id) for change in group))
    return Entry(first.kind, ids, segments(was, now), tuple(touched), sign, str((after or before)[0].get("plugin", "")))


def declaration(kind: str, id: str) -> str:
    """The id of a thing as the sentences of the policy bear it."""
    if kind == "column":
        return id.partition(":")[0]
    return f"{ {'controller': 'setting', 'words': 'setting', 'purpose': 'consent'}.get(kind, kind) }.{id}"


def _column(id: str, word: str, columns: list[Words]) -> str:
    first, tell = columns[0], WORDS.get(word)
    title = _(first["title"])
    if tell is not None:
        return f"{title}: {tell(first)}"
    names = ", ".join(dict.fromkeys(held.says(words) for words in columns))
    purpose = wording.word(wording.PURPOSES, first["purpose"])
    given = ", ".join(dict.fromkeys(name for words in columns for name in words["recipients"]))
    said = {"title": title, "what": names, "purpose": purpose, "basis": held.basis(first), "period": held.period(first)}
    text = _("%(title)s: %(what)s, %(purpose)s. Ground: %(basis)s. Kept: %(period)s.", **said)
    return text + (" " + _("Given to: %(who)s.", who=given) if given else "")


def _yes(text: str, name: str) -> Callable[[Words], str]:
    return lambda words: _(text) if words[name] else _("no longer: %(what)s", what=_(text))


WORDS: dict[str, Callable[[Words], str]] = {
    "retain": lambda words: _("kept: %(period)s", period=held.period(words)), "after": lambda words: _("kept: %(period)s", period=held.period(words)),
    "basis": lambda words: _("ground: %(basis)s", basis=held.basis(words)), "interest": lambda words: _("ground: %(basis)s", basis=held.basis(words)),
    "special_ground": lambda words: _("ground: %(basis)s", basis=held.basis(words)),
    "purpose": lambda words: _("kept %(purpose)s", purpose=wording.word(wording.PURPOSES, words["purpose"])),
    "category": lambda words: f"{wording.column(words['column'])}: {held.says(words)}",
    "origin": lambda words: f"{wording.column(words['column'])}: {wording.origin(words['origin'])}",
    "needed": lambda words: f"{wording.column(words['column'])}: {wording.word(held.NEEDED, words['needed'])}",
    "laws": lambda words: "; ".join(wording.law(law) for law in words["laws"]) or _("no law keeps it longer"),
    "recipients": lambda words: _("given to: %(who)s", who=", ".join(words["recipients"]) or _("nobody")),
    "secret": _yes("kept secret, and in no copy", "secret"), "never_share": _yes("given to nobody unless you allow it, or a law asks for it", "never_share"),
    "title": lambda words: _("the name of this part"),
}  # fmt: skip
"""Words of a column, as they are told when they change."""


def _recipient(id: str, word: str, found: list[Words]) -> str:
    words = found[0]
    gets = ", ".join(wording.category(category) for category in words["categories"])
    return f"{id}: {others.task(words)}; {_('gets: %(what)s', what=gets) + '; ' if gets else ''}{others.where(words)}"


def _store(id: str, word: str, found: list[Words]) -> str:
    return others.store(id, found[0])


def _cookie(id: str, word: str, found: list[Words]) -> str:
    words = found[0]
    set_ = wording.word(others.COOKIES, words["category"])
    return _("Cookie %(name)s: %(does)s; lives: %(lives)s; %(set)s.", name=id, does=_(words["purpose"]), lives=others.lasting(words["lifetime"]), set=set_)


def _purpose(id: str, word: str, found: list[Words]) -> str:
    words = found[0]
    ways = ", ".join(wording.word(others.CHANNELS, channel) for channel in words["channels"])
    said = {"text": _(words["text"]), "purpose": _(wording.PURPOSES[words["purpose"]]), "ways": ways or "–"}
    is_asked = words["basis"] == Basis.CONSENT
    text = (
        _("Only if you wish it: %(text)s %(purpose)s; by: %(ways)s.", **said)
        if is_asked
        else _("Unless you switch it off: %(text)s %(purpose)s; by: %(ways)s.", **said)
    )
    return f"{text} {_('Text number %(n)s.', n=words['version'])}"


def _decision(id: str, word: str, found: list[Words]) -> str:
    words = found[0]
    return f"{_(id)}: {'; '.join(_(words[name]).rstrip('.') for name in ('logic', 'effect', 'human'))}."


def _text(id: str, word: str, found: list[Words]) -> str:
    words = found[0]
    said = str(words.get("value", words.get("text", "")))
    return f"{_(LABELS[id])}: {said or _('not stated')}" if id in LABELS else _(said)


SAYS: Mapping[str, Callable[[str, str, list[Words]], str]] = {
    "column": _column, "recipient": _recipient, "store": _store, "cookie": _cookie, "purpose": _purpose, "decision": _decision,
}  # fmt: skip
"""By kind: how a thing is told."""
