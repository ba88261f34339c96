# SPDX-License-Identifier: MIT
"""What an erasure has left, row by row and column by column, beside what it should have left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from upart.rights.canary.foreseen import Foreseen, Rows
from upart.rights.canary.planting import BYTES, WRITTEN
from upart.rights.canary.rows import Breach, Place, Row, wrong
from upart.rights.canary.truth import Truth

MOVING = ("academy.epoch", "ledger_position.line", "ledger_position.digest", "ledger_position.at")
"""Columns that each change of anything moves on; they are about nobody."""


def compared_rows(truth: Truth, before: Rows, after: Rows, foreseen: Foreseen, added: Collection[str] = ()) -> Iterator[Breach]:
    """The rows that are there and should not be, are gone and should not be, or hold something else. `added`: tables to which asking adds rows."""
    for place in {**before, **after}:
        entry = truth.entry(place[0])
        if place not in after and place in foreseen.rows:
            why = foreseen.reasons.get(place, "It is not about whoever was erased.")
            yield wrong(entry, "", f"a row is gone that should have stayed. {why}", "Look for an ON DELETE, a trigger, or a NOT NULL link to a row that went.")
        elif place in after and place not in foreseen.rows:
            if place in before or place[0] not in added:
                yield wrong(entry, "", "a row is still there that should be gone.", "See its subject(…, on_erase=…) and the path that leads to it.")
        elif place in after:
            yield from _row(truth, place, after[place], foreseen)


def _row(truth: Truth, place: Place, got: dict[str, Any], foreseen: Foreseen) -> Iterator[Breach]:
    entry = truth.entry(place[0])
    for name, wanted in foreseen.rows[place].items():
        if got[name] == wanted or f"{entry.table}.{name}" in MOVING:
            continue
        if place in foreseen.reasons:
            yield wrong(
                entry, name, f"holds {got[name]!r} after the erasure instead of {wanted!r}; {foreseen.reasons[place]}.", "See about=, needed= and blank=."
            )
        else:
            yield wrong(entry, name, "was changed in a row that is about somebody else.", "See its paths to people and about=.")


def staying(rows: Sequence[Row], foreseen: Foreseen) -> set[str]:
    """The marks that should stand where they were planted, since their rows and columns stay."""
    return {mark for row in rows for mark, column in row.marks.items() if row.place not in foreseen.gone and _stays(row, column, foreseen)}


def _stays(row: Row, column: str, foreseen: Foreseen) -> bool:
    name = column.partition(",")[0]
    return name in (BYTES, WRITTEN) or foreseen.rows[row.place][name] == row.values[name]
