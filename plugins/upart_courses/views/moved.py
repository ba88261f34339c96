# SPDX-License-Identifier: MIT
"""Old addresses of courses that came from elsewhere: they lead to where the course or lesson is now, for good."""

from __future__ import annotations

from flask import redirect, request
from werkzeug import Response

from upart.plugin import Blueprint, NotHere, anyone
from upart_courses.actions import readdressing

moved_pages = Blueprint("course_moved", __name__)


@moved_pages.get("/courses/<path:old>", policy=anyone)
@moved_pages.get("/learn/<path:old>", policy=anyone)
def moved(old: str) -> Response:
    """Where a page of another system is now; 404 for a path that nobody has named."""
    if (to := readdressing.moved(request.path)) is None:
        raise NotHere
    return redirect(to, 301)
