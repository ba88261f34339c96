# SPDX-License-Identifier: MIT
"""What must hold of versions: a row has one draft at most."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from upart.hooks.records import Invariant
from upart.revisions.finding import OPEN
from upart.revisions.models import Revision


def _twice(opened: Session) -> Iterator[str]:
    mine = (Revision.academy_id, Revision.owner_table, Revision.owner_id)
    found = select(*mine).where(OPEN, Revision.owner_id.is_not(None)).group_by(*mine).having(func.count() > 1)
    yield from (f"{table} {id}" for _academy, table, id in opened.execute(found))


ONE_DRAFT = Invariant(sentence="A text has one draft at most.", broken=_twice)
