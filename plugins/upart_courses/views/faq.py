# SPDX-License-Identifier: MIT
"""The page of teachers about questions that people ask before they enrol."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug import Response

from upart.plugin import Area, Blueprint, session, show
from upart_courses.actions import drafting
from upart_courses.actions.answering import answer
from upart_courses.forms.said import FaqForm
from upart_courses.models import Course, Faq
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

faq_pages = Blueprint("teach_faq", __name__, area=Area.TEACH)


@faq_pages.get("/<uuid:id>/questions", policy=TEACH)
def questions(id: UUID) -> Response:
    """The questions and answers of a course, to be written."""
    course = course_of(id)
    return _questions(course, FaqForm.opened(_written(course)))


def _written(course: Course) -> dict[str, str]:
    return {"text": session.scalars(select(Faq.text).where(Faq.course_id == course.id)).first() or ""}


def _questions(course: Course, form: FaqForm) -> Response:
    return show("courses/teach/faq.html", form, course=course, states=STATES)


@faq_pages.post("/<uuid:id>/questions", policy=TEACH)
def save(id: UUID) -> Response:
    """Show them on the course's page."""
    course, form = course_of(id), FaqForm.posted()
    drafting.hold(course, course)
    if not form.validate() or form.overtaken(_written(course)):
        return _questions(course, form)
    answer(course, form.text.data or "")
    return form.saved(url_for(".questions", id=id))
