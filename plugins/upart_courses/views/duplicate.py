# SPDX-License-Identifier: MIT
"""Make a draft of a course that is there already."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, context, once, show
from upart.plugin import gettext as _
from upart_courses.actions import copying
from upart_courses.forms.courses import TITLE, CopyForm
from upart_courses.models import Course
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

duplicate_pages = Blueprint("teach_duplicate", __name__, area=Area.TEACH)


@duplicate_pages.get("/<uuid:id>/duplicate", policy=TEACH)
def ask(id: UUID) -> Response:
    """Say what goes along, and ask for a title."""
    course = course_of(id)
    return _ask(course, CopyForm(title=_("Copy of %(title)s", title=course.title)[:TITLE]), once())


def _ask(course: Course, form: CopyForm, id: UUID) -> Response:
    return show("courses/teach/duplicate.html", form, course=course, states=STATES, once=id)


@duplicate_pages.post("/<uuid:id>/duplicate", policy=TEACH)
def duplicate(id: UUID) -> Response:
    """Make the copy, and go on in it."""
    course, form, made = course_of(id), CopyForm.posted(), once()
    if not form.validate():
        return _ask(course, form, made)
    copying.duplicate(context.person, course, made, form.data["title"])
    return redirect(url_for("teach_outline.outline", id=made), 303)
