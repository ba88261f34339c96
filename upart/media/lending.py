# SPDX-License-Identifier: MIT
"""Videos, sounds and other files of the library on pages of plugins: what is said of them, choosing one, adding one from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from upart.db import is_masked, session, stands_in
from upart.errors import Problem
from upart.events.actions import emit
from upart.hooks.find import paged
from upart.media import actions
from upart.media.actions import take_in
from upart.media.choosing import FIT
from upart.media.models import MediaItem
from upart.media.usage import uses
from upart.storage.kinds import Group
from upart.storage.models import File
from upart.theming.locales import gettext as _

PAGE = 24

__all__ = ["Media", "MediaChoices", "add_media", "caption_media", "choosable_media", "chosen_media", "media", "remove_media", "take_in"]


@dataclass(frozen=True, slots=True)
class Media:
    """An item of the library: id, name, group ("video", "document", …), its file, captions (WebVTT) if it has some, and their language (ISO 639-1)."""

    id: UUID
    title: str
    kind: str
    file: File
    captions: File | None
    language: str


@dataclass(frozen=True, slots=True)
class MediaChoices:
    """One page of items to choose from, and the key of the next page (None: this was the last)."""

    rows: Sequence[Media]
    after: str | None


def media(ids: Iterable[UUID | None]) -> Mapping[UUID, Media]:
    """These items of the library by their ids, by one statement. What is in the trash, or about a person whose data are restricted, is left out."""
    wanted = list({id for id in ids if id is not None})
    found = (
        select(MediaItem).where(MediaItem.id.in_(wanted), MediaItem.trashed_at.is_(None)).options(joinedload(MediaItem.file), joinedload(MediaItem.captions))
    )
    rows = session.scalars(found).all() if wanted else []
    return {row.id: _lent(row, row.file) for row in rows if row.file is not None and not is_masked(row) and not is_masked(row.file)}


def _lent(row: MediaItem, file: File) -> Media:
    return Media(row.id, row.title, row.kind, file, row.captions, row.captions_language)


def choosable_media(groups: Sequence[Group], q: str = "", *, after: str | None = None) -> MediaChoices:
    """The items of these groups, newest first; `q` finds by name. Pictures are those that may stand on a page. Raises Problem 400 for a bad key."""
    found = select(MediaItem).where(*_of(groups))
    if q:
        found = found.where(stands_in(q, MediaItem.title))
    page = paged(found, MediaItem.added_at, MediaItem.id, after=after, size=PAGE, newest_first=True)
    shown = media(item.id for item in page.rows)
    return MediaChoices([shown[item.id] for item in page.rows if item.id in shown], page.after)


def chosen_media(id: str, groups: Sequence[Group]) -> UUID:
    """The id of an item that somebody chose, for a column `ref("media_item", leads=False)`. Raises Problem 422 for one that is not of these groups."""
    try:
        found = session.scalar(select(MediaItem.id).where(MediaItem.id == UUID(id), *_of(groups)))
    except ValueError:
        found = None
    if found is None:
        why = _("Choose one that lies in the library. A picture must be open to everybody, and somebody must have said what it shows.")
        raise Problem(422, _("This file cannot be used here."), remedy=why)
    return found


def _of(groups: Sequence[Group]) -> tuple[Any, ...]:
    return FIT if tuple(groups) == (Group.PICTURE,) else (MediaItem.kind.in_([group.value for group in groups]), MediaItem.trashed_at.is_(None))


def add_media(file: File, *, alt: str = "") -> UUID:
    """Put a file into the library that `take_in` has just taken, and return the item's id. `alt`: what a picture shows."""
    item = actions.add(file)
    item.alt = alt if item.is_picture else ""
    session.flush()
    return item.id


def caption_media(id: UUID, file: File, language: str) -> None:
    """Give a video or a sound captions that were just taken in. Raises Refused for another file than WebVTT, Problem 422 for an item that is not there."""
    item = session.scalars(select(MediaItem).where(MediaItem.id == id, MediaItem.trashed_at.is_(None))).first()
    if item is None or not actions.changes(item):
        raise Problem(422, _("This file is not yours to change."), remedy=_("Ask whoever has added it, or add it once more yourself."))
    actions.caption(item, file, language)


def remove_media(ids: Iterable[UUID]) -> int:
    """Delete items of the library for ever that nothing uses, as what came in with something that was taken back; returns how many. Their files follow.

    Comes in a transaction of its own, behind that in which their last use ended: what uses them is asked of what is committed.
    """
    rows = session.scalars(select(MediaItem).where(MediaItem.id.in_(list(ids)))).all()
    unused = [row for row in rows if not uses(row)]
    for row in unused:
        emit("media.deleted", row)
        session.delete(row)
    session.flush()
    return len(unused)
