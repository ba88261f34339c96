# SPDX-License-Identifier: MIT
"""The event table."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, OnErase, Purpose
from upart.privacy.words import any_link, key, months, not_personal, processing, subject


class Event(AcademyOwned, Model):
    """Something that happened, written in its own transaction; ids only."""

    __tablename__ = "event"
    __title__ = "What happened"
    __processing__ = processing(Purpose.SECURE, Basis.LEGITIMATE_INTEREST, retain=months(24), after="at", interest="to show who changed what in the academy")

    id: Mapped[UUID] = key()
    actor_id: Mapped[UUID | None] = subject("actor", on_erase=OnErase.UNLINK)
    type: Mapped[str] = not_personal("a registered event type")
    at: Mapped[datetime] = not_personal("when it happened; says nothing of anybody once the actor is gone", index=True, default=clock.now)
    object_table: Mapped[str | None] = not_personal("table of the object", default=None)
    object_id: Mapped[UUID | None] = any_link("object_table", default=None)
    data: Mapped[dict[str, Any]] = not_personal("ids of rows and words of ours, never names or addresses")
