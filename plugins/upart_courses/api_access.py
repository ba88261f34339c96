# SPDX-License-Identifier: MIT
"""Access to courses for programs: rights, when sections open, how far somebody is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import select

from upart.plugin import Body, Fault, Include, Person, Resource, Unfit, allow, context, get_or_404, may, session, signed_in
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import entitling
from upart_courses.forms import AGE, MOST_DAYS
from upart_courses.models import Course, Enrolment, Entitlement, Entry, Source
from upart_courses.release import COMPLETION, DATE, DAYS

TEACH = may("courses.teach")


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


class EntitlementIn(Body):
    """A right that the academy gives somebody: to a course, and until when, if it ends."""

    learner_id: UUID
    course_id: UUID
    ends_at: datetime | UnsetType | None = UNSET


class Standing(msgspec.Struct, kw_only=True):
    """How far the acting person is in one course: lessons `done` of those that are `needed`, and the `next` one that is open."""

    enrolment_id: UUID
    course_id: UUID
    done: int
    needed: int
    next_lesson_id: UUID | None
    completed_at: datetime | None
    may_go_on: bool


entitlements = Resource(
    "entitlements", Entitlement, scope="courses:enrolments", policy=signed_in, writes=TEACH,
    sentence="Rights to courses: one's own, and to teachers those of their courses. One that holds is enough.",
    readable=("id", "learner_id", "course_id", "source", "starts_at", "ends_at", "revoked_at"),
    filters=("id", "learner_id", "course_id"), sorts=("id",), includes={"course": Include("courses", by="course_id")},
)  # fmt: skip

progress = Resource("progress", scope="courses:enrolments", policy=signed_in, answers=Standing, sentence="How far one is in one's own courses.")


@entitlements.create(EntitlementIn)
def give(body: EntitlementIn) -> Entitlement:
    """Give somebody a right to a course, or the same one another end. It enrols nobody."""
    course = _writable(body.course_id)
    ends = None if body.ends_at is UNSET or body.ends_at is None else body.ends_at
    if ends is not None and (ends.tzinfo is None or ends.year not in AGE):
        raise Unfit([Fault("/ends_at", "invalid", _("A time needs its zone, such as 2026-12-01T08:00:00Z."))])
    person = session.get(Person, {"academy_id": context.academy.id, "id": body.learner_id})
    if person is None:
        raise Unfit([Fault("/learner_id", "invalid", _("Nobody here has this id."))])
    return entitling.entitle(person, course, Source.GRANT, ends_at=ends)


@entitlements.verb("revoke")
def revoke(right: Entitlement) -> Entitlement:
    """Take a right back, at once. What was done stays."""
    _writable(right.course_id)
    entitling.revoke(right)
    return right


@progress.list
def standings() -> list[Standing]:
    """The courses in which the acting person is, with how far they have come."""
    mine = session.scalars(select(Enrolment).where(Enrolment.learner_id == context.person.id, Enrolment.left_at.is_(None)).order_by(Enrolment.id)).all()
    courses = {one.id: one for one in session.scalars(select(Course).where(Course.id.in_(one.course_id for one in mine)))}
    come, lessons, rightful = public.progress(one.id for one in mine), public.lessons_of(list(courses)), public.rightful()
    locks = public.locked_of([public.Learner(one.id, one.course_id, one.enrolled_at, come[one.id]) for one in mine], lessons)
    found = []
    for one in mine:
        needed = [row.id for row in lessons[one.course_id] if row.required] or [row.id for row in lessons[one.course_id]]
        following = come[one.id].next_among([row.id for row in lessons[one.course_id] if row.section_id not in locks[one.id]])
        found.append(
            Standing(
                enrolment_id=one.id, course_id=one.course_id, done=len(come[one.id].done & set(needed)), needed=len(needed), next_lesson_id=following,
                completed_at=one.completed_at, may_go_on=courses[one.course_id].entry is Entry.OPEN or one.course_id in rightful,
            )
        )  # fmt: skip
    return found


def _writable(course_id: UUID) -> Course:
    course = get_or_404(Course, course_id)
    if not public.writes(course):
        allow("courses.manage", course)
    return course


RESOURCES = (entitlements, progress)
