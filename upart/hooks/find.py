# SPDX-License-Identifier: MIT
"""Load what a page is about: one row, or a page of a list."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import literal, select, tuple_

from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem

Row = TypeVar("Row")


def get_or_404(model: type[Row], id: UUID | None = None, **columns: Any) -> Row:
    """The row of this academy with that id, or with those column values. Raises NotHere (404), also for another academy's."""
    if id is not None:
        found = session.get(model, {"academy_id": context.academy.id, "id": id})
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
    plain = value.isoformat() if isinstance(value, datetime) else value
    return urlsafe_b64encode(json.dumps([plain, str(id)]).encode()).decode()


def _key(after: str, order: Any) -> tuple[Any, UUID]:
    try:
        value, id = json.loads(urlsafe_b64decode(after.encode()))
        if order.type.python_type is datetime or "DateTime" in type(order.type).__name__:
            value = datetime.fromisoformat(value)
        elif not isinstance(value, str | int):
            raise ValueError(after)
        return value, UUID(id)
    except (ValueError, TypeError, AttributeError):
        raise Problem(400, "This page of the list cannot be found.", remedy="Begin at the first page.") from None
