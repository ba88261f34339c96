# SPDX-License-Identifier: MIT
"""Load what a page is about."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from upart.context import context
from upart.db import session
from upart.errors import Problem

Row = TypeVar("Row")


def get_or_404(model: type[Row], id: UUID | None = None, **columns: Any) -> Row:
    """The row of this academy with that id, or with those column values. Raises Problem 404, also for another academy's."""
    if id is not None:
        found = session.get(model, {"academy_id": context.academy.id, "id": id})
    else:
        found = session.scalars(select(model).filter_by(**columns)).first()
    if found is None:
        raise Problem(404, "This page is not here.", remedy="Check the address, or start from the first page.")
    return found
