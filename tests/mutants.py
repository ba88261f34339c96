# SPDX-License-Identifier: MIT
"""Wrong declarations: each of a register with one word of one column changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from upart.privacy.register import ColumnEntry, Register, TableEntry, connected
from upart.privacy.taxonomy import OnErase
from upart.privacy.words import Declaration

NOTHING = Declaration(kind="not_personal", why="wrong")


@dataclass(frozen=True)
class Mutant:
    """A register that is wrong in one place."""

    kind: str
    name: str
    register: Register


def _plain(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.kind in ("personal", "personal_json", "file", "snapshot", "copy"):
        yield NOTHING


def _unlinked(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.kind in ("subject", "found_by", "any_link"):
        yield NOTHING


def _about(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    for role in sorted({path.role for path in entry.subjects}):
        if d.about and (role,) != d.about:
            yield replace(d, about=(role,))


def _delete_to_unlink(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.on_erase is not None and d.on_erase.act == "delete":
        yield replace(d, on_erase=OnErase.UNLINK)


def _unlink_to_delete(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.on_erase is not None and d.on_erase.act == "unlink":
        yield replace(d, on_erase=OnErase.DELETE)


def _last(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.on_erase is not None and d.on_erase.last:
        yield replace(d, on_erase=OnErase.UNLINK)


def _kept(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.on_erase is not None and d.on_erase.act == "keep":
        yield replace(d, on_erase=OnErase.DELETE)
        if d.kind == "subject":
            yield replace(d, on_erase=OnErase.UNLINK)
            yield replace(d, on_erase=OnErase.KEEP(law=d.on_erase.law, document=not d.on_erase.document))


def _secret(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.secret:
        yield replace(d, secret=False)


def _review(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    if d.review:
        yield replace(d, review=False)


def _paths(entry: TableEntry, c: ColumnEntry, d: Declaration) -> Iterator[Declaration]:
    for path in d.paths:
        yield replace(d, paths={one: category for one, category in d.paths.items() if one != path})


CHANGES: tuple[tuple[str, Callable[[TableEntry, ColumnEntry, Declaration], Iterator[Declaration]]], ...] = (
    ("personal to not_personal", _plain), ("subject to not_personal", _unlinked), ("about swapped", _about), ("DELETE to UNLINK", _delete_to_unlink),
    ("UNLINK to DELETE", _unlink_to_delete), ("last= dropped", _last), ("KEEP changed", _kept), ("secret dropped", _secret), ("review dropped", _review),
    ("JSON path removed", _paths),
)  # fmt: skip


def mutants(register: Register, owner: str) -> Iterator[Mutant]:
    """All wrong registers of the tables of one owner."""
    for entry in register.of(owner):
        for kind, change in CHANGES:
            for column, d in entry.declared():
                for number, wrong in enumerate(change(entry, column, d)):
                    columns = tuple(replace(c, declaration=wrong) if c is column else c for c in entry.columns)
                    yield _mutant(kind, f"{entry.table}.{column.name} {kind} {number}", register, replace(entry, columns=columns))
        for number, through in enumerate(entry.through):
            other = OnErase.UNLINK if through.on_erase.last else OnErase.UNLINK(last=OnErase.DELETE)
            wrong_way = replace(entry, through=(*entry.through[:number], replace(through, on_erase=other), *entry.through[number + 1 :]))
            yield _mutant("last= dropped", f"{entry.table} through {through.path}", register, wrong_way)


def _mutant(kind: str, name: str, register: Register, entry: TableEntry) -> Mutant:
    return Mutant(kind, name, connected({**register.tables, entry.table: entry}.values()))
