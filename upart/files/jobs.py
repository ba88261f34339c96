# SPDX-License-Identifier: MIT
"""Tasks: let go of files that nobody links to, and see that rows and bytes agree."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from upart.context import context
from upart.db import reading, session
from upart.files import sweeping
from upart.jobs.actions import enqueue
from upart.storage.models import File
from upart.storage.places import place
from upart.storage.removing import FILE, remove_rows, unlinked


def tidy(file: str) -> None:
    """Task: delete the row of a file that no row links to any more; its bytes go by a job of the same transaction."""
    academy, id = context.academy.id, UUID(file)
    left = select(FILE.c.id).where(FILE.c.academy_id == academy, FILE.c.id == id, unlinked(sweeping.all_links()))
    if session.execute(left).first() is not None:
        for gone in remove_rows(session(), academy, [id]):
            enqueue("files.remove", file=gone, dedupe_key=f"files.remove {gone}")


def remove(file: str) -> None:
    """Task: remove the bytes of a file whose row is gone. Safe to repeat."""
    with reading(context.academy):
        stands = session.get(File, {"academy_id": context.academy.id, "id": UUID(file)}) is not None
    if not stands:
        place().delete(context.academy.id, UUID(file))


def sweep() -> None:
    """Task, daily on the platform, for all academies; what it finds is in the log."""
    sweeping.sweep()
