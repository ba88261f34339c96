# SPDX-License-Identifier: MIT
"""What was done, one row each time: twice done is seen twice."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, key, not_personal


class Mark(AcademyOwned, Model):
    """One effect of one job. There is no unique key, so that a doubled effect leaves two."""

    __tablename__ = "toil_mark"

    id: Mapped[UUID] = key()
    number: Mapped[int] = not_personal("which job made it")
    word: Mapped[str] = not_personal("what it did", default="")
