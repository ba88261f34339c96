# SPDX-License-Identifier: MIT
"""Load what a page is about: one row, or a page of a list."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import GenericAlias
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import TypeDecorator, literal, select, tuple_

from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem

Row = TypeVar("Row")
WHOLE = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""Whole numbers that both databases can hold."""


def get_or_404(model: type[Row], id: UUID | None = None, **columns: Any) -> Row:
    """The row of this academy with that id and those column values. Raises NotHere (404), also for another academy's."""
    if id is not None:
        found = session.get(model, {"academy_id": context.academy.id, "id": id})
        if any(getattr(found, name, None) != value for name, value in columns.items()):
            found = None
    else:
        found = session.scalars(select(model).filter_by(**columns)).first()
    if found is None:
        raise NotHere
    return found


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, and the key after which the next one begins (None: this was the last)."""

    rows: Sequence[Row]
    after: str | None


def paged(statement: Any, order: Any, id: Any, *, after: str | None, size: int, newest_first: bool = False) -> Page[Any]:
    """A page of an ORM select by key (no OFFSET: page 1,000 costs what page 1 costs). Raises Problem 400 for a bad key."""
    compared = tuple_(order, id)
    if after:
        value, last = _key(after, order)
        edge = tuple_(literal(value, order.type), literal(last, id.type))
        statement = statement.where(compared < edge if newest_first else compared > edge)
    ordered = statement.order_by(*((order.desc(), id.desc()) if newest_first else (order, id))).limit(size + 1)
    rows = list(session.scalars(ordered))
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, _text(getattr(rows[-1], order.key), rows[-1].id) if more else None)


def _text(value: Any, id: UUID) -> str:
    plain = value.isoformat() if isinstance(value, date) else value
    return urlsafe_b64encode(json.dumps([plain, str(id)]).encode()).decode()


def _key(after: str, order: Any) -> tuple[Any, UUID]:
    """The value and the id at the end of the page before: whoever made it by hand gets no further than 400."""
    kind: Any = order.type.impl_instance.python_type if isinstance(order.type, TypeDecorator) else order.type.python_type
    try:
        value, id = msgspec.json.decode(urlsafe_b64decode(after.encode()), type=GenericAlias(tuple, (WHOLE if kind is int else kind, UUID)))
        return value.astimezone(UTC) if kind is datetime else value, id
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        raise Problem(400, "This page of the list cannot be found.", remedy="Begin at the first page.") from None
