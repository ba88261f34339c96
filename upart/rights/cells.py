# SPDX-License-Identifier: MIT
"""One stored value as a person reads it; private ones only after the password was given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from upart.privacy.register import TableEntry
from upart.rights.engine.reading import SOMEBODY, YOU, Shown
from upart.theming.locales import gettext as _

LONGEST = 2000
"""Characters of one value that a page shows; the copy holds it whole."""

ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
WORDS = {True: "yes", False: "no", YOU: "you", SOMEBODY: "somebody else"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value for a template: `kind` is "text", "time" (then `value` is an instant), "none" or "hidden"."""

    kind: str
    value: Any = None


NOTHING, HIDDEN = Cell("none"), Cell("hidden")


def readable(columns: Iterable[Shown], entry: TableEntry) -> list[Shown]:
    """Columns that say something to people: no keys; who the person is to the row only where it may be somebody else."""
    left_out = ("key", "any_link", *(("subject",) if len(entry.subjects) < 2 else ()))
    return [shown for shown in columns if shown.kind not in left_out]


def cell(shown: Shown, value: Any, *, fresh: bool, names: Mapping[UUID, str] | None = None) -> Cell:
    """What a page shows of a column's value. `names` are those of the rows that a link leads to."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if shown.private and not fresh:
        return HIDDEN
    if isinstance(value, datetime):
        return Cell("time", value)
    if isinstance(value, UUID):
        return Cell("text", names[value]) if names and value in names else NOTHING
    text = _text(value)
    return Cell("text", _cut(text)) if text else NOTHING


def _text(value: Any) -> str:
    if isinstance(value, bool) or value in (YOU, SOMEBODY):
        return _(WORDS[value])
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _("%(n)s bytes", n=len(value))
    if isinstance(value, Mapping | list):
        return "; ".join(_inside(value, ""))
    return str(value)


def _inside(value: Any, at: str) -> Iterator[str]:
    """The parts of a JSON value, each with its path; ids of rows say nothing to people."""
    if isinstance(value, list) and not any(isinstance(part, Mapping | list) for part in value):
        yield f"{at}: {', '.join(map(str, value))}" if at else ", ".join(map(str, value))
    elif isinstance(value, Mapping | list):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for name, part in parts:
            yield from _inside(part, f"{at} {name}".strip())
    elif not ID.fullmatch(str(value)):
        yield f"{at}: {value}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else _("%(text)s … (the copy holds it whole)", text=text[:LONGEST])
