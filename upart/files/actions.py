# SPDX-License-Identifier: MIT
"""Take a file in."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from upart.context import context
from upart.db import has_begun, session, uuid7
from upart.errors import WallError
from upart.privacy.taxonomy import Category
from upart.storage.incoming import Incoming
from upart.storage.kinds import Group, Kind, Refused, kind_of
from upart.storage.models import File
from upart.storage.names import clean
from upart.storage.pictures import RENDITION, Drawings, Drawn
from upart.storage.places import place
from upart.storage.space import remember
from upart.theming.turns import waiting

WEBP = ".webp"


def upload(
    stream: Any, name: str | None, category: Category, about: Any = None, *, widths: Sequence[int] = (), only: Sequence[Group] = (), public: bool = False,
    while_writing: bool = False,
) -> File:  # fmt: skip
    """Store what somebody sent and return its row, to be linked by a column that was declared with `file(category)`.

    `stream` is one of `request.files`, or anything with `read()`. `name` is kept for people only. `about` is the person
    (a row of `person`) with whom the file goes. A picture is drawn anew, at most 4096 pixels wide and high, without anything
    that its camera wrote into it; `widths` (pixels) makes renditions for `file_url(file, width=…)`. `only` narrows what may
    come, as the categories of pictures and recordings do by themselves. `public`: anybody may open it.

    Comes before the first statement of a view, because it writes to the disk and draws: meanwhile nobody else could write to
    the database. A command that has it to itself (a demo) says `while_writing=True`. The row is kept by the door's commit; if
    there is none, the bytes go too. Raises Refused (422), NoRoom (507), Busy (503), all with words for the person.
    """
    if has_begun() and not while_writing:
        raise WallError(
            "upload() came after the first statement of its door.", remedy="Call it first in the view, or upload(..., while_writing=True) in a command."
        )
    with _received(stream) as incoming:
        if not incoming.size:
            raise Refused("No file came, or an empty one.", remedy="Choose a file and send it again.")
        kind = kind_of(incoming.head, Category(category), only)
        row = _row(incoming, clean(name, kind, suffix=kind.suffixes[0] if kind.group is Group.PICTURE else ""), kind.content_type)
        row.about_id, row.category, row.public = about.id if about is not None else None, Category(category).value, public
        if kind.group is not Group.PICTURE:
            _store([(row, incoming)])
            return row
        with Drawings(place(), incoming, kind, widths) as drawings:
            with nullcontext() if while_writing else waiting():
                drawn = drawings.draw()
            _store(_of_picture(row, kind, drawn))
    return row


def _received(stream: Any) -> Incoming:
    """The bytes on our disk; those of a form are there already."""
    inner = getattr(stream, "stream", stream)
    if isinstance(inner, Incoming):
        return inner
    incoming = Incoming(place())
    try:
        return incoming.take(inner) if inner is not None else incoming
    except BaseException:
        incoming.close()
        raise


def _row(incoming: Incoming, name: str, content_type: str) -> File:
    return File(academy_id=context.academy.id, id=uuid7(), name=name, content_type=content_type, size=incoming.size, sha256=incoming.sha256)


def _of_picture(original: File, kind: Kind, drawn: Sequence[Drawn]) -> list[tuple[File, Incoming]]:
    """The picture as it was drawn anew, then its renditions."""
    first, *others = drawn
    original.size, original.sha256 = first.incoming.size, first.incoming.sha256
    original.width, original.height, original.own_bytes = first.width, first.height, True
    pairs = [(original, first.incoming)]
    for one in others:
        row = _row(one.incoming, original.name.removesuffix(kind.suffixes[0]) + WEBP, RENDITION)
        row.width, row.height, row.own_bytes, row.derived_from = one.width, one.height, True, original.id
        row.about_id, row.category, row.public = original.about_id, original.category, original.public
        pairs.append((row, one.incoming))
    return pairs


def _store(pairs: Sequence[tuple[File, Incoming]]) -> None:
    """Bytes first, rows with the door's commit: a row never stands without its bytes."""
    stored: list[File] = []
    try:
        for row, incoming in pairs:
            place().put(row.academy_id, row.id, incoming.done())
            stored.append(row)
    except BaseException:
        for row in stored:
            place().delete(row.academy_id, row.id)
        raise
    remember(session(), stored)
