from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Basis, Category, Model, Needed, OnErase, Purpose, clock, key, months, personal, processing, subject

EDITION = os.environ.get("POSTCARD_EDITION", "1")


class Card(AcademyOwned, Model):
    __tablename__ = "postcard_card"
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(12 if EDITION == "1" else 24), after="written_at")

    id: Mapped[UUID] = key()
    writer_id: Mapped[UUID] = subject("writer", on_erase=OnErase.DELETE)
    text: Mapped[str] = personal(Category.CONTENT_PRIVATE)
    written_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
    if EDITION != "1":
        mood: Mapped[str | None] = personal(Category.CONTENT_PRIVATE, needed=Needed.OPTIONAL, default=None)


if EDITION != "1":

    class Stamp(AcademyOwned, Model):
        __tablename__ = "postcard_stamp"
        __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=months(12), after="licked_at")

        id: Mapped[UUID] = key()
        owner_id: Mapped[UUID] = subject("owner", on_erase=OnErase.DELETE)
        licked_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
