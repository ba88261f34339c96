# SPDX-License-Identifier: MIT
"""What of courses needs a human: planned changes that could not be published, work that waits for a grade."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from upart.plugin import Matter, ngettext
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import drafting, grading


def kept() -> Iterator[Matter]:
    """For those who write the course: what should have been published by now, and why it was not."""
    for course, planned in drafting.failed_plans():
        if not public.writes(course):
            continue
        needed = drafting.missing(course, drafting.changes(course))
        text = " ".join(needed) or _("It was changed beside its draft, or something else stood against it. Nothing was lost.")
        yield Matter(
            title=_("Planned changes were not published: %(course)s", course=course.title), text=text, icon="calendar", kind="bad", since=planned,
            url=url_for("teach_changes.changes", id=course.id), verb=_("Look at it"), label=_("Look at it: %(what)s", what=course.title),
        )  # fmt: skip


def ungraded() -> Iterator[Matter]:
    """For those who teach: what learners have handed in, and nobody has graded."""
    for course, number, since in grading.piles():
        yield Matter(
            title=_("To grade: %(course)s", course=course.title), text=ngettext("One thing that was handed in", "%(num)s things that were handed in", number),
            icon="pencil-line", kind="info", count=number, since=since, url=url_for("teach_grades.waiting", id=course.id), verb=_("Grade them"),
            label=_("Grade them: %(what)s", what=course.title),
        )  # fmt: skip
