from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, key, not_personal


class Tune(AcademyOwned, Model):
    __tablename__ = "music_tune"

    id: Mapped[UUID] = key()
    text: Mapped[str] = not_personal("a tune")
