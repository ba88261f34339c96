# SPDX-License-Identifier: MIT
"""The list of courses for those who write them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from upart.plugin import Badge, Bulk, Column, Filter, Listing, Problem, Tab, context, permitted
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import grading, publishing
from upart_courses.models import Course, CourseState

STATES = {CourseState.DRAFT: "Draft", CourseState.PUBLISHED: "Published", CourseState.ARCHIVED: "Archived"}
LOOKS = {CourseState.DRAFT: ("warn", "pencil-line"), CourseState.PUBLISHED: ("ok", "globe"), CourseState.ARCHIVED: ("", "archive")}


def _rows() -> Select[Any]:
    """One's own courses, for managers all."""
    found = select(Course).options(joinedload(Course.author))
    return found if permitted("courses.manage") else found.where(Course.author_id == context.person.id)


def _state(course: Course) -> Badge:
    kind, icon = LOOKS[course.state]
    return Badge(text=_(STATES[course.state]), kind=kind, icon=icon)


def _author(course: Course) -> str | None:
    return course.author.name if course.author is not None else None


def _publish(course: Course) -> bool:
    if course.state is CourseState.PUBLISHED:
        return False
    try:
        publishing.publish(course)
    except publishing.NotReady as error:
        raise Problem(422, _("It is not ready."), remedy=" ".join(error.args)) from None
    return True


def _archive(course: Course) -> bool:
    if course.state is CourseState.ARCHIVED:
        return False
    publishing.archive(course)
    return True


COURSES = Listing(
    name="courses",
    model=Course,
    title="Courses",
    sentence="Courses, the one saved last first",
    columns=(
        Column(key="title", label="Course", of=Course.title, sort=True),
        Column(key="field", label="Field", of=Course.field, below=True),
        Column(key="author", label="Written by", value=_author, below=True, permission="courses.manage"),
        Column(key="state", label="State", value=_state),
        Column(key="lessons", label="Lessons", of=Course.lessons, sort=True),
        Column(key="learners", label="Learners", of_all=public.learners),
        Column(key="saved_at", label="Saved", of=Course.changed_at, sort=True),
    ),
    order="-saved_at",
    rows=_rows,
    opens=lambda course: url_for("teach_outline.outline", id=course.id),
    search=(Course.title,),
    search_label="Title",
    filters=(Filter(key="state", label="State", options={state.value: label for state, label in STATES.items()}, where=lambda value: Course.state == value),),
    tabs=tuple(Tab(label=label, filters={"state": state.value}) for state, label in STATES.items()),
    bulk=(
        Bulk(key="archive", label="Archive", act=_archive, icon="archive", undo="publish", question=("Archive one course?", "Archive %(num)s courses?"),
             done=("One course is archived", "%(num)s courses are archived"), what="They are offered no longer. Whoever is in one may go on."),
        Bulk(key="publish", label="Publish", act=_publish, icon="globe", question=("Publish one course?", "Publish %(num)s courses?"),
             done=("One course is published", "%(num)s courses are published"), what="Visitors see them at once."),
    ),
    template="courses/teach/courses.html",
    values=lambda: {"all": permitted("courses.manage"), "imports": permitted("courses.import"), "piles": grading.piles()},
)  # fmt: skip
