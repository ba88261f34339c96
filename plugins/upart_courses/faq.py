# SPDX-License-Identifier: MIT
"""Questions that people ask before they enrol, with answers, as a page shows them."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from upart.plugin import prepared
from upart_courses.models import Faq


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
