# SPDX-License-Identifier: MIT
"""How far learners have come in learning packages (SCORM)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Basis, Category, Model, Purpose, clock, key, not_personal, personal, processing, ref, until


class PackageStatus(StrEnum):
    """What a package says of somebody (SCORM Run-Time Environment 1.2, cmi.core.lesson_status)."""

    NOT_ATTEMPTED = "not attempted"
    INCOMPLETE = "incomplete"
    BROWSED = "browsed"
    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"


class Reported:
    """What a part of a package says of a learner, one row each: from the learner's own browser, so it is what they say, and a proof of nothing.

    `score`, `least`, `most` are decimals as the package writes them.
    """

    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("the enrolment that they belong to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    lesson_id: Mapped[UUID] = ref("courses_lesson", ondelete="CASCADE")
    block: Mapped[str] = not_personal("which package of the lesson")
    part: Mapped[int] = not_personal("which part of the package, from 0")
    status: Mapped[PackageStatus] = personal(Category.EDU_RESULT)
    score: Mapped[str] = personal(Category.EDU_RESULT, default="")
    least: Mapped[str] = personal(Category.EDU_RESULT, default="")
    most: Mapped[str] = personal(Category.EDU_RESULT, default="")
    seconds: Mapped[int] = personal(Category.USAGE_ACTIVITY, default=0)
    done_at: Mapped[datetime | None] = personal(Category.EDU_RESULT, default=None)
    at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)


class PackageResult(Reported, AcademyOwned, Model):
    """What a part of a package has kept of a learner. `version` names the bytes of the package: others begin anew."""

    __tablename__ = "courses_package_result"
    __title__ = "Results in learning packages"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "lesson_id", "block", "part", name="uq_courses_package_result_once"),)
    __known_by__ = ("enrolment_id", "lesson_id", "block", "part")

    version: Mapped[str] = not_personal("the bytes of the package, as the beginning of their digest")
    place: Mapped[str] = personal(Category.USAGE_ACTIVITY, default="")
    memory: Mapped[str] = personal(Category.EDU_RESULT, default="")
    leaving: Mapped[str] = personal(Category.USAGE_ACTIVITY, default="")


class EarlierResult(Reported, AcademyOwned, Model):
    """What a part of a package said of a learner when they started it over or it got another file, never changed; where they were is gone.

    `round` counts how often that was. Of many rounds the one that counts stays, and the newest.
    """

    __tablename__ = "courses_package_earlier"
    __title__ = "Earlier results in learning packages"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "lesson_id", "block", "part", "round", name="uq_courses_package_earlier_once"),)
    __known_by__ = ("enrolment_id", "lesson_id", "block", "part", "round")

    round: Mapped[int] = not_personal("counts how often it was started over")
