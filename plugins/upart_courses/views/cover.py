# SPDX-License-Identifier: MIT
"""Choosing the cover of a course: a picture of the library, or a drawing in the academy's colour."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from werkzeug import Response

from upart.plugin import Area, Blueprint, choosable_pictures, chosen_picture, render
from upart_courses.actions import drafting, writing
from upart_courses.views.listed import STATES
from upart_courses.views.teach import TEACH, course_of

cover_pages = Blueprint("teach_cover", __name__, area=Area.TEACH)


@cover_pages.get("/<uuid:id>/cover", policy=TEACH, query=("q", "after"))
def cover(id: UUID) -> Response:
    """The pictures that can be the cover."""
    course, q = course_of(id), request.args.get("q", "").strip()[:100]
    choices = choosable_pictures(q, after=request.args.get("after"))
    return render("courses/teach/cover.html", course=course, states=STATES, choices=choices, q=q, chosen=drafting.cover_of(course))


@cover_pages.post("/<uuid:id>/cover", policy=TEACH)
def choose(id: UUID) -> Response:
    """Make one the cover; without one it is the drawing again."""
    course, chosen = course_of(id), request.form.get("picture", "")
    writing.choose_cover(course, chosen_picture(chosen) if chosen else None)
    return redirect(url_for("teach_courses.facts", id=id), 303)
