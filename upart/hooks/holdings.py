# SPDX-License-Identifier: MIT
"""All tables that this installation holds, made from declarations alone: of healthy, broken and uninstalled plugins alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from upart.db import everywhere
from upart.db.types import UtcDateTime
from upart.hooks.models import PluginRecord
from upart.hooks.plugged import plugged
from upart.privacy.register import ColumnEntry, Register, TableEntry, restored

TYPES: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("CHAR(32)", sa.Uuid()), ("UUID", sa.Uuid()), ("JSON", sa.JSON().with_variant(JSONB(), "postgresql")), ("BOOL", sa.Boolean()),
    ("DATETIME", UtcDateTime()), ("TIMESTAMP", UtcDateTime()), ("DATE", sa.Date()), ("BIGINT", sa.BigInteger()), ("INT", sa.BigInteger()),
    ("NUMERIC", sa.Numeric()), ("FLOAT", sa.Float()), ("BLOB", sa.LargeBinary()), ("BYTEA", sa.LargeBinary()), ("", sa.String()),
)  # fmt: skip
"""How a declared SQL type begins, and what reads it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A column of `table` that points at rows of another: `kind` is the word that declared it; `type_column` that of an `any_link`."""

    table: str
    column: str
    kind: str
    nullable: bool
    type_column: str = ""
    follows: bool = False


@dataclass(frozen=True)
class Holdings:
    """A register with its tables, and which columns point where."""

    register: Register
    metadata: sa.MetaData = field(default_factory=sa.MetaData)

    @cached_property
    def tables(self) -> dict[str, sa.Table]:
        """Core tables by name."""
        return {name: sa.Table(name, self.metadata, *map(_column, entry.columns)) for name, entry in self.register.tables.items()}

    @cached_property
    def links(self) -> dict[str, list[Link]]:
        """The columns that point at each table; polymorphic ones under ""."""
        found: dict[str, list[Link]] = {name: [] for name in ("", *self.register.tables)}
        for entry in self.register.tables.values():
            for column, d in entry.declared():
                if d.kind in ("ref", "subject", "file") and d.source in found:
                    found[d.source].append(Link(entry.table, column.name, d.kind, column.nullable, follows=d.follows))
                if d.kind == "any_link":
                    found[""].append(Link(entry.table, column.name, d.kind, column.nullable, d.source))
        return found

    def entry(self, table: str) -> TableEntry:
        """The declarations of a table."""
        return self.register.tables[table]


def _column(column: ColumnEntry) -> sa.Column[Any]:
    kind = column.type.upper()
    return sa.Column(column.name, next(made for prefix, made in TYPES if kind.startswith(prefix)))


_loaded: tuple[Register, Holdings] | None = None


def loaded_holdings() -> Holdings:
    """What all that is loaded holds; made once, since describing a hundred tables takes longer than most requests about them."""
    global _loaded
    register = plugged().register
    if _loaded is None or _loaded[0] is not register:
        made = Holdings(Register(_by_name(register.tables.values())))
        made.tables, made.links  # noqa: B018 - made before another thread can see them
        _loaded = register, made
    return _loaded[1]


def holdings() -> Holdings:
    """What this installation holds now: the declarations of all that is loaded, and the remembered ones of what is not."""
    register = plugged().register
    loaded = {entry.plugin for entry in register.tables.values()}
    with everywhere("read what absent plugins have declared") as opened:
        records = opened.execute(sa.select(PluginRecord.plugin, PluginRecord.declarations)).all()
    absent = [entry for plugin, data in records if plugin not in loaded for entry in restored(data)]
    return Holdings(Register(_by_name([*register.tables.values(), *absent]))) if absent else loaded_holdings()


def _by_name(entries: Iterable[TableEntry]) -> dict[str, TableEntry]:
    return dict(sorted((entry.table, entry) for entry in entries))
