# SPDX-License-Identifier: MIT
"""Questions that people ask before they enrol, with answers: as they are kept, and as a page shows them."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped

from upart.plugin import AcademyOwned, Model, key, not_personal, prepared, ref


class Faq(AcademyOwned, Model):
    """The questions and answers of a course, as its writer types them: a question on a line, its answer below, an empty line between two."""

    __tablename__ = "courses_faq"
    __table_args__ = (UniqueConstraint("academy_id", "course_id"),)

    id: Mapped[UUID] = key()
    course_id: Mapped[UUID] = ref("courses_course", ondelete="CASCADE")
    text: Mapped[str] = not_personal("questions about a course with answers; published by the academy")


class Answered(NamedTuple):
    """A question and its answer."""

    question: str
    answer: str


FAQ = prepared(select(Faq.text).where(Faq.course_id == bindparam("course_id")))


def parsed(text: str) -> list[Answered]:
    """The questions in a text, each with its answer, which is empty where it is missing."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    pairs = (block.partition("\n")[::2] for block in blocks if block)
    return [Answered(question.strip(), answer.strip()) for question, answer in pairs]


def faq_of(course_id: UUID) -> list[Answered]:
    """The questions and answers of a course, in order."""
    row = FAQ.first(course_id=course_id)
    return parsed(row.text) if row is not None else []
