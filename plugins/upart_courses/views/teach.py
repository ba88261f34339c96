# SPDX-License-Identifier: MIT
"""Pages of teachers and managers about courses: the list, facts, what state a course is in, who learns in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager
from werkzeug import Response

from upart.plugin import (
    Area,
    Blueprint,
    Overtaken,
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
    pictures,
    refuse,
    render,
    show,
)
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import drafting, publishing, writing
from upart_courses.forms import COVERS, CourseForm, NewCourseForm, lines
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
    stored = drafting.typed(course, course)
    return _facts(course, CourseForm(**stored | {"outcomes": "\n".join(stored["outcomes"])}, seen=drafting.seen(course, course)))


@teach.post("/<uuid:id>/facts", policy=TEACH)
def save(id: UUID) -> Response:
    """Save them; once people read the course, on a draft."""
    course, form = course_of(id), CourseForm.posted()
    form.published = drafting.on_drafts(course)
    if not form.validate():
        return _facts(course, form)
    typed = {**form.data, "outcomes": lines(form.outcomes.data), "level": Level(form.level.data)}
    save = drafting.save_facts if drafting.on_drafts(course) else writing.save
    try:
        save(course, typed, form.seen.data or "")
    except writing.Taken:
        refuse(form, "slug", _("Another course has this address."))
        return _facts(course, form)
    except Overtaken:
        return _facts(course, form, 409, overtaken=True)
    return redirect(url_for(".facts", id=id), 303)


def _facts(course: Course, form: CourseForm, status: int | None = None, **values: Any) -> Response:
    return show(
        "courses/teach/facts.html",
        form,
        status,
        course=course,
        states=STATES,
        covers=COVERS,
        stored=drafting.typed(course, course),
        draft=draft_of(course),
        version=drafting.seen(course, course),
        picture_of=_cover(course),
        **values,
    )


def _cover(course: Course) -> Picture | None:
    return pictures([course.cover_id], public=True).get(course.cover_id) if course.cover_id else None


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


@teach.get("/<uuid:id>/learners", policy=TEACH, query=("q", "after"))
def learners(id: UUID) -> Response:
    """Who is in the course, newest first, and how far they have come; `q` finds by name. Addresses are not shown here."""
    course, q = course_of(id), request.args.get("q", "").strip()[:100]
    there = (Person.academy_id == Enrolment.academy_id) & (Person.id == Enrolment.learner_id)
    found = select(Enrolment).join(Person, there).options(contains_eager(Enrolment.learner)).where(Enrolment.course_id == id, Enrolment.left_at.is_(None))
    if q:
        found = found.where(func.lower(Person.name).contains(q.lower(), autoescape=True))
    page = paged(found, Enrolment.enrolled_at, Enrolment.id, after=request.args.get("after"), size=PAGE, newest_first=True)
    progress = public.progress(enrolment.id for enrolment in page.rows)
    return render("courses/teach/learners.html", course=course, states=STATES, enrolments=page.rows, after=page.after, q=q, progress=progress)


def course_of(id: UUID) -> Course:
    """A course that the acting person may write. Another teacher's answers like an absent one."""
    course = get_or_404(Course, id)
    if not public.writes(course):
        allow("courses.manage", course)
    return course
