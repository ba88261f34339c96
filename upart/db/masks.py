# SPDX-License-Identifier: MIT
"""Which rows are about restricted people, and what stands in the place of their values.

The declarations belong to a higher layer, which hands them over as `Hidden` columns (`init_app`). A way leads
from a row to a person: "learner_id", over other tables "enrolment_id.learner_id", over a table that links to the row
"team_member.person_id"; "~address_digest" compares with the pseudonyms of somebody.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import FromClause, Select, Table

from upart.context import CurrentAcademy, Restricted, context
from upart.db.engine import Door
from upart.db.model import Model

NAME = "upart_hidden"
DIGEST = "~"
"""First character of a way that goes by a pseudonym."""

PASSES = frozenset({"secure", "rights"})
"""Purposes whose rows may go all the same: sessions that end, requests."""

Condition = sa.ColumnElement[bool]
Declared = Callable[[], Mapping[str, tuple["Hidden", ...]]]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A column that says something about people: by which ways, for which purpose it is held, and a `neutral` word for text."""

    name: str
    purpose: str
    ways: tuple[str, ...]
    neutral: str = "…"


class Instant(datetime):
    """An instant that is hidden: it compares as long ago, and prints as "…"."""

    def __str__(self) -> str:
        """Says nothing."""
        return "…"

    __format__ = isoformat = strftime = lambda self, *how, **more: "…"  # type: ignore[assignment]


LONG_AGO = Instant(1970, 1, 1, tzinfo=UTC)
PLAIN: dict[type, Any] = {bool: False, int: 0, float: 0.0, bytes: b"", datetime: LONG_AGO, date: date(1970, 1, 1)}
"""What stands for a value that must not be empty, by its type in Python."""


def init_app(app: Flask, declared: Declared) -> None:
    """Let this application hide what `declared` names: the hidden columns of each table."""
    app.extensions[NAME] = declared


def hidden_columns() -> Mapping[str, tuple[Hidden, ...]]:
    """The columns that are hidden of restricted people, by table."""
    declared: Declared | None = current_app.extensions.get(NAME)
    return declared() if declared else {}


def hidden_names() -> Mapping[str, frozenset[str]]:
    """The names of the hidden columns, by table."""
    columns, kept = hidden_columns(), current_app.extensions.get(f"{NAME}_names")
    if kept is None or kept[0] is not columns:
        kept = current_app.extensions[f"{NAME}_names"] = (columns, {table: frozenset(one.name for one in all_of) for table, all_of in columns.items()})
    found: Mapping[str, frozenset[str]] = kept[1]
    return found


opened: ContextVar[frozenset[UUID] | None] = ContextVar("upart_opened", default=frozenset())
"""Whose data the current block may see although they are restricted; None: everybody's. Set by `unmasked()` alone."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What the acting person may not see now: the restrictions of others. `plans` and `reached` keep what was worked out of them."""

    academy_id: UUID
    restricted: tuple[Restricted, ...]
    plans: dict[type, Plan] = field(default_factory=dict)
    reached: dict[Any, list[tuple[str, frozenset[Any]]]] = field(default_factory=dict)

    def hides(self, table: str, hidden: Hidden) -> Covered | None:
        """Whose rows of a table hide this column; None if nobody's do."""
        found = [r for r in self.restricted if _covers(r, table, hidden.purpose)]
        rows = frozenset(r.row_id for r in self.restricted if r.scope == "row" and r.name == table and r.row_id is not None)
        if not hidden.ways or not (found or rows):
            return None
        return Covered(hidden.ways, frozenset(r.person_id for r in found), frozenset().union(*(r.digests for r in found)), rows)

    def kept(self, table: str) -> set[Covered]:
        """Whose rows of a table nobody may delete now."""
        found = (self.hides(table, hidden) for hidden in hidden_columns().get(table, ()) if hidden.purpose not in PASSES)
        return {covered for covered in found if covered is not None}

    def covered(self, table: str) -> dict[str, Covered]:
        """The hidden columns of a table, and whose rows hide them."""
        found = ((hidden.name, self.hides(table, hidden)) for hidden in hidden_columns().get(table, ()))
        return {name: covered for name, covered in found if covered is not None}


@dataclass(frozen=True, slots=True)
class Covered:
    """Rows that are about these people by one of the ways, or these rows by themselves."""

    ways: tuple[str, ...]
    people: frozenset[UUID]
    digests: frozenset[str]
    rows: frozenset[UUID]

    def reaches(self, table: Table, academy_id: UUID) -> list[tuple[str, Any]]:
        """The row's own columns, each with the values (or a query of them) that make the row one of these."""
        found: list[tuple[str, Any]] = [("id", self.rows)] if self.rows else []
        for way in self.ways:
            if way.startswith(DIGEST):
                found += [(way[1:], self.digests)] if self.digests else []
            elif self.people:
                found.append(reach(MAPPED, table, way, lambda inner: inner.c.academy_id == academy_id, sorted(self.people)))
        return found

    def spares(self, table: Table, source: FromClause, academy_id: UUID) -> Condition:
        """True for rows of `source` (the table, or an alias) that are none of these."""
        return sa.and_(sa.true(), *(_outside(source.c[column], table.c[column].nullable, values) for column, values in self.reaches(table, academy_id)))


Plan = list[tuple[Covered, list[tuple[str, Any]]]]
"""Attributes and what stands in their place, by the rows in which that is so."""


def sight(door: Door) -> Sight | None:
    """What the acting person may not see through this door; None when that is nothing."""
    academy: CurrentAcademy | None = context.academy_or_none
    if not door.masks or academy is None or not academy.restricted or academy.id != door.academy_id:
        return None
    seen = opened.get()
    viewer = id_of(context.person)
    others = () if seen is None else tuple(r for r in academy.restricted if r.person_id != viewer and r.person_id not in seen)
    return Sight(academy.id, others) if others else None


def id_of(person: Any) -> UUID | None:
    """The id of a person, read without asking the database."""
    key = sa.inspect(person).identity if person is not None else None
    return key[-1] if key else None


def _covers(restricted: Restricted, table: str, purpose: str) -> bool:
    return (
        restricted.scope == "all"
        or (restricted.scope == "purpose" and restricted.name == purpose)
        or (restricted.scope == "table" and restricted.name == table)
    )


def _outside(column: Any, nullable: bool | None, values: Any) -> Condition:
    chosen = column.not_in(values if isinstance(values, Select) else sorted(values))
    return sa.or_(column.is_(None), chosen) if nullable else chosen


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables, and which column links where: as mapped, or as a register has them."""

    tables: Callable[[str], FromClause | None]
    target: Callable[[str, str], str]
    columns: Callable[[str], Iterable[str]]

    def back(self, link: str, table: str) -> str:
        """The column of `link` that leads to `table`."""
        return next(column for column in self.columns(link) if self.target(link, column) == table)


MAPPED = Schema(
    lambda name: Model.metadata.tables.get(name),
    lambda table, column: str(Model.metadata.tables[table].c[column].info.get("target", "")),
    lambda table: Model.metadata.tables[table].c.keys(),
)


def reach(schema: Schema, table: Any, way: str, inside: Callable[[FromClause], Condition], people: Any) -> tuple[str, Any]:
    """The column of a row, and the values (or a query of them) it has when the way ends at one of `people`."""
    step, _, rest = way.partition(".")
    if not rest:
        return step, people
    name = table.name
    if step not in table.c:
        inner = _alias(schema, step)
        return "id", sa.select(inner.c[schema.back(step, name)]).where(inside(inner), inner.c[rest].in_(people))
    target = schema.target(name, step)
    inner = _alias(schema, target)
    column, values = reach(schema, schema.tables(target), rest, inside, people)
    return step, sa.select(inner.c.id).where(inside(inner), inner.c[column].in_(values))


def _alias(schema: Schema, name: str) -> Any:
    table = schema.tables(name)
    assert table is not None, f"there is no table {name}"
    return table.alias()


def mask_of(column: sa.Column[Any], neutral: str) -> Any:
    """What stands for a value of this column: nothing where that is allowed, else what says as little as its type can."""
    if column.nullable:
        return None
    declaration, default = column.info.get("declaration"), column.default
    if neutral == "…" and isinstance(default, sa.ColumnDefault) and default.is_scalar:
        return default.arg
    kind = _python_type(column)
    if issubclass(kind, enum.Enum):
        return _no_member(kind)
    if kind is str:
        return neutral
    blank = getattr(declaration, "blank", None)
    if blank is not None:
        return type(blank)(blank)
    if isinstance(column.type, sa.JSON):
        return _empty(default)
    return PLAIN.get(kind)


def _empty(default: Any) -> Any:
    """What a JSON column holds when nothing is in it: a list if that is its default, else an object."""
    made = default.arg(None) if getattr(default, "is_callable", False) else None
    return [] if isinstance(made, list) else {}


def _python_type(column: sa.Column[Any]) -> type:
    kind = column.type
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class
    if isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    return kind.python_type


@lru_cache(512)
def _no_member(kind: type[enum.Enum]) -> Any:
    """A value of this enum that is none of its members, so that nothing is said about anybody."""
    made = str.__new__(kind, "…") if issubclass(kind, str) else object.__new__(kind)
    made._name_, made._value_ = "HIDDEN", "…"
    return made
