# SPDX-License-Identifier: MIT
"""What the drafts of a course bring, in sentences: what is new, what goes, what is needed no more."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from upart.plugin import Revision, ngettext
from upart.plugin import gettext as _
from upart_courses.actions import coming, drafting, outlining, pacing
from upart_courses.models import Course, Lesson, Parts
from upart_courses.release import before as waits_for


class News(NamedTuple):
    """A sentence and the icon before it."""

    icon: str
    text: str


def of_lesson(course: Course, lesson: Lesson, draft: Revision) -> list[News]:
    """What happens to a lesson of a course with the next publication."""
    title, required = draft.body["title"], draft.body.get("required", lesson.required)
    if not lesson.published:
        found = [News("plus", _("Lesson “%(title)s” is new.", title=title))]
        return found if required else [*found, News("info", _("Lesson “%(title)s” is optional.", title=title))]
    if drafting.goes(draft):
        goes = News("trash-2", " ".join(filter(None, (_("Lesson “%(title)s” will be deleted.", title=lesson.title), _lost(lesson)))))
        return [goes, *_opened(course, lesson)]
    if required == lesson.required:
        return []
    said = _("Lesson “%(title)s” becomes needed to finish the course.") if required else _("Lesson “%(title)s” becomes optional.")
    return [News("info", said % {"title": title})]


def _lost(lesson: Lesson) -> str:
    learners = coming.completions(lesson)
    return ngettext("What %(num)s learner did in it goes along.", "What %(num)s learners did in it goes along.", learners) if learners else ""


def _opened(course: Course, lesson: Lesson) -> list[News]:
    """Sections that wait for a lesson, or for a section that has none without it: what is gone holds nobody up."""
    plan, home = pacing.plan_of(course), outlining.section_of(course, lesson)
    stays = {heading.id: bool(inside) for heading, inside in coming.to_come(course)}
    titles = {str(heading.id): heading.title for heading, _inside in outlining.written(course)}
    gone: set[UUID | None] = {lesson.id} if stays.get(home) else {lesson.id, home}
    opened = [titles[id] for id, rule in plan.items() if id in titles and id != str(home) and gone & {*waits_for(rule)} - {None}]
    return [News("info", _("Section “%(title)s” opens when this is done. Without it, it is open at once.", title=title)) for title in opened]


def of_outline(old: Parts, new: Parts) -> list[News]:
    """Which sections come and which go."""
    before, after = ({part["section"]: part["title"] for part in parts} for parts in (old, new))
    come = [News("plus", _("Section “%(title)s” is new.", title=after[id])) for id in after if id not in before]
    return come + [News("trash-2", _("Section “%(title)s” will be removed. Its lessons stay.", title=before[id])) for id in before if id not in after]
