# SPDX-License-Identifier: MIT
"""What came of the last canary of each academy, and what all of them are measured against. Neither is about anybody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.words import key, not_personal


class Outcome(StrEnum):
    """Was everything copied, erased and gone as it was declared?"""

    KEPT = "kept"
    BROKEN = "broken"


class RightsCanary(AcademyOwned, Model):
    """The last canary of an academy; the next one takes its place."""

    __tablename__ = "rights_canary"
    __title__ = "Canary"
    __table_args__ = (UniqueConstraint("academy_id"),)

    id: Mapped[UUID] = key()
    outcome: Mapped[Outcome] = not_personal("was all done as it was declared?")
    at: Mapped[datetime] = not_personal("when it flew", default=clock.now)
    places: Mapped[list[Any]] = not_personal("tables and columns where something was not as declared; the person was made up", default=list)
    statement: Mapped[dict[str, Any]] = not_personal("the signed statement that is published", default=dict)


class RightsPromise(Model):
    """The declarations of one owner ("core" or a plugin) as they were when a canary last found all of them kept, or as somebody accepted them."""

    __tablename__ = "rights_promise"
    __table_args__ = (UniqueConstraint("owner"),)

    id: Mapped[UUID] = key()
    owner: Mapped[str] = not_personal("core, or id of a plugin")
    declarations: Mapped[list[Any]] = not_personal("what its columns hold, not what is in them", default=list)
    at: Mapped[datetime] = not_personal("since when they count", default=clock.now)
