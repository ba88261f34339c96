# SPDX-License-Identifier: MIT
"""What of a row is revised, as JSON keeps it, and the mark by which two writers notice each other."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from upart.errors import PluginError

Body = dict[str, Any]
"""Values of revised columns by name, as JSON keeps them."""

SAYS_NOTHING = "not_personal"
"""The only word of a column that may be revised: a copy of any other would outlive the erasure of whom it is about."""


def revised(model: type[Any]) -> tuple[str, ...]:
    """The columns of a model that have drafts and versions, as its `__revised__` names them.

    Raises PluginError for a model without it, and for a column that is not declared as `not_personal` (GDPR art. 17: no copy may outlive it).
    """
    names: tuple[str, ...] = getattr(model, "__revised__", ())
    if not names:
        raise PluginError(f"{model.__name__} has no versions.", remedy='Name the columns that have: __revised__ = ("title", "body").')
    for name in names:
        column = model.__table__.columns.get(name)
        declared = column.info.get("declaration") if column is not None else None
        if declared is None or declared.kind != SAYS_NOTHING:
            raise PluginError(
                f"{model.__name__}.{name} cannot have versions: it is not declared as not_personal(…), and a copy would outlive it.",
                remedy="Take it out of __revised__; what is about people is changed at once.",
            )
    return names


def body_of(row: Any) -> Body:
    """What a row says now."""
    return plain(row, {name: getattr(row, name) for name in revised(type(row))})


def plain(row: Any, values: Mapping[str, Any]) -> Body:
    """Values of revised columns as JSON keeps them; others are left out."""
    names = revised(type(row))
    return {name: msgspec.to_builtins(values[name]) for name in names if name in values}


def put(row: Any, body: Mapping[str, Any]) -> None:
    """Let a row say this. What has no column any more is passed over."""
    for name in revised(type(row)):
        if name in body:
            setattr(row, name, value_of(row, name, body[name]))


def value_of(row: Any, name: str, value: Any) -> Any:
    """A value of a body as the column has it: choices and ids are words in JSON."""
    kind = row.__table__.columns[name].type.python_type
    if value is not None and isinstance(kind, type) and issubclass(kind, enum.Enum | UUID):
        return kind(value)
    return value


def mark(body: Mapping[str, Any]) -> str:
    """A mark that is another one for each other text: a form carries it, so that two writers notice each other."""
    return blake2b(msgspec.json.encode(dict(body), order="sorted"), digest_size=8).hexdigest()
