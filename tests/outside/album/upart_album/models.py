from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Basis, Category, File, Model, OnErase, Purpose, clock, file, key, months, personal, processing, related, subject


class Photo(AcademyOwned, Model):
    __tablename__ = "album_photo"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(24), after="added_at")

    id: Mapped[UUID] = key()
    owner_id: Mapped[UUID] = subject("owner", on_erase=OnErase.DELETE)
    picture_id: Mapped[UUID | None] = file(Category.MEDIA_IMAGE)
    paper_id: Mapped[UUID | None] = file(Category.CONTENT_PRIVATE)
    title: Mapped[str] = personal(Category.CONTENT_PRIVATE)
    added_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)

    picture: Mapped[File | None] = related(File, "picture_id")
    paper: Mapped[File | None] = related(File, "paper_id")
