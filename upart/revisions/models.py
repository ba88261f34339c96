# SPDX-License-Identifier: MIT
"""Versions of what rows say."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, OnErase, Purpose
from upart.privacy.words import any_link, key, months, not_personal, processing, subject


class Revision(AcademyOwned, Model):
    """What one row said, or shall say: the values of its columns that are named in `__revised__`.

    Such columns say nothing of a person, so neither does `body`; who wrote is `author`, and goes with them. A version is open (the draft)
    until it is published or laid aside. `base` is the mark of what was published when the draft was begun;
    it is empty for a text that was published before anybody kept versions of it, of which nobody knows since when.
    """

    __tablename__ = "revision"
    __title__ = "Versions of texts"
    __table_args__ = (UniqueConstraint("academy_id", "owner_table", "owner_id", "number"),)
    __processing__ = processing(Purpose.HOST, Basis.CONTRACT, retain=months(24), after="changed_at")

    id: Mapped[UUID] = key()
    owner_table: Mapped[str | None] = not_personal("table of the row", default=None)
    owner_id: Mapped[UUID | None] = any_link("owner_table", default=None)
    number: Mapped[int] = not_personal("counts the versions of one row")
    body: Mapped[dict[str, Any]] = not_personal("copies of columns that are declared to say nothing of a person")
    base: Mapped[str] = not_personal("mark of what was published when the draft was begun", default="")
    author_id: Mapped[UUID | None] = subject("author", on_erase=OnErase.UNLINK, default=None)
    from_number: Mapped[int | None] = not_personal("number of the version that was restored by this one", default=None)
    made_at: Mapped[datetime] = not_personal("when the draft was begun", default=clock.now)
    changed_at: Mapped[datetime] = not_personal("last save; says nothing of anybody once the author is gone", index=True, default=clock.now)
    published_at: Mapped[datetime | None] = not_personal("since when everybody can read it", default=None)
    laid_aside_at: Mapped[datetime | None] = not_personal("since when it is no draft any more without having been published", default=None)
    scheduled_for: Mapped[datetime | None] = not_personal("when the draft shall be published", default=None)

    @property
    def is_open(self) -> bool:
        """Is it the draft?"""
        return self.published_at is None and self.laid_aside_at is None
