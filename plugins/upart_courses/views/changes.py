# SPDX-License-Identifier: MIT
"""Pages of teachers about what is not published yet, and what was: compare, publish, plan, lay aside, restore."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import (
    Area,
    Blueprint,
    NoSuchTime,
    Overtaken,
    Person,
    Problem,
    Revision,
    clock,
    context,
    differences,
    draft_of,
    get_or_404,
    instant_of,
    pictures,
    preview_token,
    published_before,
    refuse,
    render,
    session,
    show,
    version_of,
    versions_of,
)
from upart.plugin import gettext as _
from upart_courses.actions import drafting
from upart_courses.actions.coming import staying
from upart_courses.actions.publishing import NotReady
from upart_courses.blocks import in_words
from upart_courses.forms.courses import COVERS, KINDS, LANGUAGES, LEVELS, PlanForm
from upart_courses.models import Course, Lesson, LessonKind, Level, Parts, fitting
from upart_courses.views import news
from upart_courses.views.access import opening, titles_of
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

change_pages = Blueprint("teach_changes", __name__, area=Area.TEACH)

LABELS = {  # as the forms call them
    "title": "Title", "field": "Subject", "summary": "Summary", "lead": "Introduction", "outcomes": "What learners will be able to do",
    "description": "About this course", "level": "Level", "language": "Language of the lessons", "cover": "Picture", "cover_id": "Cover", "outline": "Outline",
    "plan": "When parts open", "kind": "Kind", "minutes": "Minutes", "preview": "Free preview", "blocks": "Blocks",
    "required": "Needed to finish the course", "published": "In the course",
}  # fmt: skip


@change_pages.get("/<uuid:id>/changes", policy=TEACH)
def changes(id: UUID) -> Response:
    """What is different from what people read."""
    return _changes(course_of(id), PlanForm())


def _changes(course: Course, form: PlanForm, status: int | None = None, **values: Any) -> Response:
    found = drafting.changes(course)
    parts = [_lesson_part(course, row, draft) if isinstance(row, Lesson) else _course_part(row, draft) for row, draft in found]
    planned = min((draft.scheduled_for for _row, draft in found if draft.scheduled_for is not None), default=None)
    over = planned is not None and planned < clock.now() - drafting.LATE
    preview = url_for("course_preview.page", slug=course.slug, preview=preview_token(course), _external=True)
    return show(
        "courses/teach/changes.html", form, status, course=course, states=STATES, parts=parts, planned=planned, over=over,
        missing=drafting.missing(course, found), seen=drafting.mark_of_changes(found), zone=context.person.zone, preview=preview,
        writers=_names(draft.author_id for _row, draft in found), **values,
    )  # fmt: skip


def _lesson_part(course: Course, lesson: Lesson, draft: Revision) -> dict[str, Any]:
    """A lesson that is new is shown whole, one that goes not at all."""
    state = "new" if not lesson.published else "goes" if drafting.goes(draft) else ""
    said = {name: value for name, value in draft.body.items() if name not in ("required", "published")}
    differences = [] if state == "goes" else _compared(lesson, {} if state == "new" else _live(lesson, said), said)
    return {
        "row": lesson, "draft": draft, "lesson": True, "title": said["title"], "state": state, "news": news.of_lesson(course, lesson, draft),
        "differences": differences,
    }  # fmt: skip


def _course_part(course: Course, draft: Revision) -> dict[str, Any]:
    """What learners read beside what they will: with the lessons that have come and gone since the draft was begun."""
    outline = course.outline
    lessons = [UUID(id) for part in outline for id in part["lessons"]]
    rows = session.scalars(select(Lesson).where(Lesson.id.in_(lessons))).all()
    read, to_come = {str(row.id) for row in rows if row.published}, {str(row.id) for row in staying(rows)}
    old, new = _only(outline, read), _only(fitting(draft.body["outline"], outline), to_come)
    differences = _compared(course, {**_live(course, draft.body), "outline": old}, {**draft.body, "outline": new})
    found = news.of_outline(old, new)
    return {"row": course, "draft": draft, "lesson": False, "title": draft.body["title"], "state": "", "news": found, "differences": differences}


def _only(parts: Parts, lessons: Collection[str]) -> Parts:
    return [{**part, "lessons": [id for id in part["lessons"] if id in lessons]} for part in parts]


def _live(row: Any, names: Collection[str]) -> Mapping[str, Any]:
    """What people read of a course or lesson now, of what a version speaks of."""
    return {name: getattr(row, name) for name in type(row).__revised__ if name in names}


@change_pages.post("/<uuid:id>/changes/publish", policy=TEACH)
def publish(id: UUID) -> Response:
    """Let everybody read the changes that the page has shown; where there are others by now, it shows those first."""
    course = course_of(id)
    try:
        drafting.publish_changes(course, request.form.get("seen", ""))
    except drafting.Unseen:
        return _changes(course, PlanForm(), 409, unseen=True)
    except NotReady:
        return _changes(course, PlanForm(), 422)
    except Overtaken:
        return _changes(course, PlanForm(), 409, overtaken=True)
    return redirect(url_for("teach_outline.outline", id=id), 303)


@change_pages.post("/<uuid:id>/changes/plan", policy=TEACH)
def plan(id: UUID) -> Response:
    """Publish them at a time, or not by themselves after all."""
    course, form = course_of(id), PlanForm.posted()
    if "cancel" in request.form:
        drafting.plan(course, None)
        return redirect(url_for(".changes", id=id), 303)
    if not form.validate() or form.publish_at.data is None:
        return _changes(course, form)
    try:
        drafting.plan(course, instant_of(form.publish_at.data, context.person.zone))
    except NoSuchTime:
        refuse(form, "publish_at", _("The clocks go forward then, and this time is left out. Choose another."))
    except NotReady:
        refuse(form, "publish_at", _("Something is missing still."))
    except Problem as error:
        refuse(form, "publish_at", f"{error} {error.remedy}")
    return _changes(course, form) if form.errors else redirect(url_for(".changes", id=id), 303)


@change_pages.post("/<uuid:id>/changes/aside", policy=TEACH)
def lay_aside(id: UUID) -> Response:
    """End one draft without publishing it."""
    course = course_of(id)
    drafting.lay_changes_aside(course, _row(course, request.form.get("lesson", "")))
    return redirect(url_for(".changes", id=id), 303)


@change_pages.get("/<uuid:id>/versions", policy=TEACH, query=("lesson", "number"))
def versions(id: UUID) -> Response:
    """All versions of the facts, or of a lesson; with `number` what one of them changed."""
    course = course_of(id)
    row, number = _row(course, request.args.get("lesson", "")), request.args.get("number", "")
    every = versions_of(row)
    chosen = version_of(row, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    old = published_before(row, chosen.number) if chosen is not None else None
    return render(
        "courses/teach/versions.html", course=course, states=STATES, row=row, lesson=row if isinstance(row, Lesson) else None, versions=every, chosen=chosen,
        old=old, differences=_compared(row, old.body if old else {}, chosen.body) if chosen is not None else [], open=draft_of(row) is not None,
        writers=_names(one.author_id for one in every),
    )  # fmt: skip


@change_pages.post("/<uuid:id>/versions/restore", policy=TEACH)
def restore(id: UUID) -> Response:
    """Make a draft of a version."""
    course, number = course_of(id), request.form.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more."))
    drafting.restore(course, _row(course, request.form.get("lesson", "")), int(number))
    return redirect(url_for(".changes", id=id), 303)


def _row(course: Course, lesson: str) -> Course | Lesson:
    """The course itself, or one of its lessons."""
    if not lesson:
        return course
    try:
        return get_or_404(Lesson, UUID(lesson), course_id=course.id)
    except ValueError:
        raise Problem(422, _("This form was changed on its way."), remedy=_("Open the page again and send it once more.")) from None


def _names(ids: Any) -> dict[UUID, str]:
    """Names of writers who are still here."""
    wanted = {id for id in ids if id is not None}
    return {person.id: person.name for person in session.scalars(select(Person).where(Person.id.in_(wanted)))} if wanted else {}


def _compared(row: Any, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Any]:
    return differences(_in_words(row, old), _in_words(row, new))


def _in_words(row: Any, body: Mapping[str, Any]) -> dict[str, str]:
    said = {_(LABELS[name]): _said(name, body[name]) for name in type(row).__revised__ if name in body and name != "plan"}
    return {**said, _(LABELS["plan"]): _plan_in_words(row, body["plan"])} if "plan" in body else said


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "cover_id":
        return _cover_in_words(value)
    if name == "outline":
        return _outline_in_words(value)
    if name == "blocks":
        return in_words(value)
    if isinstance(value, list):
        return "\n".join(value)
    tables: dict[str, Mapping[Any, str]] = {
        "level": {Level(one).value: label for one, label in LEVELS.items()}, "kind": {LessonKind(one).value: label for one, label in KINDS.items()},
        "cover": {one: label.capitalize() for one, label in COVERS.items()}, "language": LANGUAGES,
    }  # fmt: skip
    known = tables.get(name)
    return _(known.get(str(value), str(value))) if known is not None and value else str(value)


def _plan_in_words(course: Course, plan: Mapping[str, Any]) -> str:
    """The sections that open later, a line each, by their titles of now; those that are gone are left out."""
    titles = {UUID(part["section"]): part["title"] for part in course.outline} | titles_of(course)
    return "\n".join(f"{titles[UUID(id)]}: {opening(rule, titles)}" for id, rule in plan.items() if UUID(id) in titles)


def _cover_in_words(id: Any) -> str:
    """What a cover shows; several without words are told apart by their ids' ends."""
    if not id:
        return _("The drawing")
    found = pictures([UUID(str(id))], public=True).get(UUID(str(id)))
    return found.alt or _("A picture of the library (%(id)s)", id=str(id)[-4:]) if found is not None else _("A picture that is gone")


def _outline_in_words(parts: Parts) -> str:
    """Headings, and below each its lessons by their titles of now; lessons that are gone are left out."""
    ids = [UUID(id) for part in parts for id in part["lessons"]]
    titles = {str(row.id): row.title for row in session.execute(select(Lesson.id, Lesson.title).where(Lesson.id.in_(ids)))}
    return "\n".join(line for part in parts for line in (part["title"], *(f"– {titles[id]}" for id in part["lessons"] if id in titles)))
