# SPDX-License-Identifier: MIT
"""Say what people ask before they enrol, and the answers."""

from __future__ import annotations

from sqlalchemy import select

from upart.plugin import insert_once, session
from upart_courses.actions.writing import changed, lock
from upart_courses.models import Course, Faq


def answer(course: Course, text: str) -> None:
    """Let the page of a course show these questions and answers from now on; none where the text is empty."""
    lock(course)
    insert_once(Faq, course_id=course.id, text=text)
    row = session.scalars(select(Faq).where(Faq.course_id == course.id)).one()
    row.text = text
    changed(course)
