# SPDX-License-Identifier: MIT
"""The parts of a portal as people see them: each plugin is one, and of the core each purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from upart.privacy.register import TableEntry
from upart.privacy.taxonomy import Purpose
from upart.theming.locales import gettext as _

CORE = "core"

PARTS: dict[Purpose, tuple[str, str]] = {
    Purpose.ACCOUNT: ("Account", "user"), Purpose.LEARN: ("Learning", "book-open"), Purpose.TEACH: ("Teaching", "graduation-cap"),
    Purpose.PAY: ("Payments", "credit-card"), Purpose.TAX: ("Taxes", "file-text"), Purpose.PUBLISH: ("What you publish", "globe"),
    Purpose.NOTIFY: ("Messages", "message-circle"), Purpose.CONTACT: ("Contact", "mail"), Purpose.SUPPORT: ("Support", "life-buoy"),
    Purpose.NEWSLETTER: ("Newsletter", "mail"), Purpose.WEBINAR: ("Webinars", "video"), Purpose.UPDATES: ("News", "bell"), Purpose.PROMOTE: ("Offers", "bell"),
    Purpose.MEASURE: ("Visits", "eye"), Purpose.PERSONALISE: ("Fitted to you", "user"), Purpose.REPORT: ("Reports", "file-text"),
    Purpose.AGE: ("Age", "calendar"),
    Purpose.HOST: ("Files", "paperclip"), Purpose.CLAIMS: ("Legal claims", "scale"), Purpose.FRAUD: ("Against fraud", "shield-check"),
    Purpose.SECURE: ("Safety", "shield-check"), Purpose.RIGHTS: ("Your rights", "scale"), Purpose.BACKUP: ("Backups", "archive"),
}  # fmt: skip
"""What a part of the core is called, and its icon; a plugin has the icon of its first purpose. In this order people see them."""

BACKGROUND = (Purpose.ACCOUNT, Purpose.SECURE, Purpose.FRAUD, Purpose.HOST, Purpose.RIGHTS, Purpose.CLAIMS, Purpose.BACKUP)
"""Purposes that nobody comes for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `key` tells it from others."""

    key: str
    title: str
    icon: str
    place: int


def purpose_of(entry: TableEntry) -> Purpose:
    """What a table is kept for; tables that hang on another one are there to store it."""
    return entry.processing.purpose if entry.processing else Purpose.HOST


def part_of(entry: TableEntry) -> Part:
    """The part to which a table belongs."""
    purpose = purpose_of(entry)
    title, icon = PARTS.get(purpose, ("Other", "folder"))
    place = list(PARTS).index(purpose) + 1 if purpose in PARTS else len(PARTS) + 1
    if entry.plugin == CORE:
        return Part(f"{CORE}-{purpose}", _(title), icon, 0 if purpose is Purpose.ACCOUNT else 100 + place)
    return Part(entry.plugin, entry.plugin.replace("_", " ").capitalize(), icon, place)


def by_part(entries: Iterable[TableEntry]) -> list[tuple[Part, list[TableEntry]]]:
    """Tables by their part: the account first, then the plugins, then what the core does besides."""
    found: dict[str, tuple[Part, list[TableEntry]]] = {}
    for entry in entries:
        part = part_of(entry)
        found.setdefault(part.key, (part, []))[1].append(entry)
    return sorted(found.values(), key=lambda one: (one[0].place, one[0].title))
