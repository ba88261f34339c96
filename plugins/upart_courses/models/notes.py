# SPDX-License-Identifier: MIT
"""What learners write for themselves about lessons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Basis, Category, Model, Needed, Purpose, clock, key, not_personal, personal, processing, ref, until


class Note(AcademyOwned, Model):
    """A learner's own note of a lesson, one for each, as plain text. Nobody else reads it. It outlives the lesson: `heading` says which one that was."""

    __tablename__ = "courses_note"
    __title__ = "Your own notes on lessons"
    __table_args__ = (UniqueConstraint("academy_id", "enrolment_id", "lesson_id"),)
    __known_by__ = ("enrolment_id", "lesson_id")
    __processing__ = processing(Purpose.LEARN, Basis.CONTRACT, retain=until("you delete them, or the enrolment that they belong to goes"))

    id: Mapped[UUID] = key()
    enrolment_id: Mapped[UUID] = ref("courses_enrolment", leads=True, ondelete="CASCADE")
    lesson_id: Mapped[UUID | None] = ref("courses_lesson", leads=False, default=None)
    heading: Mapped[str] = not_personal("heading of the lesson when it was written; published by the academy")
    text: Mapped[str] = personal(Category.CONTENT_PRIVATE, needed=Needed.OPTIONAL)
    written_at: Mapped[datetime] = personal(Category.USAGE_ACTIVITY, default=clock.now)
