# SPDX-License-Identifier: MIT
"""What a copy would become here: rows to make, files to take in, and for each table what stays out, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

THERE = "It is here already; what is here stays."
LINK = "It belongs to something that is not here."
OTHERS = "It needs somebody else, who is no part of this copy."
NOT_THEIRS = "It belongs to the academy that it comes from, not to you alone."
LACKS = "It lacks something that such a line must have here."
UNFIT = "A value in it is not of the kind that is held here."
NO_ID = "It has no id, or that of another line."
NO_FILE = "Its file is missing, or of a kind that is not taken here."

UNKNOWN = "Nothing here keeps lines of this kind."
OFF = "What keeps such lines is switched off here."
MADE_ANEW = "Each portal makes these lines itself; they are not taken over."
UNCHANGED = "What is known about you here stays as it is."


@dataclass(frozen=True, slots=True)
class FileOf:
    """Stands in a row for the id that a file of the copy gets when it is taken in."""

    id: UUID


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file of the copy that comes in with a row: which part it is, its name, the category of the column that links to it."""

    part: str
    name: str
    category: str
    size: int
    needed: bool


@dataclass
class Outcome:
    """What becomes of a table's rows. `why`: they all stay out; `left`: some do, by reason; `columns` are left out of every row."""

    plugin: str
    table: str
    title: str
    rows: int = 0
    fits: int = 0
    why: str = ""
    left: Counter[str] = field(default_factory=Counter)
    columns: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """All that a copy becomes here; nothing of it has happened. `person`: what it says of whom it is about."""

    academy: str
    created: datetime | None
    person: dict[str, Any] = field(default_factory=dict)
    tables: list[Outcome] = field(default_factory=list)
    rows: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    files: dict[UUID, WantedFile] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows come in."""
        return sum(len(rows) for _table, rows in self.rows)

    @property
    def bytes(self) -> int:
        """Bytes of the files that come in."""
        return sum(file.size for file in self.files.values())

    def as_data(self) -> dict[str, Any]:
        """For `upart rights import --json`."""
        tables = [
            {
                "plugin": one.plugin,
                "table": one.table,
                "rows": one.rows,
                "fits": one.fits,
                "why": one.why or None,
                "left": dict(one.left),
                "columns": one.columns,
            }
            for one in self.tables
        ]
        return {"from": self.academy, "created": self.created, "rows": self.count, "files": len(self.files), "bytes": self.bytes, "tables": tables}


def said_at(value: Any) -> datetime | None:
    """When a copy says that it was made."""
    try:
        return msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        return None
