# SPDX-License-Identifier: MIT
"""Say who sees a course and who enters it by themselves."""

from __future__ import annotations

from upart.plugin import renew_pages
from upart_courses.actions.entitling import keep_those_within
from upart_courses.actions.writing import changed, lock
from upart_courses.models import Course, Entry, Visibility


def set_access(course: Course, visibility: Visibility, entry: Entry) -> None:
    """Let a course be seen and entered like this from now on. Whoever is in it goes on: when it begins to ask for a right, they get one."""
    lock(course)
    if course.entry is Entry.OPEN and entry is Entry.ENTITLED:
        keep_those_within(course)
    if (course.visibility, course.entry) != (visibility, entry):
        course.visibility, course.entry = visibility, entry
        changed(course)
        renew_pages()
