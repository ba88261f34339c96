# SPDX-License-Identifier: MIT
"""The table of questions that people ask before they enrol."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, key, not_personal, ref


class Faq(AcademyOwned, Model):
    """The questions and answers of a course, as its writer types them: a question on a line, its answer below, an empty line between two."""

    __tablename__ = "courses_faq"
    __table_args__ = (UniqueConstraint("academy_id", "course_id"),)

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    text: Mapped[str] = not_personal("questions about a course with answers; published by the academy")
