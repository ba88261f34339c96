# SPDX-License-Identifier: MIT
"""What people choose about, and what is decided about them: consent purposes, cookies, automated decisions; all declared, and whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.locks import is_held_back
from upart.hooks.plugged import plugged
from upart.hooks.records import CHANNELS, ConsentPurpose, Cookie, CookieCategory, Decision
from upart.privacy.taxonomy import Basis, Purpose

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A cookie's name (RFC 6265 section 4.1.1)."""

LONGEST = timedelta(days=400)
"""Browsers keep no cookie for longer (RFC 6265bis section 5.5)."""

BASES = (Basis.CONSENT, Basis.LEGITIMATE_INTEREST)

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
    """Raise PluginError for the first thing that is wrong with a plugin's purposes, cookies or decisions."""
    for found in (*_doubled(plugin, [other for other in others if other is not plugin]), *_purposes(plugin), *_cookies(plugin), *_decisions(plugin)):
        message, remedy = found
        raise PluginError(message, remedy=remedy)


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
        if one.purpose not in list(Purpose):
            yield f"{its} has the purpose '{one.purpose}', which is unknown.", f"Choose one of: {', '.join(Purpose)}."
        if one.basis not in BASES:
            yield f"{its} has the basis '{one.basis}', about which nobody chooses.", "Basis.CONSENT, or Basis.LEGITIMATE_INTEREST for what can be switched off."
        if one.version < 1:
            yield f"{its} has the version {one.version}.", "Versions of a text begin with 1."
        if unknown := sorted(set(one.channels) - set(CHANNELS)):
            yield f"{its} uses the channel '{unknown[0]}', which is unknown.", f"Channels are: {', '.join(CHANNELS)}."


def _cookies(plugin: Plugin) -> Iterator[Finding]:
    for one in plugin.cookies:
        its = f"Its cookie '{one.name}'"
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
