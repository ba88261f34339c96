# SPDX-License-Identifier: MIT
"""Choosing a picture of the library for something: what pickers of all pages show, and the check of what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from upart.db import session, stands_in
from upart.errors import Problem
from upart.hooks.find import paged
from upart.media.models import MediaItem
from upart.media.showing import Picture, pictures
from upart.storage.models import File
from upart.theming.locales import gettext as _

PAGE = 24
FIT = (
    MediaItem.kind == "picture", MediaItem.trashed_at.is_(None), or_(MediaItem.alt != "", MediaItem.decorative.is_(True)),
    MediaItem.file_id.in_(select(File.id).where(File.academy_id == MediaItem.academy_id, File.public.is_(True))),
)  # fmt: skip
"""What may stand on a page: open to everybody, with words or without need of any, not in the trash."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A picture that can be chosen: id, name, how it looks."""

    id: UUID
    title: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class Choices:
    """One page of pictures to choose from, and the key of the next page (None: this was the last)."""

    rows: Sequence[Choice]
    after: str | None


def choosable_pictures(q: str = "", *, after: str | None = None) -> Choices:
    """The pictures of the library that may stand on a page, newest first; `q` finds by name and by what they show. Raises Problem 400 for a bad key."""
    found = select(MediaItem).where(*FIT)
    if q:
        found = found.where(or_(*(stands_in(q, column) for column in (MediaItem.title, MediaItem.alt))))
    page = paged(found, MediaItem.added_at, MediaItem.id, after=after, size=PAGE, newest_first=True)
    shown = pictures(item.id for item in page.rows)
    return Choices([Choice(item.id, item.title, shown[item.id]) for item in page.rows if item.id in shown], page.after)


def chosen_picture(id: str) -> UUID:
    """The id of a picture that somebody chose, to be linked by a column `ref("media_item", leads=False)`. Raises Problem 422 for one that cannot be used."""
    try:
        found = session.scalar(select(MediaItem.id).where(MediaItem.id == UUID(id), *FIT))
    except ValueError:
        found = None
    if found is None:
        raise Problem(
            422,
            _("This picture cannot be used here."),
            remedy=_("Choose one that lies in the library, that everybody may open, and of which somebody has said what it shows."),
        )
    return found
