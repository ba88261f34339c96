# SPDX-License-Identifier: MIT
"""Courses as packages: send one, see what would come of it, let it come in, take it back; download a course as one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, stream_with_context, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import MB, Area, Blueprint, Category, Group, Problem, clock, context, refuse, session, show, upload
from upart_courses.actions import packing, unpacking
from upart_courses.forms.courses import PackageForm, PlaceForm
from upart_courses.models import KEPT_DAYS, CoursePackage, PackageState
from upart_courses.packages import packed, reading
from upart_courses.views.teach import TEACH, course_of

package_pages = Blueprint("course_packages", __name__, area=Area.MANAGE)

LARGEST = 2_000 * MB
LATELY, AGAIN = 10, 3
"""Packages that are listed; seconds after which a page of one that comes in is loaded again."""

STATES = {
    PackageState.READ: "not brought in", PackageState.RUNNING: "coming in", PackageState.DONE: "brought in", PackageState.FAILED: "did not come in",
    PackageState.UNDONE: "taken back",
}  # fmt: skip


@package_pages.get("/import", policy=TEACH)
def ask() -> Response:
    """Where to send a package; which one has sent lately."""
    return _ask(PackageForm())


def _ask(form: PackageForm) -> Response:
    mine = select(CoursePackage).where(CoursePackage.sender_id == context.person.id).order_by(CoursePackage.sent_at.desc(), CoursePackage.id.desc())
    sent = session.scalars(mine.limit(LATELY)).all()
    return show("courses/teach/import.html", form, sent=sent, states=STATES, most=LARGEST // MB)


@package_pages.post("/import", policy=TEACH, body=LARGEST)
def send() -> Response:
    """Read a package before anything is kept of it; what cannot be read is refused in words."""
    form = PackageForm.posted()
    if not form.validate():
        return _ask(form)
    try:
        tree = reading.read(form.package.data.stream, unpacking.about())
        form.package.data.stream.seek(0)
        sent = upload(form.package.data, form.package.data.filename, Category.CONTENT_PUBLIC, only=(Group.ARCHIVE, Group.DOCUMENT))
    except Problem as problem:
        refuse(form, "package", f"{problem.message} {problem.remedy}".strip())
        return _ask(form)
    return redirect(url_for(".one", id=unpacking.keep(context.person, sent, tree).id), 303)


@package_pages.get("/import/<uuid:id>", policy=TEACH)
def one(id: UUID) -> Response:
    """What would come of a package, or what has."""
    return _one(unpacking.package_of(id), PlaceForm())


def _one(row: CoursePackage, form: PlaceForm, status: int | None = None, **values: Any) -> Response:
    report = {"format": "", "parts": (), "notes": (), "more": 0, "files": 0, **row.report}
    lessons = sum(len(part["pages"]) for part in report["parts"])
    lost = sum(note["lost"] for note in report["notes"])
    learned = row.course is not None and unpacking.learned(row.course)
    values |= {"package": row, "report": report, "lessons": lessons, "lost": lost, "learned": learned, "days": _days_left(row), "again": AGAIN}
    return show("courses/teach/import-report.html", form, status, **values)


def _days_left(row: CoursePackage) -> int:
    return max(0, KEPT_DAYS - (clock.now() - row.sent_at).days)


@package_pages.post("/import/<uuid:id>/start", policy=TEACH)
def start(id: UUID) -> Response:
    """Let it come in, as a draft."""
    row, form = unpacking.package_of(id), PlaceForm.posted()
    if not form.validate():
        return _one(row, form)
    unpacking.start(row, form.place.data or "")
    return redirect(url_for(".one", id=id), 303)


@package_pages.post("/import/<uuid:id>/let-go", policy=TEACH)
def let_go(id: UUID) -> Response:
    """Do not let it come in."""
    unpacking.let_go(unpacking.package_of(id))
    return redirect(url_for(".ask"), 303)


@package_pages.post("/import/<uuid:id>/undo", policy=TEACH)
def undo(id: UUID) -> Response:
    """Take back what came in; not once somebody has learned in it."""
    row = unpacking.package_of(id)
    try:
        unpacking.undo(row)
    except Problem as problem:
        return _one(row, PlaceForm(), 409, problem=problem)
    return redirect(url_for(".one", id=id), 303)


@package_pages.get("/<uuid:id>/cartridge", policy=TEACH, query=("version",))
def cartridge(id: UUID) -> Response:
    """A course as a Common Cartridge 1.3: as people read it; with `version=draft` as it is being written."""
    course = course_of(id)
    made = packing.packed(course, draft=request.args.get("version") == "draft")
    answer = Response(stream_with_context(packed.stream(made, clock.now())), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{course.slug}.imscc"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
