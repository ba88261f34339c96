# SPDX-License-Identifier: MIT
"""Save a draft, publish it, lay it aside, restore a version. Callers open the door and commit; writers of one row come one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from upart import clock
from upart.context import context
from upart.db import session
from upart.errors import NotHere, Problem
from upart.revisions.bodies import Body, body_of, mark, plain, put
from upart.revisions.finding import draft_of, version_of
from upart.revisions.models import Revision
from upart.theming.locales import gettext as _

ONE_SITTING = timedelta(minutes=10)
"""For so long what one person writes on is one version, where a script saves it."""


class Overtaken(Exception):
    """Somebody else has saved this since the page was opened: nothing of theirs is lost, and nothing was saved.

    `stored` is what is stored now.
    """

    def __init__(self, stored: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.stored: Mapping[str, Any] = stored or {}


def save_draft(row: Any, values: Mapping[str, Any], *, seen: str) -> Revision | None:
    """Write on the draft of a row; what everybody reads stays. Returns the draft, or None when there is nothing left to publish.

    `seen` is `mark_of(row)` when the page was opened. The same sent twice is saved once, so a page may send it every few seconds.
    Raises Overtaken when the draft says something else by now.
    """
    _lock(row)
    draft, live = draft_of(row), body_of(row)
    now = {**live, **draft.body} if draft is not None else live
    wanted = {**now, **plain(row, values)}
    if wanted == now:
        return draft
    if seen != mark(now):
        raise Overtaken(now)
    if wanted == live:
        lay_aside(row)
        return None
    if draft is None:
        _keep_published(row, live)
        return _begin(row, wanted, live)
    draft.body, draft.changed_at, draft.author_id = wanted, clock.now(), _author()
    return draft


def begin_draft(row: Any, values: Mapping[str, Any]) -> Revision:
    """Begin the first draft of a new row that nobody reads before it is published: what it says until then is no version."""
    _lock(row)
    live = body_of(row)
    return _begin(row, {**live, **plain(row, values)}, live)


def publish_draft(row: Any) -> Revision | None:
    """Let everybody read the draft; returns it, or None when there is none. Safe to repeat.

    Raises Overtaken when the row was changed beside its draft: publishing would undo that.
    """
    _lock(row)
    draft, live = draft_of(row), body_of(row)
    if draft is None:
        return None
    if _base(draft, live) != draft.base:
        raise Overtaken(live)
    put(row, draft.body)
    draft.published_at, draft.scheduled_for = clock.now(), None
    session.flush()
    return draft


def write_through(row: Any, values: Mapping[str, Any], *, goes_on: bool = False) -> None:
    """Change what everybody reads at once, and keep both versions: for programs. Raises Problem 409 while a draft is open, which this would undo.

    `goes_on`: a script saves what somebody is writing; what they have written within ten minutes is one version.
    """
    _lock(row)
    live = body_of(row)
    wanted = {**live, **plain(row, values)}
    if wanted == live:
        return
    if draft_of(row) is not None:
        raise Problem(409, _("There are changes that are not published yet."), remedy=_("Publish them or lay them aside, then try again."))
    if goes_on and (begun := _own_newest(row, live)) is not None:
        put(row, wanted)
        begun.body, begun.changed_at = wanted, clock.now()
        session.flush()
        return
    _keep_published(row, live)
    _begin(row, wanted, live)
    publish_draft(row)


def _own_newest(row: Any, live: Body) -> Revision | None:
    """The newest version, if the acting person has just written it and it is what everybody reads."""
    mine = (Revision.owner_table == row.__tablename__, Revision.owner_id == row.id)
    newest = session.scalars(select(Revision).where(*mine).order_by(Revision.number.desc()).limit(1)).first()
    if newest is None or not newest.base or newest.body != live or newest.author_id != _author() or newest.made_at < clock.now() - ONE_SITTING:
        return None
    return newest


@contextmanager
def beside_draft(row: Any) -> Iterator[None]:
    """Change what everybody reads while a draft is open that takes the change in by itself: publishing it does not count as undoing that."""
    draft = draft_of(row)
    fits = draft is not None and _base(draft, body_of(row)) == draft.base
    yield
    if draft is not None and fits:
        session.flush()
        draft.base = _base(draft, body_of(row))


def lay_aside(row: Any) -> None:
    """End the draft of a row without publishing it. It stays among the versions and can be restored."""
    _lock(row)
    if (draft := draft_of(row)) is not None:
        draft.laid_aside_at, draft.scheduled_for = clock.now(), None
        session.flush()


def restore_version(row: Any, number: int) -> Revision:
    """Make a new draft that says what a version said; a draft that is open is laid aside, so nothing is lost. Raises NotHere."""
    _lock(row)
    old = version_of(row, number)
    if old is None:
        raise NotHere
    draft, live = draft_of(row), body_of(row)
    wanted: Body = {**live, **plain(row, old.body)}
    if draft is not None and draft.body == wanted:
        return draft
    lay_aside(row)
    _keep_published(row, live)
    return _begin(row, wanted, live, from_number=number)


def schedule_draft(row: Any, at: datetime | None) -> Revision | None:
    """Say when the draft of a row shall be published, or that it shall not be by itself (None). Who calls also enqueues the task that does it."""
    _lock(row)
    if (draft := draft_of(row)) is not None:
        draft.scheduled_for = at
    return draft


def drop_versions(*rows: Any) -> None:
    """Delete all versions of rows that are deleted themselves."""
    for table in {row.__tablename__ for row in rows}:
        ids = [row.id for row in rows if row.__tablename__ == table]
        session.execute(delete(Revision).where(Revision.owner_table == table, Revision.owner_id.in_(ids)))


def _lock(row: Any) -> None:
    session.flush()
    session.refresh(row, with_for_update=True)


def _base(draft: Revision, live: Body) -> str:
    """The mark of what is published, of what the draft speaks of: an upgrade may have named more since it was begun."""
    return mark({name: value for name, value in live.items() if name in draft.body})


def _author() -> Any:
    return context.person.id if context.person is not None else None


def _number(row: Any) -> int:
    mine = (Revision.owner_table == row.__tablename__, Revision.owner_id == row.id)
    return (session.scalar(select(func.max(Revision.number)).where(*mine)) or 0) + 1


def _keep_published(row: Any, live: Body) -> None:
    """What is published has a version too, also where it was written before there were any."""
    mine = (Revision.owner_table == row.__tablename__, Revision.owner_id == row.id, Revision.published_at.is_not(None))
    newest = session.scalars(select(Revision).where(*mine).order_by(Revision.published_at.desc(), Revision.number.desc()).limit(1)).first()
    if newest is None or newest.body != live:
        session.add(Revision(owner_table=row.__tablename__, owner_id=row.id, number=_number(row), body=live, published_at=clock.now()))
        session.flush()


def _begin(row: Any, body: Body, live: Body, from_number: int | None = None) -> Revision:
    made = Revision(
        owner_table=row.__tablename__, owner_id=row.id, number=_number(row), body=body, base=mark(live), author_id=_author(), from_number=from_number,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
