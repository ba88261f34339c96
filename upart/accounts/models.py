# SPDX-License-Identifier: MIT
"""People as an academy knows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, Needed, Purpose
from upart.privacy.words import key, months, personal, processing


class Person(AcademyOwned, Model):
    """One human as this academy knows them; every link to a human in its tables points here."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("academy_id", "email"),)
    __processing__ = processing(Purpose.ACCOUNT, Basis.CONTRACT, retain=months(24), after="created_at")

    id: Mapped[UUID] = key()
    name: Mapped[str] = personal(Category.ID_NAME)
    email: Mapped[str | None] = personal(Category.CONTACT_EMAIL)
    zone: Mapped[str] = personal(Category.PREF_SETTINGS, needed=Needed.OPTIONAL, default="UTC")
    language: Mapped[str] = personal(Category.DEMOGRAPHIC_LANGUAGE, needed=Needed.OPTIONAL, default="en")
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
