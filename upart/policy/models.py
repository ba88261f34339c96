# SPDX-License-Identifier: MIT
"""Personal data breaches, as an academy documents them; privacy policies, as it has published them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, OnErase, Purpose
from upart.privacy.words import key, months, not_personal, processing, subject, until


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


class PolicyVersion(AcademyOwned, Model):
    """A privacy policy as it was published; it is never changed. `number` counts from 1 at each academy.

    `facts` is what it rests on, `documents` its words by language. `found` are the differences to the version before it. `announced` says
    from which day (ISO) a new processor gets anything. Without a publisher the software published it: nothing of it was material.
    """

    __tablename__ = "policy_version"
    __title__ = "Privacy policies that you published"
    __table_args__ = (UniqueConstraint("academy_id", "number"),)
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=until("the academy is closed"))

    id: Mapped[UUID] = key()
    number: Mapped[int] = not_personal("which version it is")
    digest: Mapped[str] = not_personal("a checksum of its facts")
    facts: Mapped[dict[str, Any]] = not_personal("declarations and settings, which the academy publishes")
    documents: Mapped[dict[str, Any]] = not_personal("the words of the policy by language, which the academy publishes")
    found: Mapped[list[Any]] = not_personal("what is different from the version before")
    material: Mapped[bool] = not_personal("would people want to know of it?", default=False)
    announced: Mapped[dict[str, Any]] = not_personal("names of companies, and from when they get anything", default=dict)
    publisher_id: Mapped[UUID | None] = subject("publisher", on_erase=OnErase.UNLINK, default=None)
    published_at: Mapped[datetime] = not_personal("when the academy published it", default=clock.now)
