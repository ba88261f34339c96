# SPDX-License-Identifier: MIT
"""Rows and bytes agree: what is stored goes again when its transaction does not commit, and an academy keeps to its space."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from upart.context import context
from upart.db import WallSession
from upart.storage.models import File
from upart.storage.places import NoRoom, place

log = logging.getLogger("upart.files")

UNCOMMITTED = "upart_files"
"""Key of `session.info`: files whose bytes are stored and whose rows wait for the commit."""

COMMITTING = "upart_files_committing"
MB = 1000 * 1000


def remember(session: Session, rows: list[File]) -> None:
    """Add rows whose bytes are stored; a rollback removes these bytes."""
    session.info.setdefault(UNCOMMITTED, []).extend((row.academy_id, row.id) for row in rows)
    session.add_all(rows)


def limit(installation: int, academy: int) -> int:
    """Bytes that an academy's files may take: the smaller of what installation and academy say; 0 means no limit."""
    return min((one for one in (installation, academy * MB) if one), default=0)


def used(session: Session, academy_id: UUID) -> int:
    """Bytes that an academy's files take, renditions included."""
    return int(session.scalar(select(func.coalesce(func.sum(File.size), 0)).where(File.academy_id == academy_id)) or 0)


def _within(session: Session, flush: UOWTransaction, instances: Any) -> None:
    for academy_id in {row.academy_id for row in session.new if isinstance(row, File)}:
        here = context.academy_or_none
        most = limit(place().space, here.settings.get("file_space", 0) if here is not None and here.id == academy_id else 0)
        if not most:
            continue
        if session.get_bind().dialect.name == "postgresql":
            # Two uploads at once would each see room for itself; SQLite has one writer anyway.
            session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(academy_id.bytes[8:], signed=True))))
        new = sum(row.size for row in session.new if isinstance(row, File) and row.academy_id == academy_id)
        if used(session, academy_id) + new > most:
            raise NoRoom("The space for files of this academy is used up; nothing was stored.", remedy="Delete files that are not needed, or ask the academy.")


def _remove(session: Session, transaction: SessionTransaction) -> None:
    inside: SessionTransaction | None = transaction
    while inside is not None and not inside.nested:
        inside = inside.parent
    if inside is not None or session.info.pop(COMMITTING, False):
        return  # the sweep looks after bytes of a part that was taken back, or of a commit that nobody knows the end of
    for academy_id, id in session.info.pop(UNCOMMITTED, ()):
        try:
            place().delete(academy_id, id)
        except OSError:  # the reason of the rollback matters more; the sweep removes them
            log.exception("the bytes of file %s could not be taken back", id)


def _begin_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        session.flush()  # what it raises is still before the commit
        session.info[COMMITTING] = True


def _keep(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(COMMITTING, None)
        session.info.pop(UNCOMMITTED, None)


event.listen(WallSession, "before_flush", _within)
event.listen(WallSession, "before_commit", _begin_commit)
event.listen(WallSession, "after_commit", _keep)
event.listen(WallSession, "after_soft_rollback", _remove)
