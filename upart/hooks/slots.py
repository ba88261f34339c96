# SPDX-License-Identifier: MIT
"""Slots: named places on pages that plugins may fill. The core opens some, plugins open others, and no two open the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from upart.errors import PluginError
from upart.hooks.loaded import Plugin

CORE_SLOTS: dict[str, str] = {
    "head.meta": "the head of each page of the site: `<meta>` and `<link>`",
    "nav.main": "after the main navigation of the site, once for wide pages and once for the menu of phones: `<a>` without an id",
    "footer": "at the foot of each page of the site: a paragraph or a `<nav>` with a label",
    "home.section": "the landing page: a `<section>` as wide as the page",
    "account.card": "the first page of one's account: a `<section>`",
    "privacy.card": 'the page of what is held about somebody: a `<section class="card">`',
    "privacy.choices": "the page of choices: a `<section>` with a form of its own",
    "manage.today": "the staff's first page, below what needs a human: an `<li>`",
    "manage.person.tab": "the staff's page of one person, `values(person)`: an `<a>` to a page of the plugin",
}
"""Those that the core opens, each with the page and what stands there."""

FORESEEN: dict[str, str] = {
    "course.card.badge": 'a course in a list, `values(courses)` for all of the page at once: a `<span class="badge">`',
    "course.aside": 'beside a course, `values(course)`: a `<section class="card">`',
    "lesson.after": "below the text of a lesson, `values(lesson)`: a `<section>`",
    "class.aside": 'beside a live class, `values(class)`: a `<section class="card">`',
    "checkout.before_pay": "before somebody pays, `values(order)`: a `<section>`",
    "profile.section": "a published profile, `values(profile)`: a `<section>`",
    "manage.course.tab": "the tabs of a course that somebody writes, `values(course)`: an `<a>` to a page of the plugin",
}
"""Those whose names are given to plugins that came with UPART: whoever fills one shows nothing where that plugin is not."""

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def check_slots(plugin: Plugin, others: Iterable[Plugin]) -> None:
    """Raise PluginError for a slot that a plugin opens and cannot have, and for one that it fills and that nobody opens."""
    others = [other for other in others if other is not plugin]
    opened = {name: other.id for other in others for name in _opened(other)}
    for name in _opened(plugin):
        if not NAME.fullmatch(name) or not (name in FORESEEN or name.startswith(f"{plugin.id}.")):
            raise PluginError(f"It opens a slot '{name}', a name that is not its own.", remedy=f'Begin it with the plugin\'s id: "{plugin.id}.aside".')
        if name in opened:
            raise PluginError(f"It opens the slot '{name}', which '{opened[name]}' opens already.", remedy="Choose another name.")
    needed = plugin.manifest.requires if plugin.manifest else {}
    known = {*CORE_SLOTS, *FORESEEN, *_opened(plugin), *(name for name, owner in opened.items() if owner in needed)}
    for slot in plugin.slots:
        if slot.name not in known:
            raise PluginError(f"It fills the slot '{slot.name}', which does not exist.", remedy=_remedy(slot.name, opened, known))


def _opened(plugin: Plugin) -> tuple[str, ...]:
    return plugin.manifest.slots if plugin.manifest else ()


def _remedy(name: str, opened: dict[str, str], known: set[str]) -> str:
    if owner := opened.get(name):
        return f'It is opened by \'{owner}\': name that in the manifest, requires={{"{owner}": ">=1"}}.'
    return f"Slots are: {', '.join(sorted(known))}."
