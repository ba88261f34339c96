# SPDX-License-Identifier: MIT
"""Values of a copy as columns here take them: by the column's own type, and nothing is trusted."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from upart import clock
from upart.db.types import UNSTORABLE, UtcDateTime

LONGEST = 100_000
"""Characters of a text, and of a JSON value."""

DEEPEST = 32
"""Levels of a JSON value."""

LARGEST = 2**63
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far clocks may differ."""


class Unfit(Exception):
    """A value is not of the kind that its column takes."""


def taken(column: sa.Column[Any], value: Any, *, past: bool = False) -> Any:
    """A value that is not null, for this column. `past`: the column says when something happened. Raises Unfit."""
    made = _maker(column)(value)
    if past and isinstance(made, datetime) and made > clock.now() + AHEAD:
        raise Unfit
    return made


@lru_cache(maxsize=4096)
def _maker(column: sa.Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, sa.Enum):
        return lambda value: _word(kind, value)
    if isinstance(kind, sa.JSON):
        container = _container(column)
        return lambda value: _json(value, container)
    if isinstance(kind, UtcDateTime):
        return _instant
    plain = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    if isinstance(plain, sa.String):
        longest = min(plain.length or LONGEST, LONGEST)
        return lambda value: _text(value, longest)
    return next((make for types, make in MAKERS if isinstance(plain, types)), _nothing)


def _nothing(value: Any) -> Any:
    raise Unfit


def _word(kind: sa.Enum, value: Any) -> Any:
    if not isinstance(value, str) or value not in kind.enums:
        raise Unfit
    return kind.enum_class(value) if kind.enum_class is not None else value


def _container(column: sa.Column[Any]) -> type[Any] | tuple[type[Any], ...]:
    """A JSON column whose default is a list holds lists."""
    default: Any = column.default
    if default is not None and default.is_callable:
        return type(default.arg(None))
    return type(default.arg) if default is not None and default.is_scalar else (dict, list)


def _json(value: Any, container: Any) -> Any:
    if not isinstance(value, container) or len(msgspec.json.encode(value)) > LONGEST or not _is_shallow(value, DEEPEST) or not _is_storable(value):
        raise Unfit
    return value


def _is_shallow(value: Any, levels: int) -> bool:
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in parts)


def _is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return UNSTORABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(_is_storable(name) and _is_storable(part) for name, part in value.items())
    return all(_is_storable(part) for part in value) if isinstance(value, list) else True


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or UNSTORABLE.search(value):
        raise Unfit
    return value


def _instant(value: Any) -> datetime:
    try:
        made = msgspec.convert(value, datetime)
        if made.tzinfo is None or not EARLIEST <= made < LATEST:
            raise Unfit
    except (msgspec.ValidationError, OverflowError):
        raise Unfit from None
    return made.astimezone(UTC)


def _day(value: Any) -> date:
    try:
        made = msgspec.convert(value, date)
    except msgspec.ValidationError:
        raise Unfit from None
    if not EARLIEST.date() <= made < LATEST.date():
        raise Unfit
    return made


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -LARGEST <= value < LARGEST:
        raise Unfit
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise Unfit
    return float(value)


def _decimal(value: Any) -> Decimal:
    try:
        made = Decimal(value) if isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) < 64 else Decimal("nan")
    except InvalidOperation:
        raise Unfit from None
    if not made.is_finite():
        raise Unfit
    return made


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(_text(value, LONGEST), validate=True)
    except (binascii.Error, ValueError):
        raise Unfit from None


def id_of(value: Any) -> UUID:
    """An id. Raises Unfit."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) <= 36 else _nothing(value)
    except ValueError:
        raise Unfit from None


MAKERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (sa.Uuid, id_of), (sa.Boolean, _flag), (sa.DateTime, _instant), (sa.Date, _day), (sa.Integer, _whole), (sa.Float, _number), (sa.Numeric, _decimal),
    (sa.LargeBinary, _bytes),
)  # fmt: skip
"""Types of columns, and what makes a value of them. sa.Float is a Numeric, so it comes first."""
