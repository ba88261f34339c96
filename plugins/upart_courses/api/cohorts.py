# SPDX-License-Identifier: MIT
"""Groups of courses for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

from msgspec import UNSET, Meta, UnsetType

from upart.plugin import Body, Fault, Include, Resource, Unfit, get_or_404
from upart.plugin import gettext as _
from upart_courses.actions import cohorts as groups
from upart_courses.actions import writing
from upart_courses.api.access import TEACH, writable
from upart_courses.forms.courses import AGE, tidy
from upart_courses.limits import MOST_PLACES
from upart_courses.models import Cohort, Course, Enrolment

Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S")]
Places = Annotated[int, Meta(ge=1, le=MOST_PLACES)]


class CohortIn(Body):
    """A group: its name, the day on which it begins, and what limits it."""

    course_id: UUID
    name: Name
    starts_on: date
    ends_on: date | UnsetType | None = UNSET
    places: Places | UnsetType | None = UNSET
    choosable: Annotated[bool, Meta(description="May whoever enrols choose it?")] = True


class CohortPatch(Body):
    """What of a group changes. Fewer places than people in it are refused."""

    name: Name | UnsetType = UNSET
    starts_on: date | UnsetType = UNSET
    ends_on: date | UnsetType | None = UNSET
    places: Places | UnsetType | None = UNSET
    choosable: bool | UnsetType = UNSET


class PutIn(Body):
    """Somebody who has a place in the course of the group."""

    enrolment_id: UUID


cohorts = Resource(
    "cohorts", Cohort, scope="courses:courses", writes=TEACH, small=True,
    sentence="Groups of courses. The days of a plan count from the day on which a group begins; who is in it says their enrolment.",
    readable=("id", "course_id", "name", "starts_on", "ends_on", "places", "choosable"), filters=("id", "course_id"), sorts=("id",),
    includes={"course": Include("courses", by="course_id")}, holds=lambda cohort: writing.lock(get_or_404(Course, cohort.course_id)),
)  # fmt: skip


@cohorts.create(CohortIn)
def make(body: CohortIn) -> Cohort:
    """Make a group of a course."""
    course, facts = writable(body.course_id), {**body.given(), "name": tidy(body.name)}
    facts.pop("course_id")
    _in_order(facts["starts_on"], facts.get("ends_on"))
    try:
        return groups.make(course, uuid4(), {"choosable": body.choosable, **facts})
    except groups.Taken:
        raise _taken() from None


@cohorts.update(CohortPatch)
def change(cohort: Cohort, body: CohortPatch) -> Cohort:
    """Change what a group is called, when it begins, how many it takes."""
    course, facts = writable(cohort.course_id), body.given()
    if "name" in facts:
        facts["name"] = tidy(facts["name"])
    _in_order(facts.get("starts_on", cohort.starts_on), facts.get("ends_on", cohort.ends_on))
    try:
        groups.change(course, cohort, facts)
    except groups.Taken:
        raise _taken() from None
    except groups.TooFew as few:
        raise Unfit([Fault("/places", "too_few", _("%(n)s people are in it already.", n=few.args[0]))]) from None
    return cohort


@cohorts.delete
def remove(cohort: Cohort) -> None:
    """Delete a group; whoever is in it goes on without one."""
    groups.remove(writable(cohort.course_id), cohort, None)


@cohorts.verb("put", PutIn)
def put(cohort: Cohort, body: PutIn) -> Cohort:
    """Put somebody into this group who has a place in its course. 409 `full` when no place is left."""
    writable(cohort.course_id)
    enrolment = get_or_404(Enrolment, id=body.enrolment_id, course_id=cohort.course_id, left_at=None)
    groups.put_into(enrolment, cohort.id)
    return cohort


@cohorts.verb("open")
def open_all(cohort: Cohort) -> Cohort:
    """Open all sections of the course to this group at once, whatever the plan says."""
    groups.release(writable(cohort.course_id), cohort, True)
    return cohort


@cohorts.verb("follow")
def follow(cohort: Cohort) -> Cohort:
    """Let the plan count again for this group."""
    groups.release(writable(cohort.course_id), cohort, False)
    return cohort


def _in_order(starts: date, ends: Any) -> None:
    if starts.year not in AGE or (ends is not None and ends.year not in AGE):
        raise Unfit([Fault("/starts_on", "invalid", _("Give a year from %(first)s to %(last)s.", first=AGE[0], last=AGE[-1]))])
    if ends is not None and ends < starts:
        raise Unfit([Fault("/ends_on", "order", _("It would end before it begins."))])


def _taken() -> Unfit:
    return Unfit([Fault("/name", "taken", _("Another group of this course has this name."))], 409)


RESOURCES = (cohorts,)
