# SPDX-License-Identifier: MIT
"""Pages of teachers about groups of a course: make them, change them, let them begin, put people into them, delete them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, Form, Problem, context, get_or_404, once, refuse, render, show
from upart.plugin import gettext as _
from upart_courses.actions import cohorts
from upart_courses.forms.cohorts import CohortForm, MoveForm
from upart_courses.models import Cohort, Course
from upart_courses.views.listed import STATES
from upart_courses.views.roster import enrolment_at
from upart_courses.views.teach import TEACH, course_of

cohort_pages = Blueprint("teach_cohorts", __name__, area=Area.TEACH)


@cohort_pages.get("/<uuid:id>/cohorts", policy=TEACH)
def every(id: UUID) -> Response:
    """The groups of a course: when each begins, how many are in it."""
    course = course_of(id)
    return render("courses/teach/cohorts.html", course=course, states=STATES, groups=cohorts.groups_of(course), zone=context.academy.settings["zone"])


@cohort_pages.post("/<uuid:id>/cohorts/needed", policy=TEACH)
def needed(id: UUID) -> Response:
    """Let whoever enrols choose a group, or leave it to them."""
    cohorts.ask_for_groups(course_of(id), request.form.get("to") == "yes")
    return redirect(url_for(".every", id=id), 303)


@cohort_pages.get("/<uuid:id>/cohorts/new", policy=TEACH)
def new(id: UUID) -> Response:
    """Ask what a new group is called and when it begins."""
    return _page(course_of(id), CohortForm(choosable=True), None)


def _page(course: Course, form: Form, cohort: Cohort | None) -> Response:
    return show("courses/teach/cohort.html", form, course=course, states=STATES, cohort=cohort, once=once() if cohort is None else None)


@cohort_pages.post("/<uuid:id>/cohorts/new", policy=TEACH)
def make(id: UUID) -> Response:
    """Make it."""
    course, form, mark = course_of(id), CohortForm.posted(), once()
    if form.validate() and _saves(form, lambda: cohorts.make(course, mark or uuid4(), form.facts)):
        return redirect(url_for(".every", id=id), 303)
    return show("courses/teach/cohort.html", form, course=course, states=STATES, cohort=None, once=mark)


@cohort_pages.get("/<uuid:id>/cohorts/<uuid:cohort>", policy=TEACH)
def one(id: UUID, cohort: UUID) -> Response:
    """One group."""
    course, row = _of(id, cohort)
    return _page(course, CohortForm.opened(row), row)


@cohort_pages.post("/<uuid:id>/cohorts/<uuid:cohort>", policy=TEACH)
def change(id: UUID, cohort: UUID) -> Response:
    """Change it."""
    course, row = _of(id, cohort)
    form = CohortForm.posted()
    if form.validate() and not form.overtaken(row) and _saves(form, lambda: cohorts.change(course, row, form.facts)):
        return redirect(url_for(".every", id=id), 303)
    return _page(course, form, row)


def _saves(form: CohortForm, save: Any) -> bool:
    """Save it; what cannot be is refused in the form."""
    try:
        save()
    except cohorts.Taken:
        refuse(form, "name", _("Another group of this course has this name."))
    except cohorts.TooFew as few:
        refuse(form, "places", _("%(n)s people are in it already.", n=few.args[0]))
    return not form.errors


@cohort_pages.post("/<uuid:id>/cohorts/<uuid:cohort>/open-all", policy=TEACH)
def open_all(id: UUID, cohort: UUID) -> Response:
    """Open all sections to one group, or let the plan count again."""
    course, row = _of(id, cohort)
    cohorts.release(course, row, request.form.get("to") == "open")
    return redirect(url_for(".every", id=id), 303)


@cohort_pages.get("/<uuid:id>/cohorts/<uuid:cohort>/delete", policy=TEACH)
def ask_to_delete(id: UUID, cohort: UUID) -> Response:
    """Ask where the people in it go."""
    course, row = _of(id, cohort)
    return _delete(course, row, MoveForm())


def _delete(course: Course, row: Cohort, form: MoveForm, status: int = 200) -> Response:
    groups = cohorts.groups_of(course)
    form.choose_from(cohorts.labelled([one for one in groups if one.row.id != row.id]))
    form.group.label.text = _("Where they go")
    within = next(one.within for one in groups if one.row.id == row.id)
    return show("courses/teach/delete-cohort.html", form, status, course=course, states=STATES, cohort=row, within=within)


@cohort_pages.post("/<uuid:id>/cohorts/<uuid:cohort>/delete", policy=TEACH)
def delete(id: UUID, cohort: UUID) -> Response:
    """Delete it; the people in it go where was chosen."""
    course, row = _of(id, cohort)
    form = MoveForm.posted()
    form.choose_from(cohorts.labelled([one for one in cohorts.groups_of(course) if one.row.id != row.id]))
    if not form.validate():
        return _delete(course, row, form, 422)
    try:
        cohorts.remove(course, row, form.chosen)
    except Problem as problem:
        refuse(form, "group", f"{problem.message} {problem.remedy}")
        return _delete(course, row, form, problem.status)
    return redirect(url_for(".every", id=id), 303)


@cohort_pages.get("/<uuid:id>/learners/<uuid:enrolment>/group", policy=TEACH)
def ask_to_move(id: UUID, enrolment: UUID) -> Response:
    """Into which group somebody goes."""
    course, row = enrolment_at(id, enrolment)
    form = MoveForm(group=str(row.cohort_id or ""))
    form.choose_from(cohorts.labelled(cohorts.groups_of(course)))
    return show("courses/teach/move-learner.html", form, course=course, states=STATES, enrolment=row)


@cohort_pages.post("/<uuid:id>/learners/<uuid:enrolment>/group", policy=TEACH)
def move(id: UUID, enrolment: UUID) -> Response:
    """Put somebody into another group, or into none."""
    course, row = enrolment_at(id, enrolment)
    form = MoveForm.posted()
    form.choose_from(cohorts.labelled(cohorts.groups_of(course)))
    if form.validate():
        try:
            cohorts.put_into(row, form.chosen)
            return redirect(url_for("teach_roster.learner", id=id, enrolment=enrolment), 303)
        except Problem as problem:
            refuse(form, "group", f"{problem.message} {problem.remedy}")
    return show("courses/teach/move-learner.html", form, course=course, states=STATES, enrolment=row)


def _of(id: UUID, cohort: UUID) -> tuple[Course, Cohort]:
    """A group of a course that the acting person may write."""
    return course_of(id), get_or_404(Cohort, id=cohort, course_id=id)
