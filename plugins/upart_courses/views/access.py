# SPDX-License-Identifier: MIT
"""Pages of teachers about who may open what and when: who sees a course, what comes before it, the plan of its sections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import Area, Blueprint, NoSuchTime, context, edited_of, ngettext, refuse, session, show
from upart.plugin import gettext as _
from upart_courses import release
from upart_courses.actions import coming, drafting, outlining, pacing, preceding, reaching
from upart_courses.forms.courses import AccessForm, ReleaseForm
from upart_courses.models import Course, CourseState, Entry, Lesson, Visibility
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

access_pages = Blueprint("teach_access", __name__, area=Area.TEACH)


@access_pages.get("/<uuid:id>/access", policy=TEACH)
def access(id: UUID) -> Response:
    """Who sees the course, who enrols, what comes before it; and when its sections open."""
    course = course_of(id)
    return _access(course, AccessForm.opened(_chosen(course)))


def _chosen(course: Course) -> dict[str, Any]:
    return {"visibility": course.visibility.value, "entry": course.entry.value, "prerequisites": course.prerequisites}


def _access(course: Course, form: AccessForm) -> Response:
    others = _others(course)
    form.choose_from(others)
    parts, titles = pacing.parts_of(course), titles_of(course)
    # A rule about what goes, or about a section in which nothing stays, holds nobody up.
    lasting = [part for part in parts if part.lessons or course.state is CourseState.DRAFT]
    stay = {id: titles[id] for part in lasting for id in (part.id, *part.lessons)}
    plan = [
        {"id": part.id, "title": titles[part.id], "lessons": len(part.lessons), "needed": sum(part.lessons.values()), "opens": opening(part.release, stay)}
        for part in parts
    ]
    return show("courses/teach/access.html", form, course=course, states=STATES, plan=plan, others=others, waiting=bool(drafting.changes(course)))


def _others(course: Course) -> dict[str, str]:
    """Courses that can come before this one: those that people can take, and those that are chosen already."""
    found = select(Course.id, Course.title, Course.state).where(Course.id != course.id).order_by(Course.position, Course.id)
    return {
        str(row.id): row.title for row in session.execute(found) if row.state is CourseState.PUBLISHED or str(row.id) in course.prerequisites
    }  # fmt: skip


def titles_of(course: Course) -> dict[UUID, str]:
    """The titles of sections and lessons, as whoever writes the course sees them."""
    outline = outlining.written(course)
    said = edited_of([lesson for _heading, inside in outline for lesson in inside])
    return {heading.id: heading.title for heading, _inside in outline} | {id: body["title"] for id, body in said.items()}


def opening(rule: Mapping[str, Any] | None, titles: Mapping[UUID, str]) -> str:
    """When a section opens, in words."""
    kind, titled = (rule or {}).get("kind"), next((titles.get(one) for one in release.before(rule) if one), None)
    if rule is not None and kind == release.DATE:
        on = datetime.fromisoformat(rule["on"])
        return _("opens on %(day)s at %(time)s (%(zone)s)", day=f"{on:%Y-%m-%d}", time=f"{on:%H:%M}", zone=context.academy.settings["zone"])
    if rule is not None and kind == release.DAYS:
        return ngettext("opens one day after enrolling", "opens %(num)s days after enrolling", rule["days"])
    return _("opens when “%(title)s” is done", title=titled) if titled else _("open at once")


@access_pages.post("/<uuid:id>/access", policy=TEACH)
def change(id: UUID) -> Response:
    """Let it be so from now on."""
    course, form = course_of(id), AccessForm.posted()
    drafting.hold(course, course)
    form.choose_from(_others(course))
    if not form.validate() or form.overtaken(_chosen(course)):
        return _access(course, form)
    try:
        preceding.set_prerequisites(course, [UUID(one) for one in form.prerequisites.data or ()])
    except preceding.Circle as circle:
        refuse(form, "prerequisites", _("They would wait for each other: %(way)s.", way=" → ".join(circle.args)))
        return _access(course, form)
    reaching.set_access(course, Visibility(form.visibility.data), Entry(form.entry.data))
    return form.saved(url_for(".access", id=id))


@access_pages.post("/<uuid:id>/open-all", policy=TEACH)
def open_all(id: UUID) -> Response:
    """Open all sections to everybody, or let the plan count again."""
    pacing.release_all(course_of(id), request.form.get("to") == "open")
    return redirect(url_for(".access", id=id), 303)


@access_pages.get("/<uuid:id>/sections/<uuid:section>/plan", policy=TEACH)
def plan(id: UUID, section: UUID) -> Response:
    """When one section opens, and which of its lessons are needed."""
    course = course_of(id)
    return _plan(course, outlining.heading_of(course, section), ReleaseForm.opened(_planned(course, section)))


def _planned(course: Course, section: UUID) -> dict[str, Any]:
    """What stands in the form of a section, as whoever writes the course has it now."""
    part = next(part for part in pacing.parts_of(course) if part.id == section)
    rule = part.release or {}
    before, lesson = release.before(part.release)
    return {
        "kind": rule.get("kind", "now"), "on": datetime.fromisoformat(rule["on"]) if rule.get("kind") == release.DATE else None, "days": rule.get("days"),
        "after": f"section:{before}" if before else f"lesson:{lesson}" if lesson else "",
        "required": [str(one) for one, required in part.lessons.items() if required],
    }  # fmt: skip


def _plan(course: Course, section: outlining.Heading, form: ReleaseForm) -> Response:
    _offer(course, section, form)
    zone = context.academy.settings["zone"]
    return show("courses/teach/plan.html", form, course=course, states=STATES, section=section, zone=zone)


def _offer(course: Course, section: outlining.Heading, form: ReleaseForm) -> list[Lesson]:
    """Let the form offer what can come before the section, and its lessons, which are returned."""
    before, titles = dict[str, str](), titles_of(course)
    mine: list[Lesson] = []
    for part, inside in coming.to_come(course):
        if part.id == section.id:
            mine = inside
            continue
        before[f"section:{part.id}"] = _("All of “%(title)s”", title=part.title)
        before |= {f"lesson:{lesson.id}": f"{part.title}: {titles[lesson.id]}" for lesson in inside}
    form.choose_from(before, {str(lesson.id): titles[lesson.id] for lesson in mine})
    return mine


@access_pages.post("/<uuid:id>/sections/<uuid:section>/plan", policy=TEACH)
def set_plan(id: UUID, section: UUID) -> Response:
    """Let it be so for whoever has not been there yet: from now on, or from the next publication on."""
    course, form = course_of(id), ReleaseForm.posted()
    drafting.hold(course, course)
    row = outlining.heading_of(course, section)
    mine = _offer(course, row, form)
    if not form.validate() or form.overtaken(_planned(course, section)) or not form.is_complete():
        return _plan(course, row, form)
    try:
        pacing.set_release(course, section, form.release)
    except NoSuchTime:
        refuse(form, "on", _("The clocks go forward then, and this time is left out. Choose another."))
    except pacing.Deadlock:
        refuse(form, "after", _("That can only be done when this section is open. Choose something else."))
    if form.errors:
        return _plan(course, row, form)
    pacing.require(course, {UUID(one) for one in form.required.data or ()}, mine)
    return form.saved(url_for(".access", id=id))
