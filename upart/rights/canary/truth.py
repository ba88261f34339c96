# SPDX-License-Identifier: MIT
"""The declarations as the check reads them: in which ways a row can be about somebody, and what should become of it.

Written apart from the engine on purpose: whoever checks must not look through the eyes of the one who is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from upart.privacy.register import ColumnEntry, Register, TableEntry
from upart.privacy.taxonomy import ErasePolicy, OnErase
from upart.privacy.words import Declaration

DATA = ("personal", "personal_json", "snapshot", "copy", "sealed", "file")
"""Words whose columns hold something about somebody."""


@dataclass(frozen=True, slots=True)
class Examined:
    """How much was looked at: tables, columns, planted rows, marks in them."""

    tables: int
    columns: int
    rows: int
    marks: int


def counted(entries: Sequence[TableEntry], rows: Sequence[Any]) -> Examined:
    """How much there is to look at in rows that were planted into these tables."""
    columns = sum(d.kind in DATA for entry in entries for _, d in entry.declared())
    return Examined(len(entries), columns, len(rows), sum(len(row.marks) for row in rows))


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a row of a table can be about somebody.

    `via` is the path ("learner_id", "answer_id.learner_id", "quizbank_member.person_id"); `kind` is "subject" (the row's own
    column), "chain", "through", "self" (a row of people), "found" (by a pseudonym) or "object" (an any_link to people);
    `people` is the table of people at its end, `many` whether several stand there.
    """

    via: str
    kind: str
    role: str
    people: str
    policy: ErasePolicy
    many: bool = False

    @property
    def column(self) -> str:
        """The row's own column in which the way begins; of no meaning for "through"."""
        return self.via.partition(".")[0]


class Truth:
    """A register, asked by the check."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def entry(self, table: str) -> TableEntry:
        """The declarations of a table."""
        return self.register.tables[table]

    def examined(self, plugin: str) -> list[TableEntry]:
        """The tables of one owner that can hold something about people."""
        return [entry for entry in self.register.of(plugin) if entry.is_personal or self.ways(entry)]

    def ways(self, entry: TableEntry) -> list[Way]:
        """All ways in which a row of this table can be about somebody."""
        found = [self._way(entry, path.via, path.role) for path in entry.subjects]
        for column, d in entry.declared():
            if d.kind == "found_by":
                found.append(Way(column.name, "found", "found", "person" if entry.owned else "account", d.on_erase or OnErase.DELETE))
            if d.kind == "any_link":
                found.append(Way(column.name, "object", "object", "person" if entry.owned else "account", OnErase.UNLINK))
        return found

    def _way(self, entry: TableEntry, via: str, role: str) -> Way:
        if via == "id":
            return Way(via, "self", role, entry.table, OnErase.DELETE)
        for through in entry.through:
            if through.path == via:
                link, _, column = via.partition(".")
                return Way(via, "through", role, self.declaration(self.entry(link), column).source, through.on_erase, many=True)
        step, _, rest = via.partition(".")
        own = self.declaration(entry, step)
        if not rest:
            return Way(via, "subject", role, own.source, own.on_erase or OnErase.DELETE)
        further = self._way(self.entry(own.source), rest, role)
        return Way(via, "chain", role, further.people, further.policy, further.many)

    def declaration(self, entry: TableEntry, column: str) -> Declaration:
        """What a column declares."""
        return next(d for c, d in entry.declared() if c.name == column)

    def back_link(self, link: TableEntry, to: TableEntry) -> str:
        """The column of a link table that leads to the row with many people behind it."""
        return next(column.name for column, d in link.declared() if d.kind == "ref" and d.source == to.table)

    def category(self, d: Declaration) -> str:
        """The category of a column; a copy or snapshot has that of what it was taken from."""
        if d.kind not in ("copy", "snapshot"):
            return d.category
        table, _, column = d.source.partition(".")
        return self.declaration(self.entry(table), column).category

    def is_wall(self, entry: TableEntry, column: ColumnEntry, d: Declaration) -> bool:
        """Keys of the wall, and links from an academy's row to the platform's: they never come out."""
        beyond = d.kind in ("ref", "subject") and entry.owned and not self.entry(d.source).owned
        return column.name == "academy_id" or beyond
