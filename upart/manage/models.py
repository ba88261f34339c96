# SPDX-License-Identifier: MIT
"""Views of lists that staff keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, OnErase, Purpose
from upart.privacy.words import key, not_personal, personal, processing, subject, until


class ListView(AcademyOwned, Model):
    """What somebody asks of a list again and again, by a name of theirs. What was typed into the search field is no part of it."""

    __tablename__ = "manage_view"
    __title__ = "Views of lists that you keep"
    __table_args__ = (UniqueConstraint("academy_id", "person_id", "list", "name"),)
    __processing__ = processing(Purpose.PERSONALISE, Basis.CONTRACT, retain=until("its owner deletes it or leaves the academy"))

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("owner", on_erase=OnErase.DELETE)
    list: Mapped[str] = not_personal("name of a list")
    name: Mapped[str] = personal(Category.PREF_SETTINGS)
    asked: Mapped[dict[str, Any]] = not_personal("filters, order and columns: words of ours, never what was looked for", default=dict)
    shared: Mapped[bool] = not_personal("do others who see the list see it too?", default=False)
    made_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
