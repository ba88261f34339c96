# SPDX-License-Identifier: MIT
"""Personal data breaches, as an academy documents them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, OnErase, Purpose
from upart.privacy.words import key, months, not_personal, processing, subject


class Breach(AcademyOwned, Model):
    """A breach: its facts, its effects and what was done (GDPR art. 33(5)). `known_at` starts the 72 hours of art. 33(1).

    `since` and `until` are when data may have been open; `until` None: up to now.
    """

    __tablename__ = "breach"
    __title__ = "Breaches that you documented"
    __processing__ = processing(Purpose.SECURE, Basis.LAW, retain=months(60), after="known_at")

    id: Mapped[UUID] = key()
    officer_id: Mapped[UUID | None] = subject("officer", on_erase=OnErase.UNLINK, default=None)
    table: Mapped[str] = not_personal("name of a table")
    since: Mapped[datetime] = not_personal("from when data may have been open")
    until: Mapped[datetime | None] = not_personal("until when, if that is known", default=None)
    known_at: Mapped[datetime] = not_personal("when the academy learned of it", index=True)
    nature: Mapped[str] = not_personal("what happened; the form asks to name nobody", default="")
    effects: Mapped[str] = not_personal("likely consequences; the form asks to name nobody", default="")
    remedies: Mapped[str] = not_personal("what was done about it; the form asks to name nobody", default="")
    late: Mapped[str] = not_personal("why the authority was told later than 72 hours", default="")
    reported_at: Mapped[datetime | None] = not_personal("when the authority was told", default=None)
    notice_subject: Mapped[str] = not_personal("subject of the mail to all concerned", default="")
    notice: Mapped[str] = not_personal("text of the mail to all concerned, the same for each", default="")
    told_at: Mapped[datetime | None] = not_personal("when the mails were ordered", default=None)
    closed_at: Mapped[datetime | None] = not_personal("when it was closed", default=None)
    created_at: Mapped[datetime] = not_personal("when it was written down", default=clock.now)
