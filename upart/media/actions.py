# SPDX-License-Identifier: MIT
"""What staff do with the library: add, describe, replace, put into the trash and take back, remove."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from upart import clock
from upart.academies.actions import renew_pages
from upart.accounts.models import Person
from upart.context import context
from upart.db import everywhere, session
from upart.errors import Problem
from upart.events.actions import emit
from upart.files.actions import upload
from upart.hooks.routes import permitted
from upart.jobs.actions import enqueue
from upart.media.models import MediaItem
from upart.media.rendering import RENDER
from upart.media.usage import uses
from upart.privacy.taxonomy import Category
from upart.storage.kinds import Group, Refused, by_type
from upart.storage.models import File
from upart.theming.locales import gettext as _

log = logging.getLogger("upart.media")

USE, MANAGE = "media.use", "media.manage"
"""Permissions: see the library, add to it and change what is one's own; change what is everybody's."""

TRASH = timedelta(days=30)
"""How long something lies in the trash before it goes for ever."""

VTT = "text/vtt; charset=utf-8"


class Used(Exception):
    """It is used somewhere: its `args` are the uses."""


def take_in(sent: Any, *, only: Sequence[Group] = ()) -> File:
    """Store what somebody sent; comes before the first statement. Raises Refused and what `upload` raises."""
    if sent is not None and moves(getattr(sent.stream, "head", b"")):
        raise Refused(_("This picture moves, and pictures here stand still."), remedy=_("Send it as a video (MP4 or WebM), or one picture of it."))
    return upload(sent, sent.filename if sent is not None else "", Category.CONTENT_PUBLIC, only=only)


def moves(head: bytes) -> bool:
    """Does a picture say that it has several frames? (WebP container specification, VP8X; PNG third edition, acTL)"""
    webp = head[:4] == b"RIFF" and head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 2)
    return webp or (head.startswith(b"\x89PNG") and b"acTL" in head[: head.find(b"IDAT") if b"IDAT" in head else None])


def add(file: File) -> MediaItem:
    """Put a file into the library that was just taken in. A picture is for everybody at first, as pages need it; all else is not."""
    kind = by_type(file.content_type)
    group = kind.group if kind is not None else Group.OTHER
    file.public = group is Group.PICTURE
    item = MediaItem(file_id=file.id, uploader_id=context.person.id, title=PurePath(file.name).stem[:120], kind=group.value)
    session.add(item)
    session.flush()
    emit("media.added", item)
    if item.is_picture:
        enqueue(RENDER, item=item.id)
    return item


def changes(item: MediaItem) -> bool:
    """May the acting person change this item? Teachers what they added themselves, managers everything."""
    return permitted(MANAGE) or (permitted(USE) and item.uploader_id == context.person.id)


def describe(item: MediaItem, words: Mapping[str, Any], *, public: bool, shown: Person | None) -> None:
    """Change what is said of an item, who may open it, and whom it is about."""
    moved = item.is_picture and (item.focus_x, item.focus_y) != (words["focus_x"], words["focus_y"])
    for name in ("title", "alt", "credit"):
        setattr(item, name, (words[name] or "").strip())
    for name in ("decorative", "focus_x", "focus_y"):
        setattr(item, name, words[name])
    item.shown_id = shown.id if shown is not None else None
    for file in files_of(item):
        file.about_id, file.public = item.shown_id, public
    emit("media.changed", item)
    if moved:
        enqueue(RENDER, item=item.id, dedupe_key=f"{RENDER} {item.id}")
    renew_pages()


def files_of(item: MediaItem) -> Sequence[File]:
    """The file of an item, what was made of it, its captions."""
    own = [id for id in (item.file_id, item.captions_id) if id is not None]
    return session.scalars(select(File).where(or_(File.id.in_(own), File.derived_from.in_(own)))).all()


def replace(item: MediaItem, file: File) -> None:
    """Let another file of the same kind take the place of an item's: all that uses the item shows it. Raises Refused."""
    kind, old = by_type(file.content_type), item.file
    if kind is None or kind.group.value != item.kind:
        raise Refused(_("This is another kind of file."), remedy=_("Choose one of the same kind, or add it as a new file."))
    file.public, file.about_id = bool(old and old.public), item.shown_id
    item.file_id = file.id
    session.flush()
    emit("media.replaced", item)
    if item.is_picture:
        enqueue(RENDER, item=item.id, dedupe_key=f"{RENDER} {item.id}")
    renew_pages()


def caption(item: MediaItem, file: File | None, language: str) -> None:
    """Give a video or a sound its captions (WebVTT), or take them away. Raises Refused."""
    if file is not None and file.content_type != VTT:
        raise Refused(_("This is no WebVTT file."), remedy=_("Captions begin with the word WEBVTT. Save them as WebVTT (.vtt) and send that."))
    if file is not None and item.file is not None:
        file.public, file.about_id = item.file.public, item.shown_id
    item.captions_id, item.captions_language = (file.id, language) if file is not None else (None, "")
    emit("media.changed", item)


def into_trash(item: MediaItem) -> None:
    """Take an item out of the library; it can be taken back for 30 days. Raises Used."""
    _unused(item)
    item.trashed_at = clock.now()
    emit("media.trashed", item)


def take_back(item: MediaItem) -> None:
    """Put it back into the library."""
    item.trashed_at = None
    emit("media.changed", item)


def remove(item: MediaItem) -> None:
    """Delete an item of the trash for ever; its file follows. Raises Used, Problem 409."""
    if item.trashed_at is None:
        raise Problem(409, _("This is not in the trash."), remedy=_("Put it there first."))
    _unused(item)
    emit("media.deleted", item)
    try:
        with session.begin_nested():
            session.delete(item)
    except IntegrityError:
        raise Problem(409, _("Somebody began to use it just now."), remedy=_("Open its page and look where.")) from None


def _unused(item: MediaItem) -> None:
    if found := uses(item):
        raise Used(*found)


def empty_trash() -> None:
    """Task, daily for all academies: what has lain in the trash for 30 days goes; the sweep then takes its file. What is used again stays."""
    with everywhere("what has lain in the trash of libraries long enough?") as opened:
        old = opened.scalars(select(MediaItem).where(MediaItem.trashed_at < clock.now() - TRASH)).all()
        found = [(item.academy_id, item.id) for item in old if not uses(item)]
    for academy_id, id in found:
        _let_go(academy_id, id)


def _let_go(academy_id: UUID, id: UUID) -> None:
    try:
        with everywhere("delete an item of the library", write=True) as opened:
            if item := opened.get(MediaItem, {"academy_id": academy_id, "id": id}):
                opened.delete(item)
    except IntegrityError:
        log.warning("item %s of the library was used again just now and stays", id)
