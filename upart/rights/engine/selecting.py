# SPDX-License-Identifier: MIT
"""A part of what is held about somebody: what rests on one purpose and some legal bases, and what cannot be without it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from upart.privacy.register import PEOPLE, ColumnEntry, TableEntry
from upart.privacy.taxonomy import Basis, Purpose
from upart.privacy.words import BLANKED, Declaration, Processing
from upart.rights.engine.holdings import Holdings


@dataclass(frozen=True, slots=True)
class Selection:
    """Tables whose rows go or stay as declared, and of other tables the columns that are emptied."""

    tables: set[str] = field(default_factory=set)
    columns: dict[str, set[str]] = field(default_factory=dict)

    def __contains__(self, table: str) -> bool:
        """Is something of this table in it?"""
        return table in self.tables or table in self.columns


def resting_on(held: Holdings, purpose: Purpose, bases: Collection[Basis]) -> Selection:
    """What is kept for this purpose on one of these bases alone, with what hangs on it and what was copied from it."""
    selected = Selection()
    for entry in held.register.tables.values():
        rests = {column.name for column, d in _about_people(entry) if _is(d.processing or entry.processing, purpose, bases)}
        rest = {column.name for column, _d in _about_people(entry)} - rests
        if entry.table not in PEOPLE and _is(entry.processing, purpose, bases) and not rest:
            selected.tables.add(entry.table)
        elif rests and entry.table not in PEOPLE:
            selected.columns[entry.table] = rests
        elif own := {column.name for column, d in _about_people(entry) if d.processing is not None and column.name in rests}:
            selected.columns[entry.table] = own
    while _widened(held, selected):
        continue
    return selected


def purposes_on(held: Holdings, bases: Collection[Basis]) -> Iterator[Purpose]:
    """The purposes for which something is kept on one of these bases."""
    entries = held.register.tables.values()
    known = [made for entry in entries for made in (entry.processing, *(d.processing for _column, d in entry.declared()))]
    return (purpose for purpose in Purpose if any(_is(made, purpose, bases) for made in known))


def _about_people(entry: TableEntry) -> Iterator[tuple[ColumnEntry, Declaration]]:
    return ((column, d) for column, d in entry.declared() if d.kind in BLANKED)


def _is(made: Processing | None, purpose: Purpose, bases: Collection[Basis]) -> bool:
    return made is not None and made.purpose is purpose and made.basis in bases


def _widened(held: Holdings, selected: Selection) -> bool:
    """Add tables whose rows cannot be without selected ones, and copies of what is selected; False once nothing is missing."""
    missing = [entry for entry in held.register.tables.values() if entry.table not in selected.tables and entry.table not in PEOPLE]
    for entry in missing:
        if any(_hangs(entry, column, d) and d.source in selected.tables for column, d in entry.declared()):
            selected.tables.add(entry.table)
            selected.columns.pop(entry.table, None)
            return True
        for column, d in entry.declared():
            if d.kind in ("copy", "snapshot") and _is_selected(selected, d.source) and column.name not in selected.columns.get(entry.table, ()):
                if column.nullable or d.has_blank:
                    selected.columns.setdefault(entry.table, set()).add(column.name)
                else:
                    selected.tables.add(entry.table)
                    selected.columns.pop(entry.table, None)
                return True
    return False


def _hangs(entry: TableEntry, column: ColumnEntry, d: Declaration) -> bool:
    """Is the row about people by this link alone, and gone without what it leads to?"""
    leads = any(path.via.startswith(f"{column.name}.") for path in entry.subjects)
    return d.kind == "ref" and leads and (d.follows or not column.nullable)


def _is_selected(selected: Selection, source: str) -> bool:
    table, _, column = source.partition(".")
    return table in selected.tables or column in selected.columns.get(table, ())
