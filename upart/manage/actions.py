# SPDX-License-Identifier: MIT
"""What staff do with lists: keep a view, forget it, act on many rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.context import context
from upart.db import is_masked, session
from upart.errors import NotHere, Problem
from upart.manage.asked import Asked
from upart.manage.listing import Bulk, Listing
from upart.manage.models import ListView
from upart.theming.locales import gettext as _
from upart.theming.locales import ngettext

MOST = 500
"""Rows on which one act is done in one go: all or none of what is said to be done is, and nobody waits long for its end."""

KEPT = 20
"""Views of one list that a person can keep."""


def views_of(listing: Listing) -> list[ListView]:
    """The views of a list that the acting person keeps, and those that others share, oldest first."""
    found = session.scalars(select(ListView).where(ListView.list == listing.name).order_by(ListView.id))
    return [view for view in found if view.person_id == context.person.id or (view.shared and not is_masked(view))]


def keep_view(asked: Asked, name: str, *, shared: bool) -> ListView:
    """Keep what is asked of a list by this name; another view of that name is replaced. Raises Problem 409 when there are too many."""
    mine = [view for view in views_of(asked.listing) if view.person_id == context.person.id]
    view = next((view for view in mine if view.name == name), None)
    if view is None:
        if len(mine) >= KEPT:
            raise Problem(409, _("You keep %(n)s views of this list.", n=KEPT), remedy=_("Delete one that you do not need."))
        view = ListView(person_id=context.person.id, list=asked.listing.name, name=name)
        session.add(view)
    view.asked, view.shared = asked.words(q=""), shared
    return view


def forget_view(id: UUID) -> None:
    """Delete a view of one's own. Raises NotHere for another's."""
    view = session.get(ListView, {"academy_id": context.academy.id, "id": id})
    if view is None or view.person_id != context.person.id:
        raise NotHere
    session.delete(view)


def matching(asked: Asked) -> list[UUID]:
    """The ids of all rows that match. Raises Problem 409 when they are too many for one go."""
    id = asked.listing.model.id
    found = list(session.scalars(asked.statement().with_only_columns(id).order_by(id).limit(MOST + 1)))
    if len(found) > MOST:
        raise Problem(409, _("More than %(n)s rows match.", n=MOST), remedy=_("Choose filters that fit fewer, and do it in parts."))
    return found


def digest_of(ids: Iterable[UUID]) -> str:
    """What stands for exactly these rows between the question and the yes."""
    return hashlib.sha256(",".join(sorted(map(str, ids))).encode()).hexdigest()[:32]


def rows_of(listing: Listing, ids: Sequence[UUID]) -> Sequence[Any]:
    """These rows, without those that the acting person may not see."""
    id = listing.model.id
    return session.scalars(listing.select().where(id.in_(ids)).order_by(id)).unique().all()


@dataclass
class Outcome:
    """What came of an act: rows to which it was done, of which it was true already, and which were left out, each with the reason."""

    done: list[Any] = field(default_factory=list)
    same: list[Any] = field(default_factory=list)
    left: list[tuple[Any, str]] = field(default_factory=list)


def act_on(bulk: Bulk, rows: Sequence[Any]) -> Outcome:
    """Do it to each row. Needs a write session."""
    found = Outcome()
    for row in rows:
        try:
            with session.begin_nested():
                changed = bulk.act(row)
            (found.same if changed is False else found.done).append(row)
        except Problem as problem:
            found.left.append((row, problem.remedy if problem.status == 404 else f"{problem.message} {problem.remedy}".strip()))
    return found


def counted(sentences: tuple[str, str], number: int) -> str:
    """The sentence for this number."""
    return ngettext(*sentences, number)
