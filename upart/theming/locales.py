# SPDX-License-Identifier: MIT
"""Words for people. English is the source language; catalogues of others join here."""

from __future__ import annotations

from typing import Any


def gettext(message: str, **values: Any) -> str:
    """The message in the page's language, with `%(name)s` filled in."""
    return message % values if values else message


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The singular or plural form for `number`, which is also available as `%(num)s`."""
    return (one if number == 1 else many) % {"num": number, **values}


def duration(minutes: int) -> str:
    """Minutes as "45 min" or "6 h 10 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(m)s min", m=rest)
    return gettext("%(h)s h %(m)s min", h=hours, m=rest) if rest else gettext("%(h)s h", h=hours)
