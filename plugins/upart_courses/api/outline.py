# SPDX-License-Identifier: MIT
"""Writing on a course as a whole for programs: its sections, their order, a copy, a preview."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

from flask import url_for
from msgspec import Meta

from upart.plugin import Body, Fault, Made, Unfit, context, preview_token
from upart.plugin import gettext as _
from upart_courses.actions import copying, outlining
from upart_courses.api.access import Line, sections, writable
from upart_courses.api.courses import courses
from upart_courses.forms.courses import tidy
from upart_courses.models import Course, Section

MOST_SECTIONS, MOST_LESSONS = 200, 1000


class SectionIn(Body):
    """A section at the end of a course."""

    course_id: UUID
    title: Line


class Place(Body):
    """A section with its lessons, both in the order in which people read them."""

    section: UUID
    lessons: Annotated[list[UUID], Meta(max_length=MOST_LESSONS)]


class OrderIn(Body):
    """All sections and all lessons of a course, in order."""

    sections: Annotated[list[Place], Meta(max_length=MOST_SECTIONS)]


class CopyIn(Body):
    """How the copy is called."""

    title: Line


@sections.create(SectionIn)
def add(body: SectionIn) -> Section:
    """Append a section. People read it once it has a lesson."""
    return outlining.add_section_at_once(writable(body.course_id), uuid4(), tidy(body.title))


@sections.delete
def remove(section: Section) -> None:
    """Take a heading away. Its lessons stay: they join the section before, or the next where it is the first. 409 for the only one."""
    outlining.remove_section_at_once(writable(section.course_id), section.id)


@courses.verb("arrange", OrderIn)
def arrange(course: Course, body: OrderIn) -> Course:
    """Put sections and lessons into this order, at once. All of them must be named, each once."""
    wanted = [{"section": str(one.section), "lessons": [str(id) for id in one.lessons]} for one in body.sections]
    if not outlining.order_at_once(writable(course), wanted):
        raise Unfit([Fault("/sections", "not_all", _("These are not all sections and lessons of the course, each once."))])
    return course


@courses.verb("duplicate", CopyIn)
def duplicate(course: Course, body: CopyIn) -> Made:
    """Make a draft of it with another title; its id is the `copy` of this answer. Learners and rights do not go along."""
    copy = copying.duplicate(context.person, writable(course), uuid4(), tidy(body.title))
    return Made(course, {"copy": copy.id})


@courses.verb("preview")
def preview(course: Course) -> Made:
    """A token for seven days, `preview`, and the address of a page, `preview_url`: whoever has one reads the course with its drafts."""
    token = preview_token(writable(course))
    shown: dict[str, Any] = {"preview": token, "preview_url": url_for("course_preview.page", slug=course.slug, preview=token)}
    return Made(course, shown)


RESOURCES = (sections,)
