# SPDX-License-Identifier: MIT
"""Access to courses for programs: sections and when they open, rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from upart.plugin import Body, Fault, Include, NoSuchTime, Person, Resource, Unfit, allow, context, get_or_404, may, session, signed_in
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import entitling, outlining, pacing, writing
from upart_courses.actions.restricting import unless_kept_still
from upart_courses.api import added
from upart_courses.forms.courses import AGE, MOST_DAYS, tidy
from upart_courses.models import Course, Entitlement, Section, Source
from upart_courses.release import COMPLETION, DATE, DAYS

TEACH = may("courses.teach")
Line = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
Why = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class OnDate(Body, tag_field="kind", tag="date"):
    """On a day and at a time of the academy's clocks."""

    on: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", description="Wall time without zone, such as 2026-12-01T08:00.")]

    def rule(self) -> dict[str, Any]:
        """As a section keeps it. Raises Unfit for a day that no calendar has."""
        try:
            known = datetime.fromisoformat(self.on).year in AGE
        except ValueError:
            known = False
        if not known:
            raise Unfit([Fault("/release/on", "invalid", _("There is no such day or time."))])
        return {"kind": DATE, "on": self.on}


class AfterDays(Body, tag_field="kind", tag="days"):
    """When that many days of the academy have passed since the learner enrolled."""

    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)]

    def rule(self) -> dict[str, Any]:
        """As a section keeps it."""
        return {"kind": DAYS, "days": self.days}


class OnCompletion(Body, tag_field="kind", tag="completion"):
    """When a section, or a lesson, of the course is done: one of the two."""

    section: UUID | UnsetType = UNSET
    lesson: UUID | UnsetType = UNSET

    def rule(self) -> dict[str, Any]:
        """As a section keeps it. Raises Unfit unless one of the two is named."""
        given = self.given()
        if len(given) != 1:
            raise Unfit([Fault("/release", "invalid", _("Name a section or a lesson, one of the two."))])
        return {"kind": COMPLETION, **{name: str(id) for name, id in given.items()}}


class SectionPatch(Body):
    """A heading, and when the section opens to learners; null: at once."""

    title: Line | UnsetType = UNSET
    release: OnDate | AfterDays | OnCompletion | UnsetType | None = UNSET


class EntitlementIn(Body):
    """A right that the academy gives somebody: to a course, and until when, if it ends."""

    learner_id: UUID
    course_id: UUID
    ends_at: datetime | UnsetType | None = UNSET


sections = Resource(
    "sections", Section, scope="courses:courses", sentence="The parts of courses, in order.",
    readable=("id", "course_id", "title", "position", "release"), filters=("id", "course_id"), small=True, sorts=("position",), writes=TEACH,
    holds=lambda section: writing.lock(get_or_404(Course, section.course_id)),
    samples={"update": {"release": {"kind": "days", "days": 7}}},
    includes={"course": Include("courses", by="course_id"), "lessons": Include("lessons", by="section_id", many=True)},
)  # fmt: skip

entitlements = Resource(
    "entitlements", Entitlement, scope="courses:enrolments", policy=signed_in, writes=TEACH,
    sentence="Rights to courses: one's own, and to teachers those of their courses. One that holds is enough.",
    readable=("id", "learner_id", "course_id", "source", "starts_at", "ends_at", "revoked_at"),
    filters=("id", "learner_id", "course_id"), sorts=("id",), includes={"course": Include("courses", by="course_id")},
)  # fmt: skip


@sections.preview
def preview_section(rows: Sequence[Section], token: str) -> Mapping[UUID, Mapping[str, Any]]:
    """A part of the course of that token, with what is written on the draft."""
    added.open_course(rows, token)
    return added.sections_as_drafted(rows)


@sections.update(SectionPatch)
def change_section(section: Section, body: SectionPatch) -> Section:
    """Change the heading of a section, or when it opens."""
    course, given = writable(section.course_id), body.given()
    if "title" in given:
        outlining.rename_at_once(course, section.id, tidy(given["title"]))
    if "release" in given:
        try:
            pacing.set_release(course, section.id, given["release"] and given["release"].rule(), at_once=True)
        except NoSuchTime:
            raise Unfit([Fault("/release/on", "no_such_time", _("The clocks go forward then, and this time is left out. Choose another."))]) from None
        except pacing.Deadlock:
            raise Unfit([Fault("/release", "circle", _("That can only be done when this section is open. Choose something else."))]) from None
    return section


@entitlements.create(EntitlementIn)
def give(body: EntitlementIn) -> Entitlement:
    """Give somebody a right to a course, or the same one another end. It enrols nobody."""
    course = writable(body.course_id)
    ends = None if body.ends_at is UNSET or body.ends_at is None else body.ends_at
    if ends is not None and (ends.tzinfo is None or ends.year not in AGE):
        raise Unfit([Fault("/ends_at", "invalid", _("A time needs its zone, such as 2026-12-01T08:00:00Z."))])
    person = session.get(Person, {"academy_id": context.academy.id, "id": body.learner_id})
    if person is None:
        raise Unfit([Fault("/learner_id", "invalid", _("Nobody here has this id."))])
    if person.suspended_at is not None:
        raise Unfit([Fault("/learner_id", "suspended", _("They cannot be taken in at present. Ask whoever manages the people of the academy."))])
    unless_kept_still(person)
    return entitling.entitle(person, course, Source.GRANT, ends_at=ends)


@entitlements.verb("revoke")
def revoke(right: Entitlement) -> Entitlement:
    """Take a right back, at once. What was done stays."""
    writable(right.course_id)
    entitling.revoke(right)
    return right


def writable(named: Course | UUID) -> Course:
    """A course, or that with this id, that the acting person may write; another teacher's answers like an absent one."""
    course = named if isinstance(named, Course) else get_or_404(Course, named)
    if not public.writes(course):
        allow("courses.manage", course)
    return course


RESOURCES = (entitlements,)
