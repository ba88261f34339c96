# SPDX-License-Identifier: MIT
"""Custody: an academy that nobody owns any more is paused, and the platform keeps it until somebody takes it over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from upart import clock
from upart.academies.actions import raise_epoch
from upart.academies.models import Academy, Ending
from upart.context import context
from upart.db import everywhere
from upart.jobs.actions import IS_OFF, wake
from upart.theming.faults import page
from upart.theming.problems import is_for_programs
from upart.theming.render import render

OPEN = frozenset({
    "sign", "theming", "mine", "requests", "links", "copies", "correcting", "objecting", "restraining", "leaving",
    "privacy", "choices", "consenting", "cookies", "visits", "recent",
})  # fmt: skip
"""Blueprints whose pages answer while an academy is paused: signing in, the look, and the rights of people."""

STAFF = frozenset({"queue", "entering", "untold", "ending"})
"""Those that answer besides while the people of an academy that closes are being erased: what stands against it is for its owners to decide."""

PASSES = frozenset({"rights", "secure", "account"})
"""Purposes of the mail that still leaves: rights, safety, and the account (the invitation that ends the pause)."""


class Kept(NamedTuple):
    """An academy in custody, as the platform's operator sees it: no content."""

    id: UUID
    name: str
    slug: str
    since: datetime


def take(session: Session, academy_id: UUID) -> bool:
    """Pause an academy and take it into custody, in the transaction in which its last owner goes. False if it was already."""
    free = update(Academy).where(Academy.id == academy_id, Academy.custody_at.is_(None)).values(custody_at=clock.now())
    return _changed(session, academy_id, free)


def end(session: Session, academy_id: UUID) -> bool:
    """Somebody owns the academy again: it answers as before, and its work that has waited goes on. False if it was not in custody."""
    held = update(Academy).where(Academy.id == academy_id, Academy.custody_at.is_not(None)).values(custody_at=None)
    if _changed(session, academy_id, held):
        wake(session, IS_OFF, academy_id)
        return True
    return False


def _changed(session: Session, academy_id: UUID, statement: Any) -> bool:
    done: Any = session.execute(statement.execution_options(synchronize_session=False))
    if done.rowcount:
        raise_epoch(session, academy_id)
    return bool(done.rowcount)


def kept() -> Sequence[Kept]:
    """The academies in custody, the longest first; without those whose closing has begun."""
    goes_on = Academy.ending.is_(None) | (Academy.ending == Ending.ANNOUNCED)
    with everywhere("which academies are in custody?") as session:
        rows = session.scalars(select(Academy).where(Academy.custody_at.is_not(None), goes_on).order_by(Academy.custody_at, Academy.slug))
        return [Kept(row.id, row.name, row.slug, row.custody_at) for row in rows if row.custody_at is not None]


def answers(endpoint: str) -> bool:
    """Does a page of the acting academy answer now?"""
    blueprint = endpoint.partition(".")[0]
    return not context.academy.is_paused or blueprint in OPEN or (context.academy.ending == Ending.LEAVING and blueprint in STAFF)


def paused() -> Response:
    """What everybody sees instead of a page that does not answer: that it is paused, and whom to write to; or that it is closed."""
    if is_for_programs(request.path):
        return page(503, text="This academy is paused.", remedy="Its first page says why.", code="paused")
    host = current_app.extensions["upart"].directory.base_host
    there = current_app.extensions["upart_config"].address(host)
    return render("academies/paused.html", 503, closing=context.academy.ending == Ending.LEAVING, platform=host, there=there)
