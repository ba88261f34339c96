# SPDX-License-Identifier: MIT
"""A course in two states, as tests need it: what its writers see of the draft, and what Lena reads meanwhile."""

from __future__ import annotations

import html
import re
from typing import Any

from classroom import BREAD, course_id, held, lesson_ids
from people import sign_in

from upart.testing import Client, Installation

LESSON = "bakers-percentages"
"""A lesson of the bread course."""


def address(school: Installation, slug: str = BREAD) -> str:
    """Where the pages of a course are for those who write it."""
    return f"/teach/courses/{course_id(school, slug)}"


def rewrite(teacher: Client, school: Installation, body: str, **typed: str) -> Any:
    """Let a teacher write on a lesson of the bread course."""
    lesson = f"{address(school)}/lessons/{lesson_ids(school, BREAD)[LESSON]}"
    return teacher.post(lesson, data=held(teacher, lesson, body=body, **typed))


def preview(teacher: Client, course: str) -> str:
    """The path of the preview that the page of changes offers."""
    found = re.search(r'href="https?://[^/]+(/courses/[^"]+preview=[^"]+)"', teacher.get(f"{course}/changes").text)
    assert found is not None
    return html.unescape(found[1])


def sections(teacher: Client, course: str) -> list[str]:
    """The ids of the sections that whoever writes a course sees."""
    return re.findall(r'<li class="card" data-id="([^"]+)"', teacher.get(course).text)


def words(browser: Client, page: str) -> str:
    """A page in plain words."""
    return " ".join(re.sub("<[^>]+>", " ", html.unescape(browser.get(page).text)).split())


def read(school: Installation, name: str = "lena") -> str:
    """The lesson as a learner reads it."""
    return sign_in(school, name).get(f"/learn/{BREAD}/{LESSON}").text
