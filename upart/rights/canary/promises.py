# SPDX-License-Identifier: MIT
"""What the canary is measured against: declarations as they were accepted. Measured against themselves, wrong ones would look right.

They count from the first canary on. What is added counts from then; what is changed counts once a canary has shown that nothing
comes of it, or somebody accepted it. What is dropped with its column or table is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from upart import clock
from upart.db import everywhere
from upart.privacy.register import ColumnEntry, Register, TableEntry, connected, restored
from upart.privacy.words import Declaration
from upart.rights.canary.models import RightsPromise


@dataclass(frozen=True, slots=True)
class Promise:
    """What one owner has declared, and since when that counts."""

    tables: Mapping[str, TableEntry]
    at: datetime


def promises() -> dict[str, Promise]:
    """What was accepted, by owner."""
    with everywhere("what was declared when it was last accepted?") as opened:
        rows = opened.execute(select(RightsPromise.owner, RightsPromise.declarations, RightsPromise.at)).all()
    return {str.__str__(owner): Promise({entry.table: entry for entry in restored(declared)}, at) for owner, declared, at in rows}


def promised(now: Register, accepted: Mapping[str, Promise]) -> Register:
    """The tables as they are, each column with the declaration that was accepted; what is new counts as it is declared."""
    then = {name: entry for one in accepted.values() for name, entry in one.tables.items()}
    return connected(_promised(entry, then[name], now) if name in then else entry for name, entry in now.tables.items())


def _promised(entry: TableEntry, then: TableEntry, now: Register) -> TableEntry:
    before = {column.name: column.declaration for column in then.columns}
    columns = tuple(replace(column, declaration=_chosen(column, before.get(column.name), now)) for column in entry.columns)
    through = tuple(one for one in then.through if one.path.partition(".")[0] in now.tables)
    return replace(
        entry, columns=columns,
        through=entry.through if _plain(entry.through) == _plain(then.through) else through,
        processing=entry.processing if _plain(entry.processing) == _plain(then.processing) else then.processing,
    )  # fmt: skip


def _chosen(column: ColumnEntry, then: Declaration | None, now: Register) -> Declaration | None:
    """What was stored has lost types: where nothing was changed, what is declared is taken as it is."""
    gone = then is not None and then.kind in ("ref", "subject", "copy", "snapshot", "file") and then.source.partition(".")[0] not in ("", *now.tables)
    return column.declaration if then is None or gone or _plain(column.declaration) == _plain(then) else then


def _plain(value: Any) -> Any:
    """As it comes back out of the database."""
    return msgspec.json.decode(msgspec.json.encode(value))


def accept(now: Register, owners: Iterable[str]) -> list[str]:
    """Let the declarations of these owners count as they are now; returns those that had declared otherwise. Needs no open door."""
    changed = []
    with everywhere("what is declared counts from now on", write=True) as opened:
        known = {row.owner: row for row in opened.scalars(select(RightsPromise))}
        for owner in owners:
            row, declared = known.get(owner), [_plain(entry) for entry in now.of(owner)]
            if row is None:
                opened.add(RightsPromise(owner=owner, declarations=declared))
            elif row.declarations != declared:
                row.declarations, row.at = declared, clock.now()
                changed.append(owner)
    return changed


def differing(now: Register, accepted: Mapping[str, Promise]) -> Sequence[str]:
    """The columns ("table.column") that are declared otherwise than accepted."""
    return sorted(
        f"{name}.{column.name}"
        for one in accepted.values() for name, then in one.tables.items() if name in now.tables
        for column in then.columns for current in now.tables[name].columns
        if current.name == column.name and _plain(current.declaration) != _plain(column.declaration)
    )  # fmt: skip
