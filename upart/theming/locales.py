# SPDX-License-Identifier: MIT
"""Words for people. English is the source language; catalogues of others join here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from markupsafe import Markup

from upart.context import context
from upart.db.masks import Instant

ENGLISH = "en"
"""The source language: what stands in the code."""

FOLDER = "words"
"""Folder of a package with its catalogues: "words/de.json" maps each English text, singular or plural, to its German."""

_catalogues: dict[str, dict[str, str]] = {ENGLISH: {}}
_spoken: ContextVar[str] = ContextVar("upart_language", default="")


def load(folders: Iterable[Path]) -> None:
    """Take in the catalogues of these packages; of two words for one text the first counts."""
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.json")):
            known = _catalogues.setdefault(path.stem, {})
            _catalogues[path.stem] = {**json.loads(path.read_text(encoding="utf-8")), **known}


def languages() -> list[str]:
    """The languages that are spoken here, English first."""
    return [ENGLISH, *sorted(set(_catalogues) - {ENGLISH})]


def spoken() -> str:
    """The language that is spoken now: what `speaking` says, else the academy's own; outside of one English."""
    chosen, here = _spoken.get(), context.academy_or_none
    return chosen or (str(here.settings.get("language") or ENGLISH) if here is not None else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say things in this language within the block; what its catalogue lacks stays English, as does all in a language without one."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, **values: Any) -> str:
    """The message in the language that is spoken, with `%(name)s` filled in."""
    words = _catalogues.get(spoken(), _catalogues[ENGLISH]).get(message, message)
    return words % values if values else words


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The singular or plural form for `number`, which is also available as `%(num)s`."""
    return gettext(one if number == 1 else many, num=number, **values)


@lru_cache(1)
def zones() -> dict[str, str]:
    """IANA time zones by city, so that typing its first letters finds it: "Vienna, Europe"."""
    parts = {name: name.replace("_", " ").split("/") for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    cities = {name: ", ".join(reversed(words)) for name, words in parts.items()}
    return {"UTC": "UTC", **dict(sorted(cities.items(), key=lambda item: item[1]))}


@lru_cache(1024)
def duration(minutes: int) -> str:
    """Minutes as "45 min" or "6 h 10 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(m)s min", m=rest)
    return gettext("%(h)s h %(m)s min", h=hours, m=rest) if rest else gettext("%(h)s h", h=hours)


def when(instant: datetime, zone: str = "") -> Markup:
    """An instant with its zone, "24 Nov 2026, 18:05 Vienna", as a <time> element; in the acting person's zone, else UTC."""
    if isinstance(instant, Instant):
        return HIDDEN
    local, name = _local(instant, zone)
    return _TIME.format(instant.astimezone(UTC).isoformat(timespec="seconds"), f"{_dated(local)}, {local:%H:%M} {name}")


def day(instant: datetime, zone: str = "") -> Markup:
    """The day of an instant, "24 Nov 2026", as a <time> element; in the acting person's zone, else UTC."""
    if isinstance(instant, Instant):
        return HIDDEN
    local, _ = _local(instant, zone)
    return _TIME.format(local.date().isoformat(), _dated(local))


def _dated(local: datetime) -> str:
    return gettext("%(day)s %(month)s %(year)s", day=local.day, month=gettext(f"{local:%b}"), year=local.year)


HIDDEN = Markup("…")
_TIME = Markup('<time datetime="{}">{}</time>')


def _local(instant: datetime, zone: str) -> tuple[datetime, str]:
    """The instant in a zone, and what that is called: its city, which stays true when clocks change, or its abbreviation."""
    person = context.person
    chosen = zone or (person.zone if person is not None else "UTC")
    try:
        local = instant.astimezone(ZoneInfo(chosen))
    except (ZoneInfoNotFoundError, ValueError):
        return instant.astimezone(UTC), "UTC"
    area, _, city = chosen.rpartition("/")
    return local, city.replace("_", " ") if area and area != "Etc" else str(local.tzname())


_marked = lru_cache(4096)(Markup)


def _filled(message: str, values: dict[str, Any]) -> Markup:
    if all(type(value) is int for value in values.values()):
        return Markup(message % values)  # noqa: S704 - numbers need no escaping, and escaping costs 5 us
    return _marked(message) % values


def _template_gettext(message: str, **values: Any) -> Markup:
    return _filled(gettext(message), values) if values else _marked(gettext(message))


def _template_ngettext(one: str, many: str, number: int, **values: Any) -> Markup:
    return _filled(gettext(one) if number == 1 else gettext(many), {"num": number, **values})


TEMPLATE_WORDS = {"_": _template_gettext, "gettext": _template_gettext, "ngettext": _template_ngettext}
"""The same for templates: the message is ours and so safe, what is filled in is escaped."""
