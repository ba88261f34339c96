# SPDX-License-Identifier: MIT
"""Private values know the row that they were loaded with: so it can be said whose a page has shown."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper

from upart.db.model import Model
from upart.db.types import Private, PrivateText


def listen() -> None:
    """Mark private values whenever a row is loaded or read again."""
    event.listen(Model, "load", lambda row, context: mark(row), propagate=True)
    event.listen(Model, "refresh", lambda row, context, names: mark(row), propagate=True)


def mark(row: Any) -> None:
    """Tell the private values of a row whose they are."""
    model: Any = type(row)
    for name in _private(model):
        value = row.__dict__.get(name)
        if isinstance(value, Private):
            value.row = row.__dict__.get("id")


@cache
def _private(model: Any) -> tuple[str, ...]:
    """The attributes of a table that hold private text."""
    mapper: Mapper[Any] = inspect(model)
    return tuple(attribute.key for attribute in mapper.column_attrs if isinstance(attribute.columns[0].type, PrivateText))
