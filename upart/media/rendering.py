# SPDX-License-Identifier: MIT
"""Task: make the named sizes of a picture. They are drawn in a process of their own, and nobody's page waits for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import select

from upart.academies.actions import renew_pages
from upart.context import context
from upart.db import reading, session, uuid7
from upart.jobs.actions import enqueue
from upart.media.models import MediaItem
from upart.media.sizes import cuts
from upart.storage.incoming import Incoming
from upart.storage.models import File, FileRemoved
from upart.storage.pictures import Cuttings, Drawn
from upart.storage.places import place
from upart.storage.space import remember

RENDER = "media.render"


def render(item: str) -> Callable[[], None] | None:
    """Task: make the sizes of a picture, then put them in the place of those that it had. Safe to repeat."""
    academy = context.academy.id
    with reading(context.academy):
        row = session.get(MediaItem, {"academy_id": academy, "id": UUID(item)})
        file = row.file if row is not None and row.is_picture else None
        if row is None or file is None or not file.width or not file.height:
            return None
        seen, id, content_type = (row.focus_x, row.focus_y), file.id, file.content_type
        wanted = cuts(file.width, file.height, *seen)
    with ExitStack() as stack:
        incoming = stack.enter_context(Incoming(place()))
        with place().open(academy, id) as stream:
            incoming.take(stream)
        cuttings = stack.enter_context(Cuttings(place(), incoming, content_type, [cut for _name, cut in wanted]))
        drawn = [(uuid7(), name, one) for (name, _cut), one in zip(wanted, cuttings.cut(), strict=True)]
        made = [_stored(academy, *one) for one in drawn]
    return lambda: _keep(UUID(item), id, seen, made)


def _stored(academy: UUID, id: UUID, name: str, one: Drawn) -> dict[str, Any]:
    """Bytes first; their rows come with the end of the job. Those whose worker died are swept."""
    made: dict[str, Any] = {"id": id, "rendition": name, "content_type": one.content_type, "width": one.width, "height": one.height}
    made |= {"size": one.incoming.size, "sha256": one.incoming.sha256}
    place().put(academy, id, one.incoming.done())
    return made


def _keep(item: UUID, file: UUID, seen: tuple[int, int], made: Sequence[dict[str, Any]]) -> None:
    """The rows of what was made, if the picture is still the same; then those of earlier ones go."""
    row = session.get(MediaItem, {"academy_id": context.academy.id, "id": item}, with_for_update=True)
    original = row.file if row is not None and row.file_id == file and (row.focus_x, row.focus_y) == seen else None
    if original is None:
        session.add_all(FileRemoved(id=one["id"]) for one in made)
        enqueue("files.tidy", file=file)
        return
    earlier = session.scalars(select(File).where(File.derived_from == file, File.rendition != "")).all()
    for old in earlier:
        session.add(FileRemoved(id=old.id))
        session.delete(old)
    if earlier:
        enqueue("files.tidy", file=file)
    stem = PurePath(original.name).stem
    shared = {"academy_id": original.academy_id, "about_id": original.about_id, "category": original.category, "public": original.public}
    rows = [File(**one, **shared, name=f"{stem}.{one['content_type'].partition('/')[2]}", derived_from=file, own_bytes=True) for one in made]
    remember(session(), rows)
    renew_pages()
