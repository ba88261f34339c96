# SPDX-License-Identifier: MIT
"""What lies in the media library."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from upart import clock
from upart.accounts.models import Person
from upart.db import AcademyOwned, Model, related
from upart.privacy.taxonomy import Basis, Category, OnErase, Purpose
from upart.privacy.words import file, key, not_personal, personal, processing, subject, until
from upart.storage.models import File


class MediaItem(AcademyOwned, Model):
    """A file with the words that go with it. Others link to the item by `ref("media_item", leads=False)`, so its file can be replaced in its place.

    `shown` is the one person whom it is about, if there is one: it goes with them, with all its sizes. `alt` stands for a
    picture where it is not seen; a `decorative` one says nothing. `focus_x`, `focus_y`: the point that no cut leaves out.
    """

    __tablename__ = "media_item"
    __title__ = "Files of the media library"
    __table_args__ = (Index("ix_media_item_library", "academy_id", "added_at", "id"),)
    __processing__ = processing(Purpose.HOST, Basis.CONTRACT, retain=until("the academy deletes the file"))

    id: Mapped[UUID] = key()
    file_id: Mapped[UUID | None] = file(Category.CONTENT_PUBLIC, about="shown")
    uploader_id: Mapped[UUID | None] = subject("uploader", on_erase=OnErase.UNLINK, default=None)
    shown_id: Mapped[UUID | None] = subject("shown", on_erase=OnErase.DELETE, default=None)
    title: Mapped[str] = personal(Category.CONTENT_PUBLIC, about="shown", by="uploader")
    alt: Mapped[str] = personal(Category.CONTENT_PUBLIC, about="shown", by="uploader", default="")
    credit: Mapped[str] = personal(Category.CONTENT_PUBLIC, about="shown", by="uploader", default="")
    captions_id: Mapped[UUID | None] = file(Category.CONTENT_PUBLIC, about="shown", default=None)
    captions_language: Mapped[str] = not_personal("language of the captions, ISO 639-1", default="")
    decorative: Mapped[bool] = not_personal("may a picture be passed over by whoever does not see it?", default=False)
    focus_x: Mapped[int] = not_personal("percent from the left", default=50)
    focus_y: Mapped[int] = not_personal("percent from the top", default=50)
    kind: Mapped[str] = not_personal("picture, video, document and so on, found by content")
    added_at: Mapped[datetime] = not_personal("when it came into the library", default=clock.now)
    trashed_at: Mapped[datetime | None] = not_personal("since when it lies in the trash", default=None)

    file: Mapped[File | None] = related(File, "file_id")
    captions: Mapped[File | None] = related(File, "captions_id")
    uploader: Mapped[Person | None] = related(Person, "uploader_id")
    shown: Mapped[Person | None] = related(Person, "shown_id")

    @property
    def is_picture(self) -> bool:
        """Is it a picture?"""
        return self.kind == "picture"

    @property
    def needs_words(self) -> bool:
        """Has nobody said yet what a picture shows, or that it says nothing?"""
        return self.is_picture and not self.alt and not self.decorative
