# SPDX-License-Identifier: MIT
"""What people choose about, and what is decided about them: consent purposes, cookies, automated decisions; all declared, and whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from itertools import chain
from types import NoneType
from typing import Any

from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.locks import is_held_back
from upart.hooks.plugged import plugged
from upart.hooks.records import CHANNELS, ConsentPurpose, Cookie, CookieCategory, Decision
from upart.privacy.taxonomy import MARKETING, Basis, Purpose

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A cookie's name (RFC 6265 section 4.1.1)."""

LONGEST = timedelta(days=400)
"""Browsers keep no cookie for longer (RFC 6265bis section 5.5)."""

BASES = (Basis.CONSENT, Basis.LEGITIMATE_INTEREST)

BY_CONSENT = (*MARKETING, Purpose.TRAIN_AI)
"""What nobody may be switched on to: it has to be asked for (directive 2002/58/EC art. 13(1))."""

MOST = 500
"""Characters of a text that people are to read before they agree."""

HOST_BOUND = ("__host-", "__secure-")
"""Prefixes of names that browsers judge by (RFC 6265bis section 4.1.3); they belong to an answer, not to a declaration."""

KINDS: tuple[tuple[str, str, type[Any] | tuple[type[Any], ...], str], ...] = (
    ("purposes", "key", str, 'Give a text: key="{id}.tips".'),
    ("purposes", "text", str, "Say in one sentence what a person agrees to."),
    ("purposes", "version", int, "Give a whole number: version=2."),
    ("purposes", "channels", (tuple, list), 'Give a tuple, with a comma at its end: channels=("email",).'),
    ("cookies", "name", str, 'Give a text: name="{id}_level".'),
    ("cookies", "purpose", str, "Say in purpose= what the person has of it."),
    ("cookies", "lifetime", (timedelta, NoneType), "Give a timedelta: lifetime=timedelta(days=30)."),
    ("decisions", "name", str, "Say in a few words what is decided."),
)
"""What each word has to be before it can be judged: attribute, word, class, remedy."""

Finding = tuple[str, str]
"""What is wrong, and what to do about it."""


def consent_purposes(enabled: Collection[str] | None = None) -> list[ConsentPurpose]:
    """Consent purposes of the core and of these plugins, by key, without what the current academy has not agreed to; of all healthy plugins, for None."""
    found = (one for plugin in _speaking(enabled) for one in plugin.purposes if enabled is None or not is_held_back("purpose", one.key))
    return sorted(found, key=lambda one: one.key)


def declared_cookies(enabled: Collection[str] | None = None) -> list[Cookie]:
    """Cookies of the core and of these plugins, by name, without what the current academy has not agreed to; of all healthy plugins, for None."""
    found = (one for plugin in _speaking(enabled) for one in plugin.cookies if enabled is None or not is_held_back("cookie", one.name))
    return sorted(found, key=lambda one: one.name)


def decisions(enabled: Collection[str] | None = None) -> list[Decision]:
    """Automated decisions of the core and of these plugins, by name; of all healthy plugins, for None."""
    return sorted((one for plugin in _speaking(enabled) for one in plugin.decisions), key=lambda one: one.name)


def _speaking(enabled: Collection[str] | None) -> list[Plugin]:
    known = plugged()
    return [*known.core, *(plugin for plugin in known.healthy() if enabled is None or plugin.id in enabled)]


def check_choices(plugin: Plugin, others: Iterable[Plugin]) -> None:
    """Raise PluginError for the first thing that is wrong with a plugin's purposes, cookies, decisions or settings."""
    others = [other for other in others if other is not plugin]
    for message, remedy in chain(_kinds(plugin), _doubled(plugin, others), _purposes(plugin), _cookies(plugin), _decisions(plugin)):
        raise PluginError(message, remedy=remedy)
    for settings in plugin.settings:
        settings.check(plugin.id)


def _kinds(plugin: Plugin) -> Iterator[Finding]:
    for attribute, word, kind, remedy in KINDS:
        for one in getattr(plugin, attribute):
            value = getattr(one, word)
            if not isinstance(value, kind):
                yield f"A {type(one).__name__} has {word}={value!r}, which is of type {type(value).__name__}.", remedy.format(id=plugin.id)


def _doubled(plugin: Plugin, others: list[Plugin]) -> Iterator[Finding]:
    for attribute, word, what in (("purposes", "key", "consent purpose"), ("cookies", "name", "cookie"), ("decisions", "name", "decision")):
        mine = [getattr(one, word) for one in getattr(plugin, attribute)]
        owners = {getattr(one, word): other.id for other in others for one in getattr(other, attribute)}
        for name in mine:
            if name in owners or mine.count(name) > 1:
                yield f"Its {what} '{name}' is declared by '{owners.get(name, plugin.id)}' already.", "Choose another name."


def _purposes(plugin: Plugin) -> Iterator[Finding]:
    for one in plugin.purposes:
        its = f"Its consent purpose '{one.key}'"
        if not KEY.fullmatch(one.key) or (plugin.manifest is not None and not one.key.startswith(f"{plugin.id}.")):
            yield f"{its} has a key that is not its own.", f'Begin it with the plugin\'s id: key="{plugin.id}.tips".'
        if not one.text.strip():
            yield f"{its} has no text.", "Say in one sentence what a person agrees to."
        if len(one.text) > MOST:
            yield f"{its} has a text of {len(one.text)} characters.", f"Say it in one sentence of up to {MOST}: people are to read it."
        if one.purpose not in list(Purpose):
            yield f"{its} has the purpose '{one.purpose}', which is unknown.", f"Choose one of: {', '.join(Purpose)}."
        if one.basis not in BASES:
            yield f"{its} has the basis '{one.basis}', about which nobody chooses.", "Basis.CONSENT, or Basis.LEGITIMATE_INTEREST for what can be switched off."
        if one.basis is not Basis.CONSENT and one.purpose in BY_CONSENT:
            yield f"{its} would go on for '{one.purpose}' until somebody says no.", "That has to be asked for: leave out basis=."
        if one.version < 1:
            yield f"{its} has the version {one.version}.", "Versions of a text begin with 1."
        if unknown := sorted(set(map(str, one.channels)) - set(CHANNELS)):
            yield f"{its} uses the channel '{unknown[0]}', which is unknown.", f"Channels are: {', '.join(CHANNELS)}."
        if len(set(one.channels)) < len(one.channels):
            yield f"{its} names a channel twice.", "Name each once."


def _cookies(plugin: Plugin) -> Iterator[Finding]:
    for one in plugin.cookies:
        its = f"Its cookie '{one.name}'"
        if one.name.lower().startswith(HOST_BOUND):
            yield f"{its} begins with a word for browsers.", f'Declare it as "{one.name.partition("-")[2]}"; behind TLS an answer may set it with "__Host-".'
        if not TOKEN.fullmatch(one.name):
            yield f"{its} has a name that no browser takes.", 'Use letters, digits and "_": name="quiz_level".'
        if one.category not in list(CookieCategory):
            yield f"{its} has the category '{one.category}', which is unknown.", f"Choose one of: {', '.join(CookieCategory)}."
        if not one.purpose.strip():
            yield f"{its} is not explained.", "Say in purpose= what the person has of it."
        if one.lifetime is not None and not timedelta() < one.lifetime <= LONGEST:
            yield f"{its} lives for {one.lifetime}.", f"Up to {LONGEST.days} days, or None: until the browser is closed."


def _decisions(plugin: Plugin) -> Iterator[Finding]:
    for one in plugin.decisions:
        for word in Decision.__slots__:
            if not getattr(one, word).strip():
                yield f"Its decision '{one.name}' does not say its {word}.", "Say the name, the logic, the effect, and how to ask a human (GDPR art. 22)."
