# SPDX-License-Identifier: MIT
"""One's own notes on lessons: beside the lesson, all of a course on one page, as a file. They stay one's own when the lesson closes or goes."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import Blueprint, NotHere, Problem, get_or_404, may, refuse, render, session, show
from upart.plugin import gettext as _
from upart_courses import public
from upart_courses.actions import noting
from upart_courses.forms.notes import NoteForm
from upart_courses.models import Course, Enrolment, Lesson, Note
from upart_courses.views.learn import place

note_pages = Blueprint("course_notes", __name__)

LEARN = may("courses.learn")


@note_pages.post("/learn/<slug>/<lesson>/note", policy=LEARN)
def write(slug: str, lesson: str) -> Response:
    """Keep the note of a lesson, and stay there; without text there is none. What cannot be kept stays on the page."""
    form = NoteForm.posted()
    try:
        enrolment, row = place(slug, lesson)
    except Problem as problem:
        refuse(form, "text", f"{problem.message} {problem.remedy}")
        return _refused(slug, lesson, form, problem.status)
    if not form.validate() or form.overtaken({"text": noting.text_of(enrolment.id, row.id)}):
        return _page(enrolment.course, form, row.title, request.path)
    noting.write(enrolment, row, form.text.data or "")
    return form.saved(url_for("courses.lesson", slug=slug, lesson=lesson, _anchor="note"))


def _place(slug: str) -> tuple[Course, Enrolment]:
    """The acting person's place in a course, also one that they have left, or in which they may not go on. Raises NotHere."""
    course = get_or_404(Course, slug=slug)
    enrolment = noting.place_of(course.id)
    if enrolment is None:
        raise NotHere
    return course, enrolment


def _refused(slug: str, lesson: str, form: NoteForm, status: int) -> Response:
    """A lesson that has closed takes no new note; one that is there already is changed by an address of its own. Of what is not here nothing is said."""
    if status == 404:
        return _page(None, form, _("Your note"), "", status=404)
    course, enrolment = _place(slug)
    note = noting.note_of(enrolment, get_or_404(Lesson, course_id=course.id, slug=lesson).id)
    save = url_for(".change", slug=slug, note=note.id) if note is not None else ""
    return _page(course, form, note.heading if note is not None else _("Your note"), save, note, status=status)


def _page(course: Course | None, form: NoteForm, heading: str, save: str, note: Note | None = None, status: int | None = None) -> Response:
    return show("courses/note.html", form, status, course=course, heading=heading, save=save, note=note)


@note_pages.get("/courses/<slug>/notes", policy=LEARN, query=("q",))
def every(slug: str) -> Response:
    """All one's notes of a course, in the order of its lessons; `q`: words that stand in them."""
    course, enrolment = _place(slug)
    q = request.args.get("q", "").strip()[:200]
    chapters, reads = _chapters(slug, enrolment, q)
    return render("courses/notes.html", course=course, chapters=chapters, q=q, goes_there=reads, some=bool(chapters) or bool(q))


def _chapters(slug: str, enrolment: Enrolment, wanted: str = "") -> tuple[list[noting.Chapter], bool]:
    """The notes by section, and whether their learner still finds the course."""
    row, mine = public.COURSE.first(slug=slug), public.learning(enrolment.course_id)
    assert row is not None
    sections, sees = public.outline(enrolment.course_id), public.sees(row, mine)
    reads, locks = sees and public.reads(row, mine), public.locked(row, mine, sections)
    closed = {one.id for section in sections for one in section.lessons if not (sees and one.preview) and (not reads or section.id in locks)}
    return noting.of_course(enrolment, sections, closed, wanted), sees


@note_pages.get("/courses/<slug>/notes/download", policy=LEARN)
def download(slug: str) -> Response:
    """All of them as a file of Markdown."""
    course, enrolment = _place(slug)
    text = noting.as_markdown(course.title, _chapters(slug, enrolment)[0])
    headers = {"Content-Disposition": f'attachment; filename="notes-{course.slug}.md"', "Cache-Control": "no-store"}
    return Response(text, content_type="text/markdown; charset=utf-8", headers=headers)


@note_pages.get("/courses/<slug>/notes/<uuid:note>", policy=LEARN)
def one(slug: str, note: UUID) -> Response:
    """A note by itself, to write on."""
    course, row = _note(slug, note)
    return _page(course, NoteForm.opened(row), row.heading, request.path, row)


def _note(slug: str, note: UUID) -> tuple[Course, Note]:
    course, enrolment = _place(slug)
    return course, get_or_404(Note, id=note, enrolment_id=enrolment.id)


@note_pages.post("/courses/<slug>/notes/<uuid:note>", policy=LEARN)
def change(slug: str, note: UUID) -> Response:
    """Keep it, whether its lesson is open or not; without text it is deleted."""
    course, enrolment = _place(slug)
    form = NoteForm.posted()
    row = session.scalars(select(Note).where(Note.id == note, Note.enrolment_id == enrolment.id).with_for_update()).first()
    if row is None:
        refuse(form, "text", _("This note was deleted meanwhile. Copy what you typed, and write it beside the lesson."))
        return _page(course, form, _("Your note"), request.path, status=409)
    if not form.validate() or form.overtaken(row):
        return _page(course, form, row.heading, request.path, row)
    noting.change(row, form.text.data or "")
    return form.saved(url_for(".every", slug=slug))


@note_pages.get("/courses/<slug>/notes/<uuid:note>/delete", policy=LEARN)
def ask_to_delete(slug: str, note: UUID) -> Response:
    """Ask once more: it cannot be undone."""
    course, row = _note(slug, note)
    return render("courses/note-delete.html", course=course, note=row)


@note_pages.post("/courses/<slug>/notes/<uuid:note>/delete", policy=LEARN)
def delete(slug: str, note: UUID) -> Response:
    """Delete it."""
    enrolment = _place(slug)[1]
    row = session.scalars(select(Note).where(Note.id == note, Note.enrolment_id == enrolment.id).with_for_update()).first()
    if row is not None:  # else it was deleted in another tab
        noting.change(row, "")
    return redirect(url_for(".every", slug=slug), 303)
