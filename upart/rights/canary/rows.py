# SPDX-License-Identifier: MIT
"""What the check has planted: made-up people, rows, and marks, each of which stands in one place of one row only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from upart.context import CurrentAcademy
from upart.privacy.register import TableEntry

MARK = re.compile(r"kit\d{6}x")
"""How a mark looks: no two are alike, none is part of another."""

Place = tuple[str, UUID | None, UUID]
"""Where a row is: table, academy, id."""


@dataclass(frozen=True, slots=True, eq=False)
class Party:
    """Somebody made up, as one academy knows them; `account_id` is the same human's everywhere."""

    name: str
    academy: CurrentAcademy
    person_id: UUID
    account_id: UUID
    addresses: tuple[str, ...]

    def id_in(self, people: str) -> UUID:
        """Who this is in a table of people."""
        return self.person_id if people == "person" else self.account_id

    @property
    def ids(self) -> frozenset[str]:
        """Their ids, as text."""
        return frozenset((str(self.person_id), str(self.account_id)))


@dataclass(slots=True, eq=False)
class Row:
    """One planted row: who it is about by each way, whose each column is, and which marks stand in it."""

    entry: TableEntry
    academy_id: UUID | None
    id: UUID
    values: dict[str, Any] = field(default_factory=dict)
    people: dict[str, tuple[Party, ...]] = field(default_factory=dict)
    owners: dict[str, frozenset[Party]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    """Mark: column, or column and path."""
    targets: dict[str, Row] = field(default_factory=dict)
    """Rows that this one links to, by column."""

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.entry.table, self.academy_id, self.id

    def about(self, party: Party) -> list[str]:
        """The ways by which it is about this party."""
        return [via for via, parties in self.people.items() if party in parties]


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that is not as declared: where, what, and what to do."""

    plugin: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"Plugin '{self.plugin}', {self.where}: {self.what} {self.remedy}"


def anew(rows: Iterable[Row]) -> list[Row]:
    """Rows of one's own, to be changed; they link to each other as these do."""
    made = {id(row): replace(row, people=dict(row.people)) for row in rows}
    for row in made.values():
        row.targets = {column: made[id(target)] for column, target in row.targets.items()}
    return list(made.values())


def marks_in(text: str | bytes) -> set[str]:
    """All marks in a text or in bytes."""
    return set(MARK.findall(text if isinstance(text, str) else text.decode("latin-1")))


def wrong(entry: TableEntry, column: str, what: str, remedy: str) -> Breach:
    """A breach in a table, or in a column of it."""
    return Breach(entry.plugin, f"{entry.table}.{column}" if column else entry.table, what, remedy)


def different(breaches: Iterable[Breach]) -> Iterator[Breach]:
    """Each once."""
    said: set[str] = set()
    for breach in breaches:
        if str(breach) not in said:
            said.add(str(breach))
            yield breach
