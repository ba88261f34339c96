# SPDX-License-Identifier: MIT
"""The preview of one course for whoever has its address: how it will read once the changes are published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from werkzeug import Response

from upart.plugin import Blueprint, NotHere, anyone_uncached, as_preview, drafts_of, get_or_404, markdown, open_preview, pictures, render
from upart_courses.actions.coming import to_come
from upart_courses.models import Course, Lesson
from upart_courses.showing import shown as in_order

preview_pages = Blueprint("course_preview", __name__)


@preview_pages.get("/courses/<slug>/preview", policy=anyone_uncached, query=("preview", "lesson"))
def page(slug: str) -> Response:
    """The course with its lessons, or one lesson of it. Without a good `preview` it is not there."""
    course = get_or_404(Course, slug=slug)
    open_preview(course, request.args.get("preview", ""))
    outline = to_come(course)
    lessons = [lesson for _heading, inside in outline for lesson in inside]
    drafts = drafts_of(lessons)
    chosen = _chosen(lessons, request.args.get("lesson", ""))
    shown = {lesson.id: _body(lesson, drafts) for lesson in lessons}
    whole = _body(course, drafts_of([course]))
    blocks = in_order(shown[chosen.id]["blocks"]) if chosen is not None else []
    answer = render(
        "courses/preview.html", course=whole, slug=slug, token=request.args["preview"], lesson=shown[chosen.id] if chosen is not None else None,
        outline=[(heading.title, [{"slug": one.slug, **shown[one.id]} for one in inside]) for heading, inside in outline if inside],
        picture_of=pictures([UUID(whole["cover_id"])], public=True).get(UUID(whole["cover_id"])) if whole["cover_id"] else None,
        text=markdown(whole["description"]), blocks=blocks, chosen=chosen,
    )  # fmt: skip
    return as_preview(answer)


def _chosen(lessons: Sequence[Lesson], slug: str) -> Lesson | None:
    """The lesson that the address names. Raises NotHere for one that is not there, or will not be."""
    found = next((lesson for lesson in lessons if lesson.slug == slug), None)
    if slug and found is None:
        raise NotHere
    return found


def _body(row: Any, drafts: Any) -> dict[str, Any]:
    stored = {name: getattr(row, name) for name in type(row).__revised__}
    body = {**stored, **drafts[row.id].body} if row.id in drafts else stored
    return {**body, "cover_id": str(body["cover_id"])} if body.get("cover_id") else body
