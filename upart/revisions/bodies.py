# SPDX-License-Identifier: MIT
"""What of a row is revised, as JSON keeps it, and the mark by which two writers notice each other."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from upart.errors import PluginError

Body = dict[str, Any]
"""Values of revised columns by name, as JSON keeps them."""

SAYS_NOTHING = "not_personal"
"""The only word of a column that may be revised: a copy of any other would outlive the erasure of whom it is about."""


class RevisedPart:
    """What of a row has versions although it is no column of it, such as the order of rows below it: `read` gives it as JSON keeps it, `write` applies it."""

    def __init__(self, read: Callable[[Any], Any], write: Callable[[Any, Any], None]) -> None:
        self._read, self._write = read, write

    def __get__(self, row: Any, _kind: type[Any]) -> Any:
        return self if row is None else self._read(row)

    def __set__(self, row: Any, value: Any) -> None:
        self._write(row, value)


def revised_part(read: Callable[[Any], Any], write: Callable[[Any, Any], None]) -> Any:
    """An attribute of a class that `__revised__` may name beside columns: `read(row)` gives it as JSON keeps it, `write(row, value)` applies it.

    It must say nothing of a person: a version is a copy, and nothing erases it (GDPR art. 17).
    """
    return RevisedPart(read, write)


def revised(model: type[Any]) -> tuple[str, ...]:
    """The columns and parts of a model that have drafts and versions, as its `__revised__` names them.

    Raises PluginError for a model without it, and for a column that is declared neither as `not_personal` nor as a `ref` with `leads=False`
    (GDPR art. 17: no copy may outlive it).
    """
    names: tuple[str, ...] = getattr(model, "__revised__", ())
    if not names:
        raise PluginError(f"{model.__name__} has no versions.", remedy='Name the columns that have: __revised__ = ("title", "body").')
    for name in names:
        if isinstance(getattr(model, name, None), RevisedPart):
            continue
        column = model.__table__.columns.get(name)
        declared = column.info.get("declaration") if column is not None else None
        if declared is None or not (declared.kind == SAYS_NOTHING or (declared.kind == "ref" and declared.leads is False)):
            raise PluginError(
                f"{model.__name__}.{name} cannot have versions: it is neither not_personal(…) nor a ref that leads to nobody, and a copy would outlive it.",
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
    if name not in row.__table__.columns:
        return value
    kind = row.__table__.columns[name].type.python_type
    if value is not None and isinstance(kind, type) and issubclass(kind, enum.Enum | UUID):
        return kind(value)
    return value


def mark(body: Mapping[str, Any]) -> str:
    """A mark that is another one for each other text: a form carries it, so that two writers notice each other."""
    return blake2b(msgspec.json.encode(dict(body), order="sorted"), digest_size=8).hexdigest()
