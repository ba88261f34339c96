# SPDX-License-Identifier: MIT
"""Groups of a course: make them, let people in, move them, let all of them begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from upart.plugin import Problem, clock, context, emit, insert_once, ngettext, renew_pages, session
from upart.plugin import gettext as _
from upart_courses.models import Brought, Cohort, Course, Enrolment

TURN = "courses.groups_turn"
"""The task by which what is told of a group ends with it."""


class Taken(Exception):
    """Another group of the course has this name."""


class TooFew(Exception):
    """More people are in a group than it would take; the argument is how many."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group with how many people are in it."""

    row: Cohort
    within: int = 0

    @property
    def is_full(self) -> bool:
        """Are all places taken?"""
        return self.row.places is not None and self.within >= self.row.places

    @property
    def left(self) -> int | None:
        """How many places are left; None where they are not limited."""
        return None if self.row.places is None else max(0, self.row.places - self.within)

    @property
    def begins(self) -> datetime:
        """Noon of its first day at the academy, to be shown as a day."""
        return _noon(self.row.starts_on)

    @property
    def ends(self) -> datetime | None:
        """Noon of its last day at the academy."""
        return _noon(self.row.ends_on) if self.row.ends_on is not None else None

    @property
    def has_begun(self) -> bool:
        """Has its first day come?"""
        return self.row.starts_on <= today()

    @property
    def is_over(self) -> bool:
        """Is its last day past?"""
        return self.row.ends_on is not None and self.row.ends_on < today()

    @property
    def is_offered(self) -> bool:
        """Is it there to be chosen, as long as it has places?"""
        return self.row.choosable and not self.is_over

    @property
    def is_open(self) -> bool:
        """Can whoever enrols choose it?"""
        return self.is_offered and not self.is_full


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(context.academy.settings["zone"]))


def today() -> date:
    """The day that it is at the academy."""
    return clock.now().astimezone(ZoneInfo(context.academy.settings["zone"])).date()


def turn() -> None:
    """Task: a day after a group's last one, what pages tell everybody of groups is drawn anew."""
    over = select(Cohort.id).where(Cohort.choosable, Cohort.ends_on < today(), Cohort.ends_on >= today() - timedelta(days=2))
    if session.scalars(over.limit(1)).first() is not None:
        renew_pages()


def labelled(groups: Sequence[Group]) -> dict[str, str]:
    """Groups by their ids, as a form offers them: by name, with how many places are left where they are counted."""
    return {str(one.row.id): one.row.name if one.left is None else f"{one.row.name} ({_places(one.left)})" for one in groups}


def _places(number: int) -> str:
    return ngettext("one place left", "%(num)s places left", number)


def groups_of(course: Course | UUID) -> list[Group]:
    """The groups of a course, the first to begin first, with how many are in each: by two statements."""
    rows = cohorts_of(course if isinstance(course, UUID) else course.id)
    within = _within([row.id for row in rows]) if rows else {}
    return [Group(row, within.get(row.id, 0)) for row in rows]


def cohorts_of(course: UUID) -> Sequence[Cohort]:
    """The same without counting anybody, by one statement: for lists of people."""
    return session.scalars(select(Cohort).where(Cohort.course_id == course).order_by(Cohort.starts_on, Cohort.id)).all()


def _within(ids: Collection[UUID]) -> dict[UUID, int]:
    """How many people are in each group, by its index alone. Says nothing about anybody: no column of theirs is named."""
    found = select(Enrolment.cohort_id, func.count(Enrolment.cohort_id)).where(Enrolment.cohort_id.in_(ids)).group_by(Enrolment.cohort_id)
    return {id: number for id, number in session.execute(found) if id is not None}


def hold(course: Course, id: UUID) -> Cohort:
    """A group of this course; whoever takes a place in it comes one after the other. Comes before any enrolment is locked. Raises Problem 422 for another's."""
    found = select(Cohort).where(Cohort.id == id, Cohort.course_id == course.id).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(found).first()
    if row is None:
        raise Problem(422, _("This course has no such group."), remedy=_("Choose one of the list."), code="no_group")
    return row


def choose(course: Course, id: UUID) -> Cohort:
    """A group that whoever enrols by themselves has chosen. Raises Problem 409 for one that takes nobody new (`group_closed`)."""
    row = hold(course, id)
    if not Group(row).is_offered:
        raise Problem(409, _("This group takes nobody new."), remedy=_("Choose another group."), code="group_closed")
    return row


def join(enrolment: Enrolment, cohort: Cohort | None) -> None:
    """Take somebody who has a place in the course into a group that is held, or out of theirs. Raises Problem 409 (`full`) when no place is left."""
    if enrolment.cohort_id == (cohort.id if cohort is not None else None):
        return
    if cohort is not None:
        if Group(cohort, _within([cohort.id]).get(cohort.id, 0)).is_full:
            raise Problem(409, _("No place is left in “%(name)s”.", name=cohort.name), remedy=_("Choose another group."), code="full")
        cohort.joined += 1
    enrolment.cohort_id = cohort.id if cohort is not None else None
    session.flush()
    emit("courses.grouped", enrolment, course=enrolment.course_id, group=enrolment.cohort_id)


def put_into(enrolment: Enrolment, group: UUID | None) -> None:
    """Put somebody who has a place in a course into one of its groups, or out of theirs, for staff. Raises Problem as `hold` and `join` do."""
    join(enrolment, hold(enrolment.course, group) if group is not None else None)


def make(course: Course, id: UUID, facts: Mapping[str, Any]) -> Cohort:
    """Make a group; sent twice, it is made once. Raises Taken."""
    _unless_taken(course, id, facts["name"])
    if insert_once(Cohort, id=id, course_id=course.id, **facts):
        emit("courses.group_changed", course, group=id)
    renew_pages()
    row = session.get(Cohort, {"academy_id": context.academy.id, "id": id})
    if row is None or row.course_id != course.id:
        raise Taken
    return row


def change(course: Course, cohort: Cohort, facts: Mapping[str, Any]) -> None:
    """Change what a group is called, when it begins, how many it takes. Raises Taken, TooFew."""
    row = hold(course, cohort.id)
    _unless_taken(course, row.id, facts.get("name", row.name))
    within = _within([row.id]).get(row.id, 0)
    places = facts.get("places", row.places)
    if places is not None and places < within:
        raise TooFew(within)
    for name, value in facts.items():
        setattr(row, name, value)
    emit("courses.group_changed", course, group=row.id)
    renew_pages()


def _unless_taken(course: Course, id: UUID, name: str) -> None:
    if session.scalars(select(Cohort.id).where(Cohort.course_id == course.id, Cohort.name == name, Cohort.id != id)).first() is not None:
        raise Taken


def release(course: Course, cohort: Cohort, all_open: bool) -> None:
    """Open all sections to a group at once, also before it begins, or let the plan count again."""
    row = hold(course, cohort.id)
    if (row.released_at is not None) != all_open:
        row.released_at = clock.now() if all_open else None
        emit("courses.released" if all_open else "courses.group_changed", course, group=row.id)


def ask_for_groups(course: Course, needed: bool) -> None:
    """Let whoever enrols by themselves choose a group, or leave it to them."""
    if course.grouped != needed:
        course.grouped = needed
        emit("courses.changed", course)
        renew_pages()


def remove(course: Course, cohort: Cohort, into: UUID | None) -> int:
    """Delete a group; the people in it go into another one, or on without one. Returns how many. Raises Problem 409 when the other has too few places."""
    rows: Sequence[Cohort] = [hold(course, id) for id in sorted({cohort.id} | ({into} if into is not None else set()))]
    other = next((row for row in rows if row.id == into and row.id != cohort.id), None)
    within = _within([row.id for row in rows])
    moved = within.get(cohort.id, 0)
    if other is not None and other.places is not None and within.get(other.id, 0) + moved > other.places:
        raise Problem(
            409, _("“%(name)s” has too few places for them.", name=other.name), remedy=_("Give it more places, or choose another group."), code="full"
        )
    if other is not None:
        other.joined += moved
    for table in (Enrolment, Brought):
        session.execute(update(table).where(table.cohort_id == cohort.id).values(cohort_id=other.id if other is not None else None))
    emit("courses.group_deleted", course, group=cohort.id, people=moved)
    session.delete(cohort)
    renew_pages()
    return moved
