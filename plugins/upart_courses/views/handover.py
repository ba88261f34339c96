# SPDX-License-Identifier: MIT
"""Managers say who teaches a course."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import Area, Blueprint, Person, Problem, allow, get_or_404, may, refuse, session, show
from upart.plugin import gettext as _
from upart_courses.actions import handing_over
from upart_courses.forms.courses import TeacherForm
from upart_courses.models import Course
from upart_courses.views.listed import STATES

handover_pages = Blueprint("teach_handover", __name__, area=Area.TEACH)

MANAGE = may("courses.manage", fresh=True)
"""The page names the teacher's address."""


@handover_pages.get("/<uuid:id>/teacher", policy=MANAGE)
def teacher(id: UUID) -> Response:
    """Who teaches it now."""
    course = _course(id)
    return _page(course, TeacherForm(email=course.author.email if course.author is not None else ""))


def _course(id: UUID) -> Course:
    course = get_or_404(Course, id)
    allow("courses.manage", course)
    return course


def _page(course: Course, form: TeacherForm) -> Response:
    return show("courses/teach/teacher.html", form, course=course, states=STATES)


@handover_pages.post("/<uuid:id>/teacher", policy=MANAGE)
def hand_over(id: UUID) -> Response:
    """Let somebody else teach it from now on, or nobody."""
    course, form = _course(id), TeacherForm.posted()
    if not form.validate():
        return _page(course, form)
    address = (form.email.data or "").lower()
    person = session.scalars(select(Person).where(Person.email == address)).first() if address else None
    if address and person is None:
        refuse(form, "email", _("Nobody of the academy has this address. Invite them first."))
        return _page(course, form)
    try:
        handing_over.hand_over(course, person)
    except Problem as problem:
        refuse(form, "email", f"{problem.message} {problem.remedy}")
        return _page(course, form)
    return redirect(url_for("teach_courses.facts", id=id), 303)
