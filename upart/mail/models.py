# SPDX-License-Identifier: MIT
"""The mail table."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.privacy.taxonomy import Basis, Category, OnErase, Origin, Purpose
from upart.privacy.words import found_by, key, months, not_personal, personal, processing, subject


class MailState(StrEnum):
    """Where a message is. `refused`: somebody objected; `over_budget`: the recipient got too many; `failed`: their server said no, or nothing twice."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    OVER_BUDGET = "over_budget"
    FAILED = "failed"


class MailMessage(AcademyOwned, Model):
    """A message to one address. Its text goes as soon as it has been sent: links in it open things."""

    __tablename__ = "mail_message"
    __title__ = "Messages to you"
    __table_args__ = (UniqueConstraint("academy_id", "dedupe_key"), Index("ix_mail_message_budget", "academy_id", "recipient_digest", "created_at"))
    __processing__ = processing(Purpose.NOTIFY, Basis.CONTRACT, retain=months(3), after="created_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID | None] = subject("recipient", on_erase=OnErase.DELETE)
    purpose: Mapped[str] = not_personal("why it is sent")
    recipient: Mapped[str] = personal(Category.CONTACT_EMAIL)
    recipient_digest: Mapped[str] = found_by("pseudonym of the address")
    subject_line: Mapped[str] = personal(Category.CONTENT_PRIVATE, origin=Origin.DERIVED)
    text: Mapped[str] = personal(Category.CONTENT_PRIVATE, origin=Origin.DERIVED, secret=True)
    state: Mapped[MailState] = not_personal("waiting, sent or why not", default=MailState.WAITING)
    problem: Mapped[str] = not_personal("answer code of the other server, or a word of ours", default="")
    dedupe_key: Mapped[str | None] = not_personal("made of ids; one message per key", default=None)
    created_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
    sent_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
