# SPDX-License-Identifier: MIT
"""Those outside who receive personal data: who they are, and whether what is said of them is whole (GDPR art. 13, 26, 28, 44)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from upart.errors import PluginError
from upart.hooks.loaded import Plugin
from upart.hooks.plugged import plugged
from upart.hooks.records import Recipient, RecipientRole
from upart.privacy.countries import COUNTRIES, is_third
from upart.privacy.register import Register
from upart.privacy.taxonomy import Category, Purpose


def recipients() -> list[Recipient]:
    """All that core and healthy plugins have declared, by name."""
    return sorted((one for plugin in plugged().everything() for one in plugin.recipients), key=lambda one: one.name)


def recipient_named(name: str) -> Recipient | None:
    """The declared recipient of this name, or None."""
    return next((one for one in recipients() if one.name == name), None)


def check_recipients(plugin: Plugin, others: Iterable[Plugin], register: Register) -> None:
    """Raise PluginError for the first thing that is wrong with a plugin's recipients, or with the names by which it speaks of some."""
    known = {one.name: other for other in others if other is not plugin for one in other.recipients}
    for found in (*_doubled(plugin, known), *_wrong(plugin), *_unknown(plugin, {*known, *(one.name for one in plugin.recipients)}, register)):
        message, remedy = found
        raise PluginError(message, remedy=remedy)


Finding = tuple[str, str]
"""What is wrong, and what to do about it."""


def _doubled(plugin: Plugin, known: dict[str, Plugin]) -> Iterator[Finding]:
    seen: set[str] = set()
    for one in plugin.recipients:
        if one.name in seen or one.name in known:
            owner = known[one.name].id if one.name in known else plugin.id
            yield f"It declares the recipient '{one.name}', which '{owner}' has declared.", f'Say in the name what it does here: "{one.name} (invoices)".'
        seen.add(one.name)


def _wrong(plugin: Plugin) -> Iterator[Finding]:
    for one in plugin.recipients:
        for finding in _faults(one):
            yield f"Its recipient '{one.name}' {finding[0]}", finding[1]


def _faults(one: Recipient) -> Iterator[Finding]:
    if not one.name.strip():
        yield "has no name.", "Say who it is, as people read it."
    for word, given, kind in (("role", one.role, RecipientRole), ("purpose", one.purpose, Purpose)):
        if given not in list(kind):
            yield f"has the {word} '{given}', which is unknown.", f"Choose one of: {', '.join(kind)}."
    for category in one.categories:
        if category not in list(Category):
            yield f"gets the category '{category}', which is unknown.", "Choose among upart.plugin.Category."
    if not one.categories:
        yield "gets no category of data.", "Name in categories= what may go there; whoever gets nothing is no recipient."
    if one.country not in COUNTRIES:
        yield f"is in the country '{one.country}', which is unknown.", 'Write the code of ISO 3166-1: "DE".'
    elif is_third(one.country) and not one.safeguard.strip():
        yield (
            f"is in a third country ({COUNTRIES[one.country]}) without a safeguard.",
            'Add safeguard="adequacy decision …" or "standard contractual clauses …".',
        )
    if one.role != RecipientRole.CONTROLLER and not one.contract.strip():
        yield f"is a {one.role} without a contract.", 'Name what binds it: contract="order processing of 1 March 2026" (GDPR art. 26, 28).'


def _unknown(plugin: Plugin, names: set[str], register: Register) -> Iterator[Finding]:
    used = [(f"store '{store.name}'", store.recipient) for store in plugin.stores if store.recipient]
    for entry in register.of(plugin.id):
        used += [(entry.table, name) for name in (entry.processing.recipients if entry.processing is not None else ())]
        used += [(f"{entry.table}.{column.name}", name) for column, d in entry.declared() for name in d.recipients]
        used += [(f"{entry.table}.{c.name}", name) for c, d in entry.declared() if d.processing is not None for name in d.processing.recipients]
    for place, name in used:
        if name not in names:
            yield f"Its {place} names the recipient '{name}', which nobody has declared.", f'Give Recipient(name="{name}", …) in upart_recipients().'
