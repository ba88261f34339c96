# SPDX-License-Identifier: MIT
"""Theo arranges lessons and sections: by buttons, and by a script that sends the whole order."""

from __future__ import annotations

import re
from uuid import uuid4

from classroom import BREAD, course_id, lesson_ids, publish_changes
from people import sign_in


def arranged(teacher, course: str, school, slug: str = BREAD) -> list[str]:
    """The lessons in order, as whoever writes the course sees them."""
    names = {str(id): name for name, id in lesson_ids(school, slug).items()}
    return [names[id] for id in re.findall(r'data-id="([^"]+)"', teacher.get(course).text) if id in names]


def test_buttons_move_lessons_across_sections_and_sections_with_their_lessons(portal):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, BREAD)}"
    lessons = lesson_ids(portal, BREAD)
    first, second, third, fourth = lessons
    for _ in range(2):
        theo.post(f"{course}/move", data={"id": lessons[third], "to": "up"})
    assert arranged(theo, course, portal) == [first, third, second, fourth]
    sections = re.findall(r'<li class="card" data-id="([^"]+)"', theo.get(course).text)
    theo.post(f"{course}/move", data={"id": sections[0], "to": "down"})
    assert arranged(theo, course, portal) == [fourth, first, third, second]
    theo.post(f"{course}/move", data={"id": lessons[fourth], "to": "up"})
    publish_changes(theo, course)
    assert list(lesson_ids(portal, BREAD)) == arranged(theo, course, portal) == [fourth, first, third, second]


def test_a_script_sends_the_whole_order_and_a_stale_one_is_refused(portal):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, BREAD)}"
    ids = re.findall(r'data-id="([^"]+)"', theo.get(course).text)
    assert theo.post(f"{course}/order", data={"order": [ids[0], *reversed(ids[1:])]}).status_code == 204
    assert arranged(theo, course, portal) == ["plan-your-bake", "fold-do-not-knead", "bakers-percentages", "what-lives-in-a-starter"]
    for wrong in (ids[:-1], [ids[1], *ids], [*ids, str(uuid4())], [*ids, ids[0]]):
        assert theo.post(f"{course}/order", data={"order": wrong}).status_code == 409
    for wrong in ("", "x", "2" * 40, "\N{PILE OF POO}"):
        assert theo.post(f"{course}/order", data={"order": wrong}).status_code == 422
        assert theo.post(f"{course}/move", data={"id": wrong}).status_code == 422


def test_a_heading_goes_and_its_lessons_stay(portal):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, BREAD)}"
    sections = re.findall(r'<li class="card" data-id="([^"]+)"', theo.get(course).text)
    assert theo.post(f"{course}/sections/{sections[1]}", data={"title": "Rest"}).status_code == 303
    assert "Rest" in theo.get(course).text
    theo.post(f"{course}/sections/{sections[0]}/remove")
    assert len(lesson_ids(portal, BREAD)) == 4
    answer = theo.post(f"{course}/sections/{sections[1]}/remove")
    assert (answer.status_code, "Add another section first" in answer.text) == (409, True)
    assert theo.post(f"{course}/sections", data={"title": " "}).status_code == 422
