# SPDX-License-Identifier: MIT
"""Processings as declared: each table with its purpose, and each purpose that some of its columns have of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.context import CurrentAcademy
from upart.db import everywhere
from upart.hooks.holdings import Holdings
from upart.hooks.recipients import recipients
from upart.hooks.records import Recipient
from upart.privacy.register import PERSONAL_KINDS, ColumnEntry, TableEntry, category_of, policy_of, recipients_of
from upart.privacy.taxonomy import Category, Purpose
from upart.privacy.words import Declaration, Processing

CORE = "core"


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing: columns of a table that are kept for one purpose, on one basis, for one period.

    `made` is None for a table that says nothing of its own and hangs on another one. `rows`: how many lines the controller has; 0 where
    nobody counted them.
    """

    entry: TableEntry
    made: Processing | None
    columns: tuple[tuple[ColumnEntry, Declaration], ...]
    categories: tuple[str, ...]
    people: tuple[str, ...]
    laws: tuple[str, ...]
    named: tuple[str, ...]
    rows: int

    @property
    def id(self) -> str:
        """The table; with its purpose where columns have one of their own."""
        own = self.made is not None and self.made != self.entry.processing
        return f"{self.entry.table}:{self.made.purpose.value}" if own and self.made else self.entry.table

    @property
    def purpose(self) -> Purpose:
        """What for; what hangs on another table is there to store it."""
        return self.made.purpose if self.made else Purpose.HOST

    def receivers(self) -> list[Recipient]:
        """Those who may get something of it: named beside it, or else declared for this purpose and one of its categories."""
        if self.named:
            return [one for one in recipients() if one.name in self.named]
        return [one for one in recipients() if one.purpose == self.purpose and set(self.categories) & set(map(str, one.categories))]

    @property
    def special(self) -> list[str]:
        """Its special categories (art. 9)."""
        return [name for name in self.categories if Category(name).is_special]


def activities(held: Holdings, academy: CurrentAcademy) -> list[Activity]:
    """What this controller does: all of the core, what enabled plugins declare, and whatever else there are lines of.

    An academy decides about its own lines; the platform, besides its own, about the tables that belong to no academy.
    """
    kept = kept_by(held, academy)
    with everywhere("count the lines of each table of a controller") as opened:
        rows = {entry.table: count(opened, held, entry, academy) for entry in kept}
    return described(held, kept, rows)


def described(held: Holdings, kept: Iterable[TableEntry], rows: Mapping[str, int] = MappingProxyType({})) -> list[Activity]:
    """What is done with these tables: the core's first, by purpose."""
    found = [one for entry in kept for one in _activities(held, entry, rows.get(entry.table, 0))]
    return sorted(found, key=lambda one: (one.entry.plugin != CORE, one.entry.plugin, list(Purpose).index(one.purpose), one.id))


def kept_by(held: Holdings, academy: CurrentAcademy) -> list[TableEntry]:
    """The tables with which this controller has to do: of the core and of enabled plugins all, of others those in which there is a line."""
    mine = [entry for entry in held.register.tables.values() if entry.is_personal and (entry.owned or academy.is_platform)]
    on = {CORE, *academy.plugins}
    with everywhere("is anything left of plugins that are switched off?") as opened:
        return [entry for entry in mine if entry.plugin in on or _has_lines(opened, held, entry, academy)]


def _has_lines(opened: Session, held: Holdings, entry: TableEntry, academy: CurrentAcademy) -> bool:
    table = held.tables[entry.table]
    one = sa.select(sa.literal(1)).select_from(table).limit(1)
    return opened.scalar(one.where(table.c.academy_id == academy.id) if entry.owned else one) is not None


def count(opened: Session, held: Holdings, entry: TableEntry, academy: CurrentAcademy) -> int:
    """How many lines of a table a controller has."""
    table = held.tables[entry.table]
    known = sa.select(sa.func.count()).select_from(table)
    return opened.scalar(known.where(table.c.academy_id == academy.id) if entry.owned else known) or 0


def _activities(held: Holdings, entry: TableEntry, rows: int) -> Iterator[Activity]:
    """The table's own processing with all columns that have none of their own; then each of the others."""
    columns = [(column, d) for column, d in entry.declared() if d.kind in PERSONAL_KINDS or column.name == "id"]
    for made in dict.fromkeys([entry.processing, *(d.processing for _column, d in columns if d.processing is not None)]):
        chosen = tuple((column, d) for column, d in columns if (d.processing or entry.processing) == made)
        if chosen:
            yield _activity(held, entry, made, chosen, rows)


def _activity(held: Holdings, entry: TableEntry, made: Processing | None, columns: tuple[tuple[ColumnEntry, Declaration], ...], rows: int) -> Activity:
    register, tables = held.register, held.register.tables
    categories = _each(name for _column, d in columns for name in (*d.paths.values(), category_of(d, register)))
    about = _each(role for _column, d in columns for role in d.about)
    roles = [path.role for path in entry.subjects if not about or path.role in about or made == entry.processing]
    found = ["found"] if any(d.kind == "found_by" for _column, d in columns) else []
    policies = [policy_of(entry, path.via, tables) for path in entry.subjects] + [d.on_erase for _column, d in columns if d.on_erase]
    named = _each(name for _column, d in columns for name in recipients_of(d, entry))
    return Activity(entry, made, columns, categories, _each((*roles, *found)), _each(policy.law for policy in policies), named, rows)


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str.__str__(value) for value in values if value))
