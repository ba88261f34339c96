# SPDX-License-Identifier: MIT
"""The end of an academy: announced, taken back or begun; then its people leave, its rows go, and what a law keeps is all that is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from upart import clock
from upart.academies.actions import raise_epoch
from upart.academies.models import Academy, AcademyHost, AcademyKind, Ending
from upart.context import context
from upart.db import everywhere
from upart.db import session as current
from upart.errors import Problem
from upart.theming.locales import gettext as _

__all__ = [
    "NOTICE", "Ending", "Ends", "all_ending", "announce", "begin", "emptied", "forget", "has_begun", "nobody_left", "note", "stage_of", "take_back",
    "those_begun", "went_of",
]  # fmt: skip

NOTICE = timedelta(days=30)
"""How long before its end an academy says so. Who is told may ask for a copy at once, and an academy has a month to answer a request (GDPR art. 12(3))."""


class Ends(NamedTuple):
    """An academy that closes: where it is, and how many rows of each table have gone."""

    id: UUID
    name: str
    slug: str
    ending: Ending
    closes_at: datetime
    went: Mapping[str, int]


def announce(session: Session, academy_id: UUID, closes_at: datetime) -> bool:
    """Say when an academy closes; an earlier day replaces a later one. False if it is closing already. Raises Problem 409 for the platform."""
    if session.scalar(select(Academy.kind).where(Academy.id == academy_id)) is AcademyKind.PLATFORM:
        raise Problem(409, _("The platform cannot be closed: all academies live on it."), remedy=_("Close the academies, one by one."))
    later = Academy.ending.is_(None) | ((Academy.ending == Ending.ANNOUNCED) & (Academy.closes_at > closes_at))
    return _changed(session, academy_id, update(Academy).where(later).values(ending=Ending.ANNOUNCED, closes_at=closes_at, went={}))


def take_back(session: Session, academy_id: UUID, at: datetime | None = None) -> bool:
    """The academy goes on. False once the day has come, or if it was not to be closed. `at`: when that was said, if not now."""
    before = update(Academy).where(Academy.ending == Ending.ANNOUNCED, Academy.closes_at > (at or clock.now())).values(ending=None, closes_at=None)
    return _changed(session, academy_id, before)


def begin(session: Session, academy_id: UUID) -> bool:
    """The day has come: from this transaction on the academy is paused, and its people leave. False before that, or if it has begun."""
    due = update(Academy).where(Academy.ending == Ending.ANNOUNCED, Academy.closes_at <= clock.now()).values(ending=Ending.LEAVING)
    return _changed(session, academy_id, due)


def nobody_left(session: Session, academy_id: UUID, went: Mapping[str, int]) -> bool:
    """Its people are gone: no host leads to it any more. `went`: rows that have gone with them. False if another worker was first."""
    if not _changed(session, academy_id, update(Academy).where(Academy.ending == Ending.LEAVING).values(ending=Ending.EMPTYING, went=dict(went))):
        return False
    session.execute(delete(AcademyHost).where(AcademyHost.academy_id == academy_id).execution_options(synchronize_session=False))
    return True


def emptied(session: Session, academy_id: UUID) -> bool:
    """All has gone that no law keeps. False if another worker was first: so it is told once."""
    return _changed(session, academy_id, update(Academy).where(Academy.ending == Ending.EMPTYING).values(ending=Ending.CLOSED))


def note(session: Session, academy_id: UUID, more: Mapping[str, int]) -> None:
    """Add up what has gone, in the transaction in which it goes."""
    row = session.scalars(select(Academy).where(Academy.id == academy_id).with_for_update().execution_options(populate_existing=True)).one()
    row.went = {**row.went, **{table: row.went.get(table, 0) + number for table, number in more.items()}}
    session.flush()


def forget(session: Session, academy_id: UUID) -> None:
    """Nothing of it is left that its row could keep: the row goes too, and its address is free."""
    session.execute(delete(Academy).where(Academy.id == academy_id, Academy.ending == Ending.CLOSED).execution_options(synchronize_session=False))


def stage_of(session: Session, academy_id: UUID) -> tuple[Ending | None, datetime | None]:
    """How far an academy has come, and its day; locked until the end of a transaction that writes."""
    row = session.execute(select(Academy.ending, Academy.closes_at).where(Academy.id == academy_id).with_for_update()).first()
    return (row.ending, row.closes_at) if row is not None else (None, None)


def went_of(session: Session, academy_id: UUID) -> Mapping[str, int]:
    """How many rows of each table have gone."""
    return session.scalar(select(Academy.went).where(Academy.id == academy_id)) or {}


def has_begun() -> bool:
    """Is the academy of this door past the day on which it closes? Asks the database: what is kept in memory may be older."""
    return current().scalar(those_begun().where(Academy.id == context.academy.id)) is not None


def those_begun() -> Select[UUID]:
    """The ids of academies whose closing cannot be taken back any more, for statements."""
    return select(Academy.id).where(Academy.ending.is_not(None), Academy.ending != Ending.ANNOUNCED)


def all_ending() -> Sequence[Ends]:
    """The academies that close, by day."""
    with everywhere("which academies close?") as session:
        rows = session.scalars(select(Academy).where(Academy.ending.is_not(None)).order_by(Academy.closes_at, Academy.slug))
        return [Ends(row.id, row.name, row.slug, row.ending, row.closes_at, row.went) for row in rows if row.ending is not None and row.closes_at is not None]


def _changed(session: Session, academy_id: UUID, statement: Any) -> bool:
    done: Any = session.execute(statement.where(Academy.id == academy_id).execution_options(synchronize_session=False))
    if done.rowcount:
        raise_epoch(session, academy_id)
    return bool(done.rowcount)
