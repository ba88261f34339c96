# SPDX-License-Identifier: MIT
"""Pages of teachers and managers about courses: the list, facts, what state a course is in, who learns in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug import Response

from upart.plugin import (
    Area,
    Blueprint,
    Person,
    Picture,
    allow,
    context,
    draft_of,
    get_or_404,
    list_pages,
    may,
    once,
    paged,
    permitted,
    pictures,
    refuse,
    render,
    show,
    stands_in,
)
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import cohorts, drafting, publishing, writing
from upart_courses.forms.courses import COVERS, CourseForm, NewCourseForm, lines
from upart_courses.models import Course, Enrolment, Level
from upart_courses.views.listed import COURSES, STATES

teach = Blueprint("teach_courses", __name__, area=Area.TEACH)

TEACH = may("courses.teach")
PAGE = 50


list_pages(teach, "/", COURSES, endpoint="courses", policy=TEACH)


@teach.get("/new", policy=TEACH)
def new() -> Response:
    """Ask with what to begin."""
    return show("courses/teach/new.html", NewCourseForm(), once=once())


@teach.post("/new", policy=TEACH)
def create() -> Response:
    """Make a draft."""
    form, id = NewCourseForm.posted(), once()
    if not form.validate():
        return show("courses/teach/new.html", form, once=id)
    writing.create(context.person, id, form.data["title"], form.data["field"], context.academy.settings["language"], next(iter(COVERS)))
    return redirect(url_for("teach_outline.outline", id=id), 303)


@teach.get("/<uuid:id>/facts", policy=TEACH)
def facts(id: UUID) -> Response:
    """What the catalogue and the course's page say."""
    course = course_of(id)
    return _facts(course, CourseForm.opened(_typed(course)))


def _typed(course: Course) -> dict[str, Any]:
    """What the form begins with."""
    stored = drafting.typed(course, course)
    return {**stored, "outcomes": "\n".join(stored["outcomes"])}


@teach.post("/<uuid:id>/facts", policy=TEACH)
def save(id: UUID) -> Response:
    """Save them; once people read the course, on a draft."""
    course, form = course_of(id), CourseForm.posted()
    form.published = drafting.on_drafts(course)
    if not form.validate():
        return _facts(course, form)
    drafting.hold(course, course)
    if form.overtaken(_typed(course)):
        return _facts(course, form)
    typed = {**form.data, "outcomes": lines(form.outcomes.data), "level": Level(form.level.data)}
    try:
        if drafting.on_drafts(course):
            drafting.save_facts(course, typed, drafting.seen(course, course))
        else:
            writing.save(course, typed, drafting.seen(course, course), goes_on=form.by_itself)
    except writing.Taken:
        refuse(form, "slug", _("Another course has this address."))
        return _facts(course, form)
    return form.saved(url_for(".facts", id=id))


def _facts(course: Course, form: CourseForm) -> Response:
    chosen = drafting.cover_of(course)
    return show(
        "courses/teach/facts.html",
        form,
        course=course,
        states=STATES,
        covers=COVERS,
        draft=draft_of(course),
        chosen=chosen,
        picture_of=_cover(chosen),
        manages=permitted("courses.manage"),
    )


def _cover(chosen: UUID | None) -> Picture | None:
    return pictures([chosen], public=True).get(chosen) if chosen else None


@teach.post("/<uuid:id>/publish", policy=TEACH)
def publish(id: UUID) -> Response:
    """Show the course to everybody, also again after archiving; or say what is missing."""
    course = course_of(id)
    try:
        publishing.publish(course)
    except publishing.NotReady as error:
        return render("courses/teach/not-ready.html", 422, course=course, states=STATES, missing=error.args)
    return redirect(url_for("teach_outline.outline", id=id), 303)


@teach.post("/<uuid:id>/archive", policy=TEACH)
def archive(id: UUID) -> Response:
    """Offer the course no longer."""
    publishing.archive(course_of(id))
    return redirect(url_for("teach_outline.outline", id=id), 303)


@teach.get("/<uuid:id>/delete", policy=TEACH)
def ask_to_delete(id: UUID) -> Response:
    """Say in numbers what deleting takes away: it cannot be undone."""
    course = course_of(id)
    return render("courses/teach/delete.html", course=course, states=STATES, learners=publishing.learners(course), rightful=publishing.rightful(course))


@teach.post("/<uuid:id>/delete", policy=TEACH)
def delete(id: UUID) -> Response:
    """Delete it."""
    publishing.remove(course_of(id))
    return redirect(url_for(".courses"), 303)


@teach.get("/<uuid:id>/learners", policy=TEACH, query=("q", "after", "group"))
def learners(id: UUID) -> Response:
    """Who is in the course, newest first, and how far they have come; `q` finds by name, `group` one group. Addresses are not shown here."""
    course, q = course_of(id), request.args.get("q", "").strip()[:100]
    groups = {str(one.id): one for one in cohorts.cohorts_of(id)}
    there = (Person.academy_id == Enrolment.academy_id) & (Person.id == Enrolment.learner_id)
    found = select(Enrolment).join(Person, there).options(contains_eager(Enrolment.learner)).where(Enrolment.course_id == id, Enrolment.left_at.is_(None))
    if q:
        found = found.where(stands_in(q, Person.name))
    if group := groups.get(request.args.get("group", "")):
        found = found.where(Enrolment.cohort_id == group.id)
    page = paged(found, Enrolment.enrolled_at, Enrolment.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    progress = public.progress(enrolment.id for enrolment in page.rows)
    return render(
        "courses/teach/learners.html", course=course, states=STATES, enrolments=page.rows, after=page.after, q=q, progress=progress, groups=groups,
        group=group, imports=permitted("courses.import"), takes_out=permitted("people.download"),
    )  # fmt: skip


def course_of(id: UUID) -> Course:
    """A course that the acting person may write. Another teacher's answers like an absent one."""
    course = get_or_404(Course, id)
    if not public.writes(course):
        allow("courses.manage", course)
    return course
