# SPDX-License-Identifier: MIT
"""What of courses needs a human: planned changes that could not be published."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from upart.plugin import Matter
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import drafting


def kept() -> Iterator[Matter]:
    """For those who write the course: what should have been published by now, and why it was not."""
    for course, planned in drafting.failed_plans():
        if not public.writes(course):
            continue
        needed = drafting.missing(drafting.changes(course))
        text = " ".join(needed) or _("It was changed beside its draft, or something else stood against it. Nothing was lost.")
        yield Matter(
            title=_("Planned changes were not published: %(course)s", course=course.title), text=text, icon="calendar", kind="bad", since=planned,
            url=url_for("teach_changes.changes", id=course.id), verb=_("Look at it"), label=_("Look at it: %(what)s", what=course.title),
        )  # fmt: skip
