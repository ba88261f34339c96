# SPDX-License-Identifier: MIT
"""Certificates, as they are kept: what was true when somebody finished a course."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import (
    AcademyOwned,
    Basis,
    Category,
    Model,
    OnErase,
    Purpose,
    key,
    not_personal,
    personal,
    processing,
    ref,
    snapshot_of,
    subject,
    until,
)


class CertificateState(StrEnum):
    """A certificate holds; or the academy took it back, with a reason; or it is withdrawn: what it says is not so any more, or its holder is erased."""

    ISSUED = "issued"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class Certificate(AcademyOwned, Model):
    """That somebody finished a course, as everything was called then. It outlives the course.

    When its holder is erased the row stays without link, name and date: its address goes on to say that there was one, and that it is withdrawn.
    `public`: whoever has its address sees it; `findable`: search engines may list it, too. Its holder decides both.
    """

    __tablename__ = "courses_certificate"
    __table_args__ = (
        UniqueConstraint("academy_id", "code"),
        UniqueConstraint("academy_id", "learner_id", "course_id"),
        Index("ix_courses_certificate_newest", "academy_id", "course_id", "issued_at", "id"),
    )
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("its holder leaves the academy or has it deleted, or the academy closes"))

    id: Mapped[UUID] = key()
    learner_id: Mapped[UUID | None] = subject("holder", on_erase=OnErase.UNLINK)
    course_id: Mapped[UUID | None] = ref("courses_course", default=None)
    code: Mapped[str] = not_personal("address of a certificate: 128 random bits, which say nothing")
    course: Mapped[str] = not_personal("title of the course as it was; published by the academy")
    academy: Mapped[str] = not_personal("name of the academy as it was")
    lessons: Mapped[int] = not_personal("lessons that finished the course as it was")
    minutes: Mapped[int] = not_personal("minutes of the course as it was")
    name: Mapped[str] = snapshot_of("person.name", blank="")
    state: Mapped[CertificateState] = personal(Category.EDU_RESULT, default=CertificateState.ISSUED, blank=CertificateState.WITHDRAWN)
    public: Mapped[bool] = personal(Category.PREF_PRIVACY, default=False, blank=True)
    findable: Mapped[bool] = personal(Category.PREF_PRIVACY, default=False, blank=False)
    issued_at: Mapped[datetime | None] = personal(Category.EDU_RESULT)
    ended_at: Mapped[datetime | None] = personal(Category.EDU_RESULT, default=None)
    reason: Mapped[str] = personal(Category.EDU_RESULT, by="teacher", default="", blank="")
