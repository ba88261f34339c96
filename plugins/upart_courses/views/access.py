# SPDX-License-Identifier: MIT
"""Pages of teachers about who may open what and when: who sees a course, what comes before it, the plan of its sections."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import Area, Blueprint, NoSuchTime, context, get_or_404, refuse, session, show
from upart.plugin import gettext as _
from upart_courses import release
from upart_courses.actions import pacing, preceding, reaching, writing
from upart_courses.forms import AccessForm, ReleaseForm
from upart_courses.models import Course, CourseState, Entry, Section, Visibility
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

access_pages = Blueprint("teach_access", __name__, area=Area.TEACH)


@access_pages.get("/<uuid:id>/access", policy=TEACH)
def access(id: UUID) -> Response:
    """Who sees the course, who enrols, what comes before it; and when its sections open."""
    course = course_of(id)
    return _access(course, AccessForm(visibility=course.visibility.value, entry=course.entry.value, prerequisites=course.prerequisites))


def _access(course: Course, form: AccessForm) -> Response:
    others = _others(course)
    form.choose_from(others)
    outline = writing.outline_of(course)
    plan = [
        {"section": section, "lessons": len(inside), "needed": sum(lesson.required for lesson in inside), "opens": _opens(section, outline)}
        for section, inside in outline
    ]
    return show("courses/teach/access.html", form, course=course, states=STATES, plan=plan, others=others, zone=context.academy.settings["zone"])


def _others(course: Course) -> dict[str, str]:
    """Courses that can come before this one: those that people can take, and those that are chosen already."""
    found = select(Course.id, Course.title, Course.state).where(Course.id != course.id).order_by(Course.position, Course.id)
    return {
        str(row.id): row.title for row in session.execute(found) if row.state is CourseState.PUBLISHED or str(row.id) in course.prerequisites
    }  # fmt: skip


def _opens(section: Section, outline: writing.Outline) -> dict[str, Any]:
    """When a section opens, for templates: `kind`, and `on`, `days` or the `title` of what has to be done."""
    rule = section.release or {}
    before, lesson = release.before(section.release)
    titles = {part.id: part.title for part, _inside in outline} | {one.id: one.title for _part, inside in outline for one in inside}
    on = datetime.fromisoformat(rule["on"]) if rule.get("kind") == release.DATE else None
    return {"kind": rule.get("kind"), "days": rule.get("days"), "on": on, "title": next((titles.get(one) for one in (before, lesson) if one), None)}


@access_pages.post("/<uuid:id>/access", policy=TEACH)
def change(id: UUID) -> Response:
    """Let it be so from now on."""
    course, form = course_of(id), AccessForm.posted()
    form.choose_from(_others(course))
    if not form.validate():
        return _access(course, form)
    try:
        preceding.set_prerequisites(course, [UUID(one) for one in form.prerequisites.data or ()])
    except preceding.Circle as circle:
        refuse(form, "prerequisites", _("They would wait for each other: %(way)s.", way=" → ".join(circle.args)))
        return _access(course, form)
    reaching.set_access(course, Visibility(form.visibility.data), Entry(form.entry.data))
    return redirect(url_for(".access", id=id), 303)


@access_pages.post("/<uuid:id>/open-all", policy=TEACH)
def open_all(id: UUID) -> Response:
    """Open all sections to everybody, or let the plan count again."""
    pacing.release_all(course_of(id), request.form.get("to") == "open")
    return redirect(url_for(".access", id=id), 303)


@access_pages.get("/<uuid:id>/sections/<uuid:section>/plan", policy=TEACH)
def plan(id: UUID, section: UUID) -> Response:
    """When one section opens, and which of its lessons are needed."""
    course, row = course_of(id), get_or_404(Section, id=section, course_id=id)
    rule = row.release or {}
    on = datetime.fromisoformat(rule["on"]) if rule.get("kind") == release.DATE else None
    before, lesson = release.before(row.release)
    after = f"section:{before}" if before else f"lesson:{lesson}" if lesson else ""
    needed = [str(one.id) for _part, inside in writing.outline_of(course) for one in inside if one.section_id == section and one.required]
    return _plan(course, row, ReleaseForm(kind=rule.get("kind", "now"), on=on, days=rule.get("days"), after=after, required=needed))


def _plan(course: Course, section: Section, form: ReleaseForm) -> Response:
    _offer(course, section, form)
    return show("courses/teach/plan.html", form, course=course, states=STATES, section=section, zone=context.academy.settings["zone"])


def _offer(course: Course, section: Section, form: ReleaseForm) -> list[Any]:
    """Let the form offer what can come before the section, and its lessons, which are returned."""
    before: dict[str, str] = {}
    mine: list[Any] = []
    for part, inside in writing.outline_of(course):
        if part.id == section.id:
            mine = inside
            continue
        before[f"section:{part.id}"] = _("All of “%(title)s”", title=part.title)
        before |= {f"lesson:{lesson.id}": f"{part.title}: {lesson.title}" for lesson in inside}
    form.choose_from(before, {str(lesson.id): lesson.title for lesson in mine})
    return mine


@access_pages.post("/<uuid:id>/sections/<uuid:section>/plan", policy=TEACH)
def set_plan(id: UUID, section: UUID) -> Response:
    """Let it be so from now on, for whoever has not been there yet."""
    course, row, form = course_of(id), get_or_404(Section, id=section, course_id=id), ReleaseForm.posted()
    mine = _offer(course, row, form)
    if not form.validate():
        return _plan(course, row, form)
    try:
        pacing.set_release(course, row, form.release)
    except NoSuchTime:
        refuse(form, "on", _("The clocks go forward then, and this time is left out. Choose another."))
    except pacing.Deadlock:
        refuse(form, "after", _("That can only be done when this section is open. Choose something else."))
    if form.errors:
        return _plan(course, row, form)
    pacing.require(course, {UUID(one) for one in form.required.data or ()}, mine)
    return redirect(url_for(".access", id=id), 303)
