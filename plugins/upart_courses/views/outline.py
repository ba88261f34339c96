# SPDX-License-Identifier: MIT
"""Pages of teachers and managers about what is in a course: sections, lessons, their order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, NotHere, Overtaken, Problem, draft_of, edited_of, get_or_404, once, preview_token, refuse, render, show
from upart.plugin import gettext as _
from upart_courses.actions import coming, drafting, outlining, publishing
from upart_courses.actions.writing import outline_of
from upart_courses.blocks import text_block, words_of
from upart_courses.forms.blocks import Blocks
from upart_courses.forms.courses import LessonForm, SectionForm
from upart_courses.kinds import BY_NAME
from upart_courses.limits import MOST
from upart_courses.models import Course, CourseState, Lesson, LessonKind
from upart_courses.showing import shown
from upart_courses.views.blocks import Page
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
    # Showing an archived course again publishes none of its drafts, so it is asked of what learners read.
    missing = publishing.missing(outline_of(course) if course.state is CourseState.ARCHIVED else parts, course)
    drafts = {row.id for row, _draft in drafting.changes(course)}
    headings = {section.id: SectionForm.opened({"title": section.title}) for section, _inside in parts}
    read = {UUID(part["section"]) for part in course.outline}
    return show(
        "courses/teach/outline.html",
        form,
        course=course,
        states=STATES,
        outline=parts,
        said=edited_of([lesson for _section, inside in parts for lesson in inside]),
        new={section.id for section, _inside in parts if section.id not in read},
        removed=outlining.removed_sections(course),
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


@outline_pages.post("/<uuid:id>/sections/<uuid:section>/back", policy=TEACH)
def take_section_back(id: UUID, section: UUID) -> Response:
    """Let a section stay that would be removed with the next publication."""
    outlining.take_section_back(course_of(id), section)
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
    """Append it to its section, and go on writing on it; or show how it will look."""
    course, form, made = course_of(id), LessonForm.posted(), once()
    if not _complete(course, form) or "preview_text" in request.form:
        return _lesson(course, form, None, once=made)
    row = coming.add_lesson(course, made, UUID(form.section.data), {**_facts(form), "blocks": text_block(form.data["body"])})
    return redirect(url_for(".lesson", id=id, lesson=row.id), 303)


@outline_pages.get("/<uuid:id>/lessons/<uuid:lesson>", policy=TEACH, query=("new",))
def lesson(id: UUID, lesson: UUID) -> Response:
    """A lesson to write on; `new` is the block that was just added."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    return _stored(course, row, new=request.args.get("new", ""))


def _typed(course: Course, row: Lesson) -> dict[str, Any]:
    """What the form begins with."""
    stored = drafting.typed(course, row)
    facts = {name: stored[name] for name in ("title", "kind", "minutes", "preview")}
    return {**facts, "blocks": Blocks.of(stored["blocks"]), "section": str(outlining.section_of(course, row))}


@outline_pages.post("/<uuid:id>/lessons/<uuid:lesson>", policy=TEACH)
def save_lesson(id: UUID, lesson: UUID) -> Response:
    """Save it, on a draft once people read the course, and do what its button says to a block; or show how it will look."""
    course, form = course_of(id), LessonForm.posted()
    drafting.hold(course, course)
    try:
        row = get_or_404(Lesson, id=lesson, course_id=id)
    except NotHere:
        if not form.title.data:
            raise  # nothing was typed that could be lost
        return _gone(course, form, lesson)
    del form.body
    if not _complete(course, form) or "preview_text" in request.form:
        return _lesson(course, form, row)
    if form.overtaken(_typed(course, row)):
        return _lesson(course, form, row)
    done = Page.sent(form.blocks.data.rows, request.form).done(request.form.get("do", ""))
    section, facts, seen = UUID(form.section.data), {**_facts(form), "blocks": done.blocks}, drafting.seen(course, row)
    if drafting.on_drafts(course):
        drafting.save_lesson(course, row, section, facts, seen)
    else:
        outlining.save_lesson(course, row, section, facts, seen, goes_on=form.by_itself)
    if done.removed is not None:
        return _stored(course, row, removed=done.removed, place=done.place)
    if done.needs_file:
        return redirect(url_for("teach_blocks.choose", id=id, lesson=lesson, block=done.new), 303)
    return form.saved(url_for(".lesson", id=id, lesson=lesson, new=done.new or None, _anchor=f"b-{done.at}" if done.at else None))


def _gone(course: Course, form: LessonForm, lesson: UUID) -> Response:
    """What was typed for a lesson that somebody has deleted meanwhile: it stays on the page, which makes one new one of it, however often it is sent."""
    form.body.data, form.marks = words_of(form.blocks.data.rows), {}
    refuse(form, "body", _("This lesson was deleted meanwhile. Press “Save”: the words that you typed become a new lesson. Or copy them."))
    return _lesson(course, form, None, status=404, once=lesson)


def _complete(course: Course, form: LessonForm) -> bool:
    form.choose_from(_sections(course))
    return form.validate()


def _sections(course: Course) -> dict[str, str]:
    return {str(heading.id): heading.title for heading, _inside in outlining.written(course)}


def _facts(form: LessonForm) -> dict[str, Any]:
    typed = form.data
    return {"title": typed["title"], "kind": LessonKind(typed["kind"]), "minutes": typed["minutes"], "preview": typed["preview"]}


def _stored(course: Course, row: Lesson, **values: Any) -> Response:
    """The page of a lesson with what is stored."""
    form = LessonForm.opened(_typed(course, row))
    del form.body
    return _lesson(course, form, row, **values)


def _lesson(course: Course, form: LessonForm, row: Lesson | None, status: int | None = None, **values: Any) -> Response:
    form.choose_from(_sections(course))
    looks = shown(form.blocks.data.rows if row is not None else text_block(form.body.data or ""))
    draft = draft_of(row) if row is not None else None
    goes = row is not None and row.published and draft is not None and drafting.goes(draft)
    return show(
        "courses/teach/lesson.html", form, status, course=course, states=STATES, lesson=row, shown=looks, preview="preview_text" in request.form, draft=draft,
        goes=goes, view=_view(course, row) if row is not None else "",
        kinds=list(BY_NAME.values()), by_name=BY_NAME, most=MOST, **values,
    )  # fmt: skip


def _view(course: Course, row: Lesson) -> str:
    """Where a lesson can be looked at: as learners read it, or in the preview what they do not read yet."""
    if row.published:
        return url_for("courses.lesson", slug=course.slug, lesson=row.slug)
    return url_for("course_preview.page", slug=course.slug, lesson=row.slug, preview=preview_token(course))


@outline_pages.get("/<uuid:id>/lessons/<uuid:lesson>/delete", policy=TEACH)
def ask_to_delete_lesson(id: UUID, lesson: UUID) -> Response:
    """Say in numbers what deleting takes away, and when: then it cannot be undone."""
    course, row = course_of(id), get_or_404(Lesson, id=lesson, course_id=id)
    waits = drafting.on_drafts(course) and row.published
    return render("courses/teach/delete-lesson.html", course=course, states=STATES, lesson=row, learners=coming.completions(row), waits=waits)


@outline_pages.post("/<uuid:id>/lessons/<uuid:lesson>/delete", policy=TEACH)
def delete_lesson(id: UUID, lesson: UUID) -> Response:
    """Delete it: with the next publication, where learners read it."""
    coming.remove_lesson(course_of(id), get_or_404(Lesson, id=lesson, course_id=id))
    return redirect(url_for(".outline", id=id), 303)


@outline_pages.post("/<uuid:id>/lessons/<uuid:lesson>/back", policy=TEACH)
def take_back(id: UUID, lesson: UUID) -> Response:
    """Let a lesson stay that would go with the next publication."""
    coming.take_back(course_of(id), get_or_404(Lesson, id=lesson, course_id=id))
    return redirect(url_for(".outline", id=id), 303)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts or [""]]
    except ValueError:
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None
