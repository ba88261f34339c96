# SPDX-License-Identifier: MIT
"""What the drafts of a course bring, in sentences: what is new, what goes, what is needed no more."""

from __future__ import annotations

from typing import NamedTuple

from upart.plugin import Revision, ngettext
from upart.plugin import gettext as _
from upart_courses.actions import coming, drafting
from upart_courses.models import Lesson, Parts


class News(NamedTuple):
    """A sentence and the icon before it."""

    icon: str
    text: str


def of_lesson(lesson: Lesson, draft: Revision) -> list[News]:
    """What happens to a lesson with the next publication."""
    title, required = draft.body["title"], draft.body.get("required", lesson.required)
    if not lesson.published:
        found = [News("plus", _("Lesson “%(title)s” is new.", title=title))]
        return found if required else [*found, News("info", _("Lesson “%(title)s” is optional.", title=title))]
    if drafting.goes(draft):
        return [News("trash-2", " ".join(filter(None, (_("Lesson “%(title)s” will be deleted.", title=lesson.title), _lost(lesson)))))]
    if required == lesson.required:
        return []
    said = _("Lesson “%(title)s” becomes needed to finish the course.") if required else _("Lesson “%(title)s” becomes optional.")
    return [News("info", said % {"title": title})]


def _lost(lesson: Lesson) -> str:
    learners = coming.completions(lesson)
    return ngettext("What %(num)s learner did in it goes along.", "What %(num)s learners did in it goes along.", learners) if learners else ""


def of_outline(old: Parts, new: Parts) -> list[News]:
    """Which sections come and which go."""
    before, after = ({part["section"]: part["title"] for part in parts} for parts in (old, new))
    come = [News("plus", _("Section “%(title)s” is new.", title=after[id])) for id in after if id not in before]
    return come + [News("trash-2", _("Section “%(title)s” will be removed. Its lessons stay.", title=before[id])) for id in before if id not in after]
