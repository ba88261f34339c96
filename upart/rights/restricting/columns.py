# SPDX-License-Identifier: MIT
"""Which columns are hidden of a restricted person, read off the declarations: for the session, which knows none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from upart.db.masks import DIGEST, Hidden
from upart.hooks.plugged import plugged
from upart.privacy.register import Register, TableEntry, category_of
from upart.privacy.taxonomy import Category, Purpose
from upart.privacy.words import Declaration

HIDDEN_KINDS = ("personal", "personal_json", "file", "snapshot", "copy", "sealed", "found_by")
"""Words whose columns say something about somebody. Links and keys stay: seats, sums and unique keys count on them."""

NEUTRAL: dict[str, str] = {Category.ID_NAME: "Somebody", Category.ID_USERNAME: "Somebody"}
"""What stands in the place of a text that must not be empty."""


def hidden() -> Mapping[str, tuple[Hidden, ...]]:
    """The hidden columns of every table that is loaded here."""
    return _hidden(_Known(plugged().register))


class _Known:
    """A register as a key: the same object gives the same columns."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def __hash__(self) -> int:
        return id(self.register)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.register is self.register


@lru_cache(64)
def _hidden(known: _Known) -> Mapping[str, tuple[Hidden, ...]]:
    found = {entry.table: tuple(_columns(entry, known.register)) for entry in known.register.tables.values() if entry.owned}
    return {table: columns for table, columns in found.items() if columns}


def ways_of(entry: TableEntry, register: Register, d: Declaration | None = None) -> tuple[str, ...]:
    """How rows of a table, or a column of them, are about people of the academy. A column that is about some of them is hidden for those alone."""
    paths = [path for path in entry.subjects if _ends_at(entry, path.via, register) == "person"]
    digests = (f"{DIGEST}{column.name}" for column, one in entry.declared() if one.kind == "found_by")
    return (*(path.via for path in paths if d is None or not d.about or path.role in d.about), *digests)


def _columns(entry: TableEntry, register: Register) -> Iterator[Hidden]:
    for column, d in entry.declared():
        ways = ways_of(entry, register, d)
        if d.kind in HIDDEN_KINDS and ways:
            yield Hidden(column.name, purpose_of(entry, d), ways, NEUTRAL.get(category_of(d, register), "…"))


def purpose_of(entry: TableEntry, d: Declaration | None = None) -> Purpose:
    """What a column, or a table, is held for; what says nothing is only stored."""
    processing = (d.processing if d is not None else None) or entry.processing
    return processing.purpose if processing is not None else Purpose.HOST


def _ends_at(entry: TableEntry, via: str, register: Register) -> str:
    step, _, rest = via.partition(".")
    if step == "id":
        return entry.table
    if rest and any(through.path == via for through in entry.through):
        return _ends_at(register.tables[step], rest, register)
    target = next(d.source for column, d in entry.declared() if column.name == step)
    return _ends_at(register.tables[target], rest, register) if rest else target
