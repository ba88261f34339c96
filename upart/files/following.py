# SPDX-License-Identifier: MIT
"""A file goes when the row that linked to it is deleted, or links to another one: looked after at each flush."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from upart.db import WallSession, session
from upart.jobs.actions import enqueue


@lru_cache(maxsize=1024)
def _links_of(model: Any) -> tuple[str, ...]:
    """Attributes of a mapped class that were declared with `file(...)`."""
    columns = ((attribute.key, attribute.columns[0].info.get("declaration")) for attribute in inspect(model).column_attrs)
    return tuple(key for key, declaration in columns if getattr(declaration, "kind", "") == "file")


def _follow(flushed: Session, flush: UOWTransaction, instances: Any) -> None:
    if not session.registry.has() or flushed is not session():
        return  # sessions over all academies write no jobs; the sweep sees what they leave
    for row in (*flushed.deleted, *flushed.dirty):
        for name in _links_of(inspect(row).mapper.class_):
            history = inspect(row).attrs[name].history
            left = [*(history.deleted or ()), *((history.unchanged or ()) if row in flushed.deleted else ())]
            for id in left:
                if id is not None:
                    enqueue("files.tidy", file=id, dedupe_key=f"files.tidy {id}")


event.listen(WallSession, "before_flush", _follow)
