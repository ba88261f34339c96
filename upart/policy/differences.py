# SPDX-License-Identifier: MIT
"""What is different between declarations, in words for whoever decides about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from upart.policy import wording
from upart.privacy.changes import Change
from upart.privacy.countries import is_third
from upart.privacy.taxonomy import Basis
from upart.theming.locales import gettext as _

KINDS = {"column": "Data", "recipient": "Recipient", "cookie": "Cookie", "purpose": "Choice", "decision": "Decision", "store": "Store"}

WORDS = {
    "category": "What it is", "purpose": "What for", "basis": "On what ground", "special_ground": "On what ground (art. 9)", "retain": "How long",
    "after": "Counted from", "origin": "Where it comes from", "controller": "Who decides", "laws": "Kept by law", "recipients": "Goes to these alone",
    "needed": "Must people give it", "secret": "Kept secret", "never_share": "Never shared", "review": "Looked at before it leaves",
    "interest": "Which interest",
    "role": "What they are", "country": "Where", "categories": "What they get", "safeguard": "What protects it there", "contract": "Contract",
    "keeps": "What they keep", "lifetime": "How long", "version": "Version of the text", "channels": "Ways", "text": "Text", "logic": "How it decides",
    "effect": "What follows", "human": "How to ask a human", "recipient": "Run by",
}  # fmt: skip
"""How a page calls the words of declarations; a cookie's purpose is what it is for, too."""

ORIGINS = {"provided": "people give it", "observed": "noted when the portal is used", "derived": "worked out here", "from_other": "somebody else gives it"}
NEEDED = {"contract": "yes, for the contract", "law": "yes, by law", "optional": "no"}
COOKIES = {"necessary": "necessary", "preferences": "settings", "measure": "counting visits", "embed": "contents of others"}
CHANNELS = {"email": "e-mail", "sms": "text message", "chat": "chat", "phone": "phone", "inbox": "inbox"}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: a badge, of what, a sentence for what came or went, or the old and the new words; `waits`: not used before somebody agrees."""

    mark: str
    badge: str
    title: str
    text: str = ""
    label: str = ""
    old: str = ""
    new: str = ""
    more: str = ""
    material: bool = False
    waits: bool = False


def lines(changes: Iterable[Change]) -> list[Line]:
    """What is different, columns together that are so in the same way."""
    together: dict[tuple[Any, ...], list[Change]] = {}
    for change in changes:
        together.setdefault(_key(change), []).append(change)
    return [_line(alike) for alike in together.values()]


def _key(change: Change) -> tuple[Any, ...]:
    """Differences with one key are said in one line: of a table, the columns held for the same reasons or changed in the same word."""
    if change.kind != "column":
        return change.kind, change.id, change.word
    table, said = change.id.partition(".")[0], change.new or change.old
    if change.word:
        return "column", table, change.word, str(change.old), str(change.new)
    return "column", table, change.old is None, *(said[word] for word in ("purpose", "basis", "retain", "after"))


def _line(alike: list[Change]) -> Line:
    first, waits = alike[0], any(change.holds for change in alike)
    badge, material = _(KINDS[first.kind]), any(change.material for change in alike)
    mark = "changed" if first.word else "gone" if first.new is None else "new"
    title = _title(first)
    if first.word:
        old, new = (say(first.kind, first.word, value) for value in (first.old, first.new))
        of = ", ".join(_column(change.id) for change in alike) if first.kind == "column" else ""
        return Line(mark, badge, title, label=_(WORDS[first.word]), old=old, new=new, more=of, material=material, waits=waits)
    text, more = SENTENCES[first.kind]([change.new or change.old for change in alike])
    return Line(mark, badge, title, text, more=more, material=material, waits=waits)


def _title(change: Change) -> str:
    if change.kind == "column":
        words: Mapping[str, Any] = change.new if isinstance(change.new, dict) else change.old if isinstance(change.old, dict) else {}
        title = words.get("title") or change.title
        return _(title) if title else wording.table(change.id.partition(".")[0])
    words = change.new or change.old
    if change.kind == "purpose" and isinstance(words, dict):
        return f"“{_(words['text'])}”"
    return str(change.id)


def _column(id: str) -> str:
    return id.partition(".")[2].partition(":")[0].removesuffix("_id").replace("_", " ")


def say(kind: str, word: str, value: Any) -> str:
    """One word of a declaration, for people."""
    if isinstance(value, list):
        return ", ".join(say(kind, {"categories": "category", "channels": "channel"}.get(word, word), one) for one in value) or _("nothing is said")
    if word == "purpose":
        return str(value) if kind == "cookie" else _(wording.purpose(str(value)))
    if word == "lifetime":
        return duration(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    spoken = {
        "category": COOKIES.get(str(value)) if kind == "cookie" else wording.category(str(value)), "basis": wording.basis(str(value)),
        "origin": ORIGINS.get(str(value)), "needed": NEEDED.get(str(value)), "country": wording.country(str(value)), "channel": CHANNELS.get(str(value)),
        "after": wording.AFTER.get(str(value)), "role": wording.recipient_role(str(value)), "laws": wording.law(str(value)),
    }  # fmt: skip
    return _(spoken.get(word) or str(value)) if value not in (None, "") else _("nothing is said")


def duration(seconds: float | None) -> str:
    """How long a cookie stays."""
    if seconds is None:
        return _("until the browser is closed")
    days = timedelta(seconds=seconds).days
    return _("%(n)s days", n=days) if days > 1 else _("one day") if days else _("%(n)s hours", n=max(1, round(seconds / 3600)))


def _data(alike: list[Any]) -> tuple[str, str]:
    first = alike[0]
    kinds = _each(_(wording.category(one["category"])) for one in alike if one["category"])
    people = _each(_(wording.people(role)) for one in alike for role in one.get("people", ()))
    what = _("Kept about %(people)s: %(kinds)s.", people=", ".join(people) or _("people"), kinds=", ".join(kinds) or _("the link to who it is"))
    if not first["purpose"]:
        return what, _("It goes together with what it belongs to.")
    how = {"purpose": say("column", "purpose", first["purpose"]), "basis": say("column", "basis", first["basis"]), "period": _period(first)}
    only = _each(name for one in alike for name in one["recipients"])
    more = _("Goes to nobody but: %(names)s.", names=", ".join(only)) if only else ""
    return f"{what} {_('For %(purpose)s; ground: %(basis)s; kept: %(period)s.', **how)}", more


def _period(words: Mapping[str, Any]) -> str:
    after = str(words["after"])
    if not after or str(words["retain"]).startswith("until"):
        return str(words["retain"])
    if after in wording.AFTER:
        return _("%(length)s after %(event)s", length=words["retain"], event=wording.AFTER[after])
    return _("%(length)s after: %(date)s", length=words["retain"], date=after.removesuffix("_at").replace("_", " "))


def _recipient(alike: list[Any]) -> tuple[str, str]:
    [one] = alike
    place = say("recipient", "country", one["country"]) + (_(" (outside the EU and the EEA)") if is_third(one["country"]) else "")
    gets = say("recipient", "categories", one["categories"])
    text = _("In %(place)s; %(role)s. Gets: %(gets)s. For %(purpose)s.", place=place, role=say("recipient", "role", one["role"]), gets=gets,
             purpose=say("recipient", "purpose", one["purpose"]))  # fmt: skip
    said = (("Contract: %(words)s.", one["contract"]), ("Protected there by: %(words)s.", one["safeguard"]), ("Keeps: %(words)s.", one["keeps"]))
    return text, " ".join(_(sentence, words=words) for sentence, words in said if words)


def _cookie(alike: list[Any]) -> tuple[str, str]:
    [one] = alike
    asked = "" if one["category"] == "necessary" else _("Set only for those who agree.")
    return f"{_(one['purpose'])} {_('Stays: %(length)s.', length=duration(one['lifetime']))}", asked


def _purpose(alike: list[Any]) -> tuple[str, str]:
    [one] = alike
    ways = say("purpose", "channels", one["channels"]) if one["channels"] else ""
    asked = one["basis"] == Basis.CONSENT
    text = _("A choice for everybody, off until they agree.") if asked else _("It happens to everybody who does not switch it off.")
    return text, _("Ways: %(ways)s.", ways=ways) if ways else ""


def _decision(alike: list[Any]) -> tuple[str, str]:
    [one] = alike
    text = _("A machine decides alone. How: %(logic)s What follows: %(effect)s", logic=_(one["logic"]), effect=_(one["effect"]))
    return text, _("Who wants a human: %(human)s", human=_(one["human"]))


def _store(alike: list[Any]) -> tuple[str, str]:
    [one] = alike
    run = _("Run by %(name)s.", name=one["recipient"]) if one["recipient"] else _("Run together with this portal.")
    return _("Data also lie in a store outside the database. %(run)s Requests of people reach it.", run=run), ""


SENTENCES = {"column": _data, "recipient": _recipient, "cookie": _cookie, "purpose": _purpose, "decision": _decision, "store": _store}


def unchanged(changes: Iterable[Change]) -> list[str]:
    """Kinds of which nothing is different."""
    found = {change.kind for change in changes}
    return [_(name) for kind, name in KINDS.items() if kind not in found and kind != "store"]


def _each(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def plain(found: Iterable[Line]) -> Iterator[str]:
    """The same as text, for a terminal."""
    for line in found:
        sign = {"new": "+", "gone": "-", "changed": "~"}[line.mark]
        said = line.text or f"{line.label}: {line.old} → {line.new}" + (f" ({line.more})" if line.more else "")
        yield f"{sign} {line.badge}: {line.title.rstrip('.')}. {said}" + (" [material]" if line.material else "") + (" [waits]" if line.waits else "")
