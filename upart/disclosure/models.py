# SPDX-License-Identifier: MIT
"""The disclosure log, and what recipients must be told because of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from upart import clock
from upart.db import AcademyOwned, Model
from upart.disclosure.words import NoticeAct, NoticeState
from upart.privacy.taxonomy import Basis, Category, OnErase, Origin, Purpose
from upart.privacy.words import key, months, not_personal, personal, processing, subject, until


class Disclosure(AcademyOwned, Model):
    """What went to somebody outside: names of columns, never their values. It goes with the person, after its recipients were told."""

    __tablename__ = "disclosure"
    __title__ = "What was given to others"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=until("the person leaves the academy"))

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("person", on_erase=OnErase.DELETE)
    recipient: Mapped[str] = not_personal("name of a declared recipient, or of an authority")
    purpose: Mapped[str] = not_personal("what it was given for")
    fields: Mapped[list[str]] = not_personal("names of columns, never their values")
    permission: Mapped[str] = personal(Category.PREF_PRIVACY, default="")
    authority: Mapped[str] = personal(Category.CONTENT_META, origin=Origin.FROM_OTHER, default="")
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)


class DisclosureNotice(AcademyOwned, Model):
    """Something that a recipient must be told about a person whose data it received, until it was (GDPR art. 19)."""

    __tablename__ = "disclosure_notice"
    __title__ = "What recipients of your data were told"
    __processing__ = processing(Purpose.RIGHTS, Basis.LAW, retain=months(36), after="made_at")

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = subject("person", on_erase=OnErase.DELETE)
    act: Mapped[NoticeAct] = not_personal("to correct, to restrict, to use again")
    store: Mapped[str] = not_personal("name of the store that is told, or nothing", default="")
    recipient: Mapped[str] = not_personal("name of who is told", default="")
    fields: Mapped[list[str]] = not_personal("names of columns, never their values", default=list)
    addresses: Mapped[list[str]] = personal(Category.CONTACT_EMAIL, default=list)
    state: Mapped[NoticeState] = not_personal("waiting, failed, by hand or done", default=NoticeState.WAITING)
    attempts: Mapped[int] = not_personal("how often it was begun", default=0)
    problem: Mapped[str] = not_personal("kind of the last failure, without its text", default="")
    made_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, index=True, default=clock.now)
    told_at: Mapped[datetime | None] = personal(Category.USAGE_ACTIVITY, default=None)
