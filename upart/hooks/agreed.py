# SPDX-License-Identifier: MIT
"""Periods as an academy has agreed to them: what an upgrade keeps for longer, or counts from another day, goes as before until the academy agrees.

Also while the plugin is off or broken, since what it holds goes on to be let go of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from upart.hooks.holdings import Holdings
from upart.hooks.models import PrivacyLock
from upart.hooks.plugged import plugged
from upart.privacy.register import ColumnEntry, Register, TableEntry
from upart.privacy.widening import length, longer
from upart.privacy.words import Processing, period_of

Words = Mapping[str, Any]


def as_agreed(held: Holdings, opened: Session, academy_id: UUID) -> Holdings:
    """What is held, with the periods that this academy has agreed to; `held` itself where nothing is different. Needs a session that sees it."""
    locks = opened.execute(select(PrivacyLock.plugin, PrivacyLock.digest).where(PrivacyLock.academy_id == academy_id)).all()
    other = [plugin for plugin, digest in locks if (known := plugged().get(plugin)) is None or known.digest != digest]
    found: dict[str, TableEntry] = {}
    for plugin in other:
        chosen = (PrivacyLock.academy_id == academy_id, PrivacyLock.plugin == plugin)
        said = _columns(opened.scalars(select(PrivacyLock.declarations).where(*chosen)).one())
        found |= {entry.table: made for entry in held.register.of(plugin) if (made := _entry(entry, said)) != entry}
    return Holdings(Register({**held.register.tables, **found})) if found else held


def _columns(declarations: Mapping[str, Mapping[str, Words]]) -> dict[str, Words]:
    """By "table.column"; all values in the JSON of one column are kept equally long."""
    return {id.partition(":")[0]: words for id, words in declarations.get("column", {}).items()}


def _entry(entry: TableEntry, said: Mapping[str, Words]) -> TableEntry:
    """A table with the periods that were agreed to: its own, and those of columns that have one for themselves."""
    columns = tuple(_column(entry, column, said.get(f"{entry.table}.{column.name}")) for column in entry.columns)
    bare = [column.name for column, d in entry.declared() if d.processing is None and d.kind != "sealed"]
    # The longest: a column that had a shorter one of its own was emptied then, it took no row along.
    agreed = max((said[id] for name in bare if (id := f"{entry.table}.{name}") in said), key=lambda words: length(words["retain"]), default=None)
    return replace(entry, columns=columns, processing=_processing(entry, entry.processing, agreed))


def _column(entry: TableEntry, column: ColumnEntry, agreed: Words | None) -> ColumnEntry:
    d = column.declaration
    if d is None or agreed is None:
        return column
    if d.kind == "sealed" and d.days and longer(agreed["retain"], f"{d.days} days"):
        return replace(column, declaration=replace(d, days=period_of(agreed["retain"]).days))
    made = _processing(entry, d.processing, agreed)
    return column if made == d.processing else replace(column, declaration=replace(d, processing=made))


def _processing(entry: TableEntry, made: Processing | None, agreed: Words | None) -> Processing | None:
    """The same reasons, for as long as was agreed to, if that is shorter or counts from another instant that is still there."""
    if made is None or agreed is None or not agreed["retain"]:
        return made
    after = agreed["after"] if agreed["after"] in {"", *(column.name for column in entry.columns)} else made.after
    if longer(agreed["retain"], str(made.retain)) or after != made.after:
        return replace(made, retain=period_of(agreed["retain"]), after=after)
    return made
