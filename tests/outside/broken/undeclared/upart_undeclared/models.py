from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from upart.plugin import AcademyOwned, Model, key


class Note(AcademyOwned, Model):
    __tablename__ = "undeclared_note"

    id: Mapped[UUID] = key()
    text: Mapped[str] = mapped_column()
