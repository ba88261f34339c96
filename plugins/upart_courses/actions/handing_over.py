# SPDX-License-Identifier: MIT
"""A course gets another teacher, or none: then it is the academy's alone, and its managers write it."""

from __future__ import annotations

from upart.plugin import Person, Problem, Purpose, context, emit, refuse_if_restricted, renew_pages
from upart.plugin import gettext as _
from upart_courses.actions.writing import lock
from upart_courses.models import Course, CourseState


def hand_over(course: Course, teacher: Person | None) -> None:
    """Let somebody teach a course from now on: they write it and see its learners, whoever taught it before does so no more. Again, it changes nothing.

    Raises Problem 422 for somebody who may teach nothing here or is suspended, 409 (`restricted`) while their data are restricted.
    """
    if teacher is not None:
        if teacher.suspended_at is not None or not any("courses.teach" in context.academy.roles.get(role, ()) for role in teacher.roles):
            raise Problem(422, _("They may not teach here."), remedy=_("Give them the role of a teacher first, among the people of the academy."))
        refuse_if_restricted(teacher, Purpose.TEACH, Course.__tablename__)
    lock(course)
    if course.author_id != (teacher.id if teacher is not None else None):
        course.author_id = teacher.id if teacher is not None else None
        emit("courses.handed_over", course)
        if course.state is not CourseState.DRAFT:
            renew_pages()
