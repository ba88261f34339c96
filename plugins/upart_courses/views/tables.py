# SPDX-License-Identifier: MIT
"""Learners as tables: bring them in, and take the list of a course out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload
from werkzeug import Response

from upart.plugin import Area, Blueprint, Column, Filter, Listing, Person, import_pages, list_download, may, session
from upart_courses import public
from upart_courses.actions.cohorts import cohorts_of
from upart_courses.actions.learners import LEARNERS
from upart_courses.models import Course, Enrolment, LessonEvent
from upart_courses.views.teach import course_of

table_pages = Blueprint("teach_tables", __name__, area=Area.TEACH)

import_pages(table_pages, "/learners/import", LEARNERS, endpoint="bring", policy=may("courses.import", fresh=True), back="teach_courses.courses")


@table_pages.post("/<uuid:id>/learners/download", policy=may("people.download", fresh=True))
def download(id: UUID) -> Response:
    """The learners of a course with their addresses and how far they have come, as CSV: all, or one group. That it was taken out is written down."""
    course = course_of(id)
    return list_download(roster(course), about=course)


def roster(course: Course) -> Listing:
    """The learners of a course as a list, the one who came first at its beginning; who has left is not in it."""
    groups = {str(one.id): one.name for one in cohorts_of(course.id)}
    return Listing(
        name=f"learners-{course.slug}",
        model=Enrolment,
        title="Learners",
        sentence="The learners of a course, with how far they have come",
        people=True,
        columns=(
            Column(key="name", label="Name", value=lambda one: one.learner.name),
            Column(key="email", label="E-mail", value=lambda one: one.learner.email),
            Column(key="enrolled", label="Enrolled", of=Enrolment.enrolled_at, sort=True),
            Column(key="group", label="Group", value=lambda one: one.cohort.name if one.cohort is not None else ""),
            Column(key="done", label="Lessons done", of_all=lambda ids: {id: come.count(course) for id, come in public.progress(ids).items()}),
            Column(key="needed", label="Lessons needed", value=lambda one: course.needed),
            Column(key="seen", label="Last seen", of_all=_last_seen),
            Column(key="completed", label="Finished", of=Enrolment.completed_at),
        ),
        order="enrolled",
        rows=lambda: _within(course.id),
        filters=(Filter(key="group", label="Group", options=groups, where=lambda id: Enrolment.cohort_id == UUID(id)),),
        download="people.download",
    )


def _within(id: UUID) -> Select[Any]:
    there = (Person.academy_id == Enrolment.academy_id) & (Person.id == Enrolment.learner_id)
    found = select(Enrolment).join(Person, there).options(contains_eager(Enrolment.learner), joinedload(Enrolment.cohort))
    return found.where(Enrolment.course_id == id, Enrolment.left_at.is_(None))


def _last_seen(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """When each of them last did something themselves: what a table has brought in says nothing about that."""
    own = select(LessonEvent.enrolment_id, func.max(LessonEvent.at)).where(LessonEvent.enrolment_id.in_(ids), LessonEvent.brought_id.is_(None))
    return {row[0]: row[1] for row in session.execute(own.group_by(LessonEvent.enrolment_id))}
