# SPDX-License-Identifier: MIT
"""Policies and their versions as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Row, func, select

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import session
from upart.hooks.matters import Matter
from upart.policy import publishing
from upart.policy.comparing import lapsing, new_processors
from upart.policy.models import PolicyVersion
from upart.policy.saying import GONE, NEW, Entry
from upart.policy.versions import Standing, standing
from upart.theming import wording
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

PUBLISH = "policy.publish"
"""Permission: see what would be published, and publish it."""

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What languages call themselves."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that stands above a policy: kind of notice, icon, words, and differences below them. `link` leads further."""

    kind: str
    icon: str
    title: str
    text: str
    entries: tuple[Entry, ...] = ()
    added: str = ""
    removed: str = ""


def told(kind: str, icon: str, title: str, text: str, entries: Iterable[Entry] = ()) -> Told:
    """With the words by which differences are told apart without colour."""
    return Told(kind, icon, title, text, tuple(entries), _("new:"), _("no longer:"))


def banner(found: Standing, entries: list[Entry]) -> Told | None:
    """What a visitor must know beside the policy: that none is published yet, or what is different since."""
    if found.version is None:
        unnamed = " ".join(one.what for one in found.missing)
        text = _("This is what the software has declared here today. It is put together anew each time, and changes with it.")
        return told("info", "info", _("The academy has not published this policy yet."), f"{text} {unnamed}".strip())
    if not entries:
        return None
    text = _("Until the academy publishes the next version, this holds as well:")
    return told("warn", "triangle-alert", _("Something is different since version %(number)s.", number=found.version.number), text, entries)


def news(entries: list[Entry], number: int) -> Told | None:
    """What was new in a version."""
    title = _("What was new in version %(number)s", number=number)
    return told("info", "history", title, "", entries) if entries else None


def head(version: PolicyVersion | None, newest: int | None) -> list[str]:
    """Which version this is, and since when; `newest` is given for pages of single versions."""
    if version is None:
        return [_("Not published yet")]
    since = _("Version %(number)s, published on %(day)s", number=version.number, day=wording.day(version.published_at.date()))
    old = [_("a newer version is in force")] if newest is not None and newest > version.number else []
    return [since, *old]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list."""

    number: int
    published_at: Any
    weight: str
    kind: str
    differences: int


def version_lines(rows: Iterable[Row[Any]]) -> list[VersionLine]:
    """Versions in words."""
    return [VersionLine(row.number, row.published_at, *_weight(row.number, row.material), len(row.found)) for row in rows]


def _weight(number: int, material: bool) -> tuple[str, str]:
    if number == 1:
        return _("the first"), ""
    return (_("important changes"), "warn") if material else (_("small changes"), "")


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A difference on the page of staff: badge with icon, what it means, what follows."""

    entry: Entry
    badge: str
    icon: str
    kind: str
    means: str
    follows: tuple[str, str]


def lines_of(entries: list[Entry], found: Standing) -> list[DeskLine]:
    """Differences as staff weigh them."""
    waiting, ends = set(new_processors(found.changes)), set(lapsing(found.changes, found.facts))
    return [DeskLine(entry, *_badge(entry), _means(entry), _follows(entry, waiting, ends)) for entry in entries]


def _badge(entry: Entry) -> tuple[str, str, str]:
    if entry.material:
        return _("Material"), "triangle-alert", "warn"
    if entry.sign == GONE:
        return _("Gone"), "x", ""
    return (_("New"), "plus", "info") if entry.sign == NEW else (_("Small"), "pencil-line", "")


def _means(entry: Entry) -> str:
    source = _("From: %(plugin)s.", plugin=wording.sentence(entry.plugin.replace("_", " "))) if entry.plugin else ""
    if entry.material:
        return f"{_('Material, because it is: %(what)s.', what=', '.join(entry.touched))} {source}".strip()
    less = (
        _("Nobody is told by mail: less or the same is done with data.") if entry.sign != NEW else _("Nobody is told by mail: it was said in this way already.")
    )
    return f"{less} {source}".strip()


def _follows(entry: Entry, waiting: set[str], ends: set[str]) -> tuple[str, str]:
    name = entry.declarations[0].partition(".")[2]
    if entry.kind == "recipient" and name in waiting:
        day = wording.day((clock.now() + publishing.NOTICE).date())
        return _("Gets nothing before %(day)s", day=day), _("A new company that works for you is announced 30 days ahead.")
    if entry.kind == "purpose" and name in ends:
        return _("Consents to it end"), _("Whoever agreed is asked again on their page, not by mail.")
    if entry.material:
        return _("Everybody is told by mail"), _("when you publish it.")
    return _("Nothing else follows"), ""


def counts(found: Standing) -> dict[str, Any]:
    """Numbers on the page of staff: people who would be told, what stays as it was."""
    changed = {(change.kind, change.id) for change in found.changes}
    same = {kind: sum((kind, id) not in changed for id in words) for kind, words in found.facts.items()}
    said = [
        ngettext("one thing that is kept", "%(num)s things that are kept", same["column"]), ngettext("one recipient", "%(num)s recipients", same["recipient"]),
        ngettext("one cookie", "%(num)s cookies", same["cookie"]),
    ]  # fmt: skip
    people = session.scalar(select(func.count(Person.id))) or 0
    return {"people": people if found.material else 0, "same": ", ".join(said), "lapsing": lapsing(found.changes, found.facts) if found.version else []}


def today() -> Iterator[Matter]:
    """For the staff's first page: that nothing is published yet, or that something is different since."""
    found = standing(context.academy, kept=True)
    if found.version is not None and not found.changes:
        return
    if found.version is None:
        title, missing = _("The privacy policy is not published"), len(found.missing)
        ready = _("It is ready: read it, then publish it.")
        text = ngettext("One thing must be named first.", "%(num)s things must be named first.", missing) if missing else ready
    else:
        title = _("Something is different since version %(number)s of the privacy policy", number=found.version.number)
        itself = _("None of it is material; it is published by itself within the hour.")
        text = _("Some of it is material and waits for you.") if found.material else itself
    kind = "warn" if found.material or found.missing else "info"
    verb = _("Fill in") if found.missing else _("Publish") if found.material or found.version is None else _("Read it")
    yield Matter(
        title=title, text=text, icon="scroll-text", kind=kind, url=url_for("policies.current"), verb=verb, label=_("%(verb)s: the privacy policy", verb=verb)
    )
