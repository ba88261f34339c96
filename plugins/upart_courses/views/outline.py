# SPDX-License-Identifier: MIT
"""Pages of teachers and managers about what is in a course: sections, lessons, their order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, Overtaken, Problem, draft_of, get_or_404, markdown, once, render, show
from upart.plugin import gettext as _
from upart_courses.actions import drafting, outlining, publishing
from upart_courses.forms import LessonForm, SectionForm
from upart_courses.models import Course, Lesson, LessonKind
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

outline_pages = Blueprint("teach_outline", __name__, area=Area.TEACH)

STEPS = {"up": -1, "down": 1}


@outline_pages.get("/<uuid:id>", policy=TEACH)
def outline(id: UUID) -> Response:
    """The sections and lessons of a course, and what it still needs."""
    return _outline(course_of(id), SectionForm())


def _outline(course: Course, form: SectionForm, **values: Any) -> Response:
    """`at` in `values`: the section whose form it is, else that of a new one."""
    parts = outlining.written(course)
    missing = publishing.missing(parts, course)
    drafts = {row.id for row, _draft in drafting.changes(course)}
    headings = {section.id: SectionForm.opened({"title": section.title}) for section, _inside in parts}
    return show(
        "courses/teach/outline.html",
        form,
        course=course,
        states=STATES,
        outline=parts,
        missing=missing,
        drafts=drafts,
        once=once(),
        headings=headings,
        **values,
    )


@outline_pages.post("/<uuid:id>/sections", policy=TEACH)
def add_section(id: UUID) -> Response:
    """Append a section."""
    course, form = course_of(id), SectionForm.posted()
    if not form.validate():
        return _outline(course, form)
    outlining.add_section(course, once(), form.data["title"])
    return redirect(url_for(".outline", id=id), 303)


@outline_pages.post("/<uuid:id>/sections/<uuid:section>", policy=TEACH)
def rename_section(id: UUID, section: UUID) -> Response:
    """Give a section another heading."""
    course, form = course_of(id), SectionForm.posted()
    drafting.hold(course, course)
    heading = outlining.heading_of(course, section)
    if not form.validate() or form.overtaken({"title": heading.title}):
        return _outline(course, form, at=section)
    outlining.rename_section(course, section, form.data["title"])
    return redirect(url_for(".outline", id=id), 303)


@outline_pages.post("/<uuid:id>/sections/<uuid:section>/remove", policy=TEACH)
def remove_section(id: UUID, section: UUID) -> Response:
    """Take a heading away; its lessons stay."""
    course = course_of(id)
    drafting.hold(course, course)
    outlining.remove_section(course, outlining.heading_of(course, section).id)
    return redirect(url_for(".outline", id=id), 303)


@outline_pages.post("/<uuid:id>/move", policy=TEACH)
def move(id: UUID) -> Response:
    """Move a section or lesson one place: the buttons, which need no script."""
    outlining.move(course_of(id), _ids(request.form.getlist("id"))[0], STEPS.get(request.form.get("to", ""), 1))
    return redirect(url_for(".outline", id=id), 303)


@outline_pages.post("/<uuid:id>/order", policy=TEACH)
def order(id: UUID) -> Response:
    """Arrange everything as it now stands on the page: dragging and keys, by script."""
    try:
        outlining.order(course_of(id), _ids(request.form.getlist("order")))
    except Overtaken:
        raise Problem(409, _("Somebody else has changed this outline."), remedy=_("Open the page again and move it once more.")) from None
    return Response(status=204)


@outline_pages.get("/<uuid:id>/lessons/new", policy=TEACH, query=("section",))
def new_lesson(id: UUID) -> Response:
    """An empty lesson."""
    return _lesson(course_of(id), LessonForm(section=request.args.get("section", "")), None, once=once())


@outline_pages.post("/<uuid:id>/lessons/new", policy=TEACH)
def add_lesson(id: UUID) -> Response:
    """Append it to its section, or show how it will look."""
    course, form, made = course_of(id), LessonForm.posted(), once()
    if not _complete(course, form) or "preview_text" in request.form:
        return _lesson(course, form, None, once=made)
    outlining.add_lesson(course, made, UUID(form.section.data), _facts(form))
    return redirect(url_for(".outline", id=id), 303)


@outline_pages.get("/<uuid:id>/lessons/<uuid:lesson>", policy=TEACH)
def lesson(id: UUID, lesson: UUID) -> Response:
    """A lesson to write on."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    return _lesson(course, LessonForm.opened(_typed(course, row)), row)


def _typed(course: Course, row: Lesson) -> dict[str, Any]:
    """What the form begins with."""
    stored = drafting.typed(course, row)
    return {**{name: stored[name] for name in ("title", "kind", "minutes", "preview", "body")}, "section": str(outlining.section_of(course, row))}


@outline_pages.post("/<uuid:id>/lessons/<uuid:lesson>", policy=TEACH)
def save_lesson(id: UUID, lesson: UUID) -> Response:
    """Save it, on a draft once people read the course; or show how it will look."""
    course, row, form = course_of(id), get_or_404(Lesson, id=lesson, course_id=id), LessonForm.posted()
    if not _complete(course, form) or "preview_text" in request.form:
        return _lesson(course, form, row)
    drafting.hold(course, row)
    if form.overtaken(_typed(course, row)):
        return _lesson(course, form, row)
    section, facts, seen = UUID(form.section.data), _facts(form), drafting.seen(course, row)
    if drafting.on_drafts(course):
        drafting.save_lesson(course, row, section, facts, seen)
    else:
        outlining.save_lesson(course, row, section, facts, seen, goes_on=form.by_itself)
    return form.saved(url_for(".lesson", id=id, lesson=lesson))


def _complete(course: Course, form: LessonForm) -> bool:
    form.choose_from(_sections(course))
    return form.validate()


def _sections(course: Course) -> dict[str, str]:
    return {str(heading.id): heading.title for heading, _inside in outlining.written(course)}


def _facts(form: LessonForm) -> dict[str, Any]:
    typed = form.data
    return {"title": typed["title"], "kind": LessonKind(typed["kind"]), "minutes": typed["minutes"], "preview": typed["preview"], "body": typed["body"]}


def _lesson(course: Course, form: LessonForm, row: Lesson | None, **values: Any) -> Response:
    form.choose_from(_sections(course))
    shown = markdown(form.body.data or "") if "preview_text" in request.form else None
    draft = draft_of(row) if row is not None else None
    return show("courses/teach/lesson.html", form, course=course, states=STATES, lesson=row, shown=shown, draft=draft, **values)


@outline_pages.get("/<uuid:id>/lessons/<uuid:lesson>/delete", policy=TEACH)
def ask_to_delete_lesson(id: UUID, lesson: UUID) -> Response:
    """Say in numbers what deleting takes away: it cannot be undone."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    return render("courses/teach/delete-lesson.html", course=course, states=STATES, lesson=row, learners=outlining.completions(row))


@outline_pages.post("/<uuid:id>/lessons/<uuid:lesson>/delete", policy=TEACH)
def delete_lesson(id: UUID, lesson: UUID) -> Response:
    """Delete it."""
    outlining.remove_lesson(course_of(id), get_or_404(Lesson, id=lesson, course_id=id))
    return redirect(url_for(".outline", id=id), 303)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts or [""]]
    except ValueError:
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None
