# SPDX-License-Identifier: MIT
"""The file table: one row for each stored file and each rendition of it; and what is to be removed from where the bytes lie."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, OnErase, Origin, Purpose
from upart.privacy.words import key, not_personal, personal, processing, ref, subject, until


class FileState(StrEnum):
    """Bytes are stored before their row, so no row waits for them. `gone`: the row stands, its bytes were not found or are cut short."""

    STORED = "stored"
    GONE = "gone"


class File(AcademyOwned, Model):
    """A stored file. What it is about says the column that links to it by `file(...)`; when no row links to it any more, it goes.

    The bytes lie under academy and id, never under the name. `own_bytes`: made or drawn anew here, so that a
    browser may show them. `derived_from` is the file that a rendition was made of.
    """

    __tablename__ = "file"
    __processing__ = processing(Purpose.HOST, Basis.CONTRACT, retain=until("what it belongs to goes"))

    id: Mapped[UUID] = key()
    about_id: Mapped[UUID | None] = subject("about", on_erase=OnErase.DELETE, default=None)
    derived_from: Mapped[UUID | None] = ref("file", leads=False, follows=True, default=None)
    name: Mapped[str] = personal(Category.CONTENT_META)
    sha256: Mapped[str] = personal(Category.CONTENT_META, origin=Origin.DERIVED, never_share=True)
    category: Mapped[str] = not_personal("a category of data, as the column that links to it declares")
    content_type: Mapped[str] = not_personal("found by content, never by name")
    size: Mapped[int] = not_personal("bytes")
    width: Mapped[int | None] = not_personal("pixels of a picture", default=None)
    height: Mapped[int | None] = not_personal("pixels of a picture", default=None)
    rendition: Mapped[str] = not_personal("of a rendition which of the named sizes it is, if it is one", default="")
    own_bytes: Mapped[bool] = not_personal("made or drawn anew here", default=False)
    public: Mapped[bool] = not_personal("may anybody open it, without a signed address?", default=False)
    state: Mapped[FileState] = not_personal("are its bytes there?", default=FileState.STORED)
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class FileRemoved(AcademyOwned, Model):
    """Bytes that must go: written in the transaction that deletes their row, deleted when they are gone. `id` is the file's."""

    __tablename__ = "file_removed"

    id: Mapped[UUID] = key()
    removed_at: Mapped[datetime] = not_personal("when the row was deleted", default=clock.now)
