# SPDX-License-Identifier: MIT
"""What must hold of courses: their counters are the number of their lessons and of those that are needed, and the sum of their minutes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from upart.plugin import Invariant
from upart_courses.models import Course, Lesson


def _miscounted(opened: Session) -> Iterator[str]:
    mine = (Lesson.academy_id == Course.academy_id, Lesson.course_id == Course.id, Lesson.published)
    lessons = select(func.count(Lesson.id)).where(*mine).scalar_subquery()
    minutes = select(func.coalesce(func.sum(Lesson.minutes), 0)).where(*mine).scalar_subquery()
    needed = select(func.coalesce(func.nullif(func.count(case((Lesson.required, 1))), 0), func.count(Lesson.id))).where(*mine).scalar_subquery()
    wrong = select(Course.id).where(or_(Course.lessons != lessons, Course.minutes != minutes, Course.needed != needed))
    yield from (f"course {id}" for id in opened.scalars(wrong))


COUNTERS = Invariant(sentence="A course counts its lessons and minutes rightly.", broken=_miscounted)
