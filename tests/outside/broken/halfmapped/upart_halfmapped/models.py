from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, key, not_personal


class Half(AcademyOwned, Model):
    __tablename__ = "halfmapped_half"

    id: Mapped[UUID] = key()
    text: Mapped[str] = not_personal("nothing")


raise RuntimeError("this module breaks after it has mapped a class")
