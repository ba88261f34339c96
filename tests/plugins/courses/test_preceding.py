# SPDX-License-Identifier: MIT
"""Courses that come before others: a learner is told which, and no circle is ever written."""

from __future__ import annotations

from classroom import BREAD, MUSIC, NUMBERS, course_id, write
from people import sign_in
from sqlalchemy import select
from upart_courses.actions.preceding import Circle, set_prerequisites
from upart_courses.models import Course

from upart.testing.together import together


def put_before(school, slug, *others):
    """Let Ada say what comes before a course."""
    data = {"visibility": "public", "entry": "open", "prerequisites": [str(course_id(school, one)) for one in others]}
    return sign_in(school, "ada").post(f"/teach/courses/{course_id(school, slug)}/access", data=data)


def test_lena_is_told_what_comes_first_and_enters_when_it_is_done(portal):
    assert put_before(portal, NUMBERS, BREAD, MUSIC).status_code == 303
    lena = sign_in(portal, "lena")
    page = lena.get(f"/courses/{NUMBERS}").text
    assert "Before this course" in page
    assert "You can enrol when you have finished what comes before it." in page
    answer = lena.post(f"/courses/{NUMBERS}/enrol")
    assert answer.status_code == 409
    assert "Music theory from zero" in answer.text
    assert "Your first sourdough" not in answer.text
    assert put_before(portal, NUMBERS, BREAD).status_code == 303
    assert lena.post(f"/courses/{NUMBERS}/enrol").status_code == 303


def test_a_course_that_nobody_can_take_stops_nobody(portal):
    put_before(portal, NUMBERS, MUSIC)
    sign_in(portal, "theo").post(f"/teach/courses/{course_id(portal, MUSIC)}/archive")
    assert sign_in(portal, "lena").post(f"/courses/{NUMBERS}/enrol").status_code == 303


def test_a_circle_is_refused_and_its_way_named(portal):
    put_before(portal, MUSIC, BREAD)
    put_before(portal, BREAD, NUMBERS)
    answer = put_before(portal, NUMBERS, MUSIC)
    assert answer.status_code == 422
    assert "Statistics with your own numbers → Music theory from zero → Your first sourdough → Statistics with your own numbers" in answer.text
    ada, place = sign_in(portal, "ada"), f"/api/v1/courses/{course_id(portal, NUMBERS)}"
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    refused = ada.open(place, method="PATCH", headers=headers, json={"prerequisites": [str(course_id(portal, MUSIC))]})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/prerequisites")
    assert ada.open(place, method="PATCH", headers=headers, json={"prerequisites": []}).json["prerequisites"] == []


def test_of_four_who_close_a_circle_at_once_one_is_refused(school):
    write(sign_in(school, "ada"), "Rye at home")
    ring = [MUSIC, BREAD, NUMBERS, "rye-at-home"]
    ids = [course_id(school, slug) for slug in ring]

    def say(turn: int) -> str:
        try:
            with school.app.test_request_context(), school.writing("athena") as session:
                set_prerequisites(session.scalars(select(Course).where(Course.id == ids[turn])).one(), [ids[(turn + 1) % 4]])
        except Circle:
            return "refused"
        return "written"

    assert sorted(together(4, say)) == ["refused", "written", "written", "written"]
