# SPDX-License-Identifier: MIT
"""Values for columns of any type, with a mark in them where one fits."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from upart import clock
from upart.privacy.taxonomy import Category
from upart.privacy.words import Declaration


class CannotFill(AssertionError):
    """The check knows no value for a column."""


def value_for(column: sa.Column[Any], d: Declaration, number: int, mark: str) -> Any:
    """A value that this column takes; `number` makes it differ from all others, `mark` is put into it where one fits."""
    kind = column.type
    if isinstance(kind, sa.types.TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, sa.Enum):
        return _member(kind, number, d)
    if isinstance(kind, sa.String):
        return _text(kind, d, mark)
    if isinstance(kind, sa.JSON):
        return _json(column, d, mark)
    for base, make in PLAIN:
        if isinstance(kind, base):
            return make(number, mark)
    raise CannotFill(f"{column.table.name}.{column.name} has the type {kind!r}, for which the check knows no value.")


PLAIN: tuple[tuple[Any, Any], ...] = (
    (sa.Boolean, lambda number, mark: number % 2 == 0),
    (sa.DateTime, lambda number, mark: clock.now() + timedelta(days=2, minutes=number, microseconds=number)),
    (sa.Date, lambda number, mark: (clock.now() + timedelta(days=2 + number)).date()),
    (sa.Time, lambda number, mark: datetime.time(number % 24, number % 60, 17)),
    (sa.Interval, lambda number, mark: timedelta(seconds=number)),
    (sa.Integer, lambda number, mark: 1000 + number),
    (sa.Float, lambda number, mark: number + 0.5),
    (sa.Numeric, lambda number, mark: number),
    (sa.LargeBinary, lambda number, mark: mark.encode()),
    (sa.Uuid, lambda number, mark: uuid4()),
)
"""Instants lie ahead, so that nothing that is cleaned up by age goes on its own."""


def _member(kind: sa.Enum, number: int, d: Declaration) -> Any:
    """Of a state the last one, in which nothing waits to be done; of what is personal now this one, now that."""
    members = list(kind.enum_class) if kind.enum_class else list(kind.enums)
    return members[number % len(members)] if d.kind == "personal" else members[-1]


def _text(kind: sa.String, d: Declaration, mark: str) -> str:
    whole = f"{mark}@kit.example" if d.category == Category.CONTACT_EMAIL else mark
    return whole[: kind.length] if kind.length else whole


def _json(column: sa.Column[Any], d: Declaration, mark: str) -> Any:
    default: Any = column.default
    sample = d.blank if d.has_blank else default.arg(None) if default is not None and default.is_callable else None
    return {"kit": mark} if isinstance(sample, Mapping) else [mark]


def json_for(marks: Mapping[str, str]) -> Any:
    """A JSON value that has these marks at these paths; a "*" is an index, at the very beginning a key."""
    tree: dict[str, Any] = {}
    for path, mark in marks.items():
        here = tree
        *steps, last = path.split(".")
        for step in steps:
            here = here.setdefault(step, {})
        here[last] = mark
    return {"first" if step == "*" else step: _listed(part) for step, part in tree.items()}


def _listed(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    if set(part) == {"*"}:
        return [_listed(part["*"])]
    return {"first" if step == "*" else step: _listed(one) for step, one in part.items()}
