# SPDX-License-Identifier: MIT
"""The page of the choices: what can be chosen, where somebody stands, and all that they have decided until now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from upart.accounts.models import Person
from upart.consent.asking import asked_of
from upart.consent.folding import Decided, Key, age_here, band_of, history_of
from upart.consent.gate import MAIL
from upart.consent.guardians import pending_of
from upart.consent.models import Band, Choice
from upart.consent.purposes import NO_CHANNEL, OF_AGE, by_key, channels_of, offered
from upart.hooks.records import ConsentPurpose
from upart.privacy.taxonomy import Basis
from upart.theming.locales import gettext as _

CHANNELS = {
    "email": "by e-mail", "sms": "by SMS", "chat": "by chat", "phone": "by phone", "inbox": "in your inbox here", NO_CHANNEL: "Yes, I want this",
}  # fmt: skip
"""How the page says a channel."""

CHOICES = {Choice.GIVEN: "agreed", Choice.REFUSED: "refused", Choice.WITHDRAWN: "withdrawn", Choice.EXPIRED: "expired"}

SOURCES = {
    "page": "on the page of your choices", "mail": "by the link in a mail", "link": "on the page of a mailed link", "unsubscribe": "by stopping messages",
    "right": "by using a right", "age": "because you said how old you are", "guardian": "by a parent or guardian",
    "api": "by a program that acts for you", "ledger": "done again after a backup was put back",
}  # fmt: skip
"""How the page says where something was decided."""

WAITS = "We wrote to the parent or guardian whom you named. It begins once they have said yes. Was the address wrong? Give the right one below."

API = "api"
"""Source of what a program has said for somebody."""

AGES = {Band.CHILD: "younger than %(age)s", Band.YOUNG: "%(age)s to 17", Band.ADULT: "18 or older"}


@dataclass(frozen=True, slots=True)
class Box:
    """One purpose over one channel: a box to tick."""

    value: str
    label: str
    ticked: bool
    version: int


@dataclass(frozen=True, slots=True)
class Row:
    """One purpose with its boxes. `notes`: what has to be known of it now."""

    key: str
    title: str
    words: str
    boxes: Sequence[Box]
    notes: Sequence[str]
    closed: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history."""

    id: UUID
    at: datetime
    what: str
    channel: str
    choice: str
    source: str


@dataclass(frozen=True, slots=True)
class Page:
    """All of it. `ask_age`: the question has not been answered; `young`: it was, by somebody under 18. `always_asks`: all waits for a yes.

    `name_guardian`: somebody has to answer for them, and there is something to answer.
    """

    rows: Sequence[Row]
    history: Sequence[Past]
    ask_age: bool
    young: bool
    ages: Mapping[str, str]
    always_asks: bool
    name_guardian: bool


def page_of(person: Person | None, ticked: frozenset[str] | None = None, said: Band | None = None) -> Page:
    """The choices of somebody, or of an address that nobody is known by. `ticked`, `said`: what was sent and could not be saved stays."""
    history = history_of(person) if person is not None else []
    state = {(one.purpose, one.channel): one for one in history}
    band, asked = (band_of(person), asked_of(person)) if person is not None else (None, [])
    young = band in (Band.CHILD, Band.YOUNG)
    always_asks = all(one.basis is Basis.CONSENT for one in offered())
    pending = pending_of(person) if person is not None else set()
    rows = [_row(one, state, one.key in asked, young, ticked, pending) for one in offered()]
    child = (said or band) is Band.CHILD and any(one.purpose not in OF_AGE for one in offered())
    return Page(rows, [_past(one) for one in reversed(history)], band is None, young, ages(), always_asks, child)


def ages() -> dict[str, str]:
    """The answers to the question for the age, as the law of the academy's country divides them."""
    age = age_here()
    return {band.value: _(words, age=age) if "%" in words else _(words) for band, words in AGES.items()}


def is_on(one: ConsentPurpose, last: Decided | None) -> bool:
    """Does it stand as wanted?"""
    return last.stands is Choice.GIVEN if last is not None else one.basis is not Basis.CONSENT


def value_of(key: Key) -> str:
    """How a box names its purpose and channel."""
    return f"{key[0]}|{key[1]}"


def _row(one: ConsentPurpose, state: Mapping[Key, Decided], asked: bool, young: bool, ticked: frozenset[str] | None, pending: set[Key]) -> Row:
    title, colon, words = _(one.text).partition(":")
    closed = young and one.purpose in OF_AGE
    boxes = []
    for channel in channels_of(one):
        value = value_of((one.key, channel))
        on = is_on(one, state.get((one.key, channel))) or (one.key, channel) in pending if ticked is None else value in ticked
        boxes.append(Box(value, _(CHANNELS[channel]), (on or (asked and channel == MAIL)) and not closed, one.version))
    lapsed = any(last.stands is Choice.EXPIRED for (key, _channel), last in state.items() if key == one.key)
    notes = [
        *([_("Only for people who are 18 or older.")] if closed else []),
        *([_(WAITS)] if any(key == one.key for key, _channel in pending) else []),
        *([_("We mailed you a link. Nothing is sent before you have opened it and said yes.")] if asked else []),
        *([_("Your earlier yes counts no longer, because what it means has changed. Read it again, and choose.")] if lapsed and not closed else []),
    ]
    basis = "" if one.basis is Basis.CONSENT else _("Goes on until you say no.")
    return Row(one.key, title, f"{words.strip()[:1].upper()}{words.strip()[1:]}" if colon else "", boxes, notes, closed, basis)


def _past(one: Decided) -> Past:
    known = by_key(one.purpose)
    what = _(known.text).partition(":")[0] if known is not None else one.purpose
    label = _(CHANNELS.get(one.channel, "")) if one.channel else ""
    return Past(one.id, one.at, what, label, _(CHOICES[one.choice]), _(SOURCES.get(one.source, "")))
