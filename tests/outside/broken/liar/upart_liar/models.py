from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, key, not_personal


class Visit(AcademyOwned, Model):
    __tablename__ = "liar_visit"

    id: Mapped[UUID] = key()
    who: Mapped[UUID] = not_personal("just a number, honestly")
