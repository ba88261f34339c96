# SPDX-License-Identifier: MIT
"""A front end shows one draft to whoever has the token of its preview, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from classroom import BREAD, MUSIC, STARS, course_id, held, lesson_ids
from people import sign_in
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.models import Course, CourseState, Lesson

from upart import clock
from upart.revisions.previewing import preview_token

LESSON = "bakers-percentages"


@pytest.fixture
def drafted(portal):
    """The bread course with a lesson that is being rewritten: the portal, a visitor, the token."""
    theo = sign_in(portal, "theo")
    lesson = f"/teach/courses/{course_id(portal, BREAD)}/lessons/{lesson_ids(portal, BREAD)[LESSON]}"
    assert theo.post(lesson, data=held(theo, lesson, body="A text for friends.", minutes="77")).status_code == 303
    with portal.app.test_request_context(), portal.reading("athena") as session:
        token = preview_token(session.scalars(select(Course).where(Course.slug == BREAD)).one())
    return portal, portal.visitor("athena"), token


def test_a_friend_reads_the_draft_by_the_token_and_nobody_keeps_it(drafted):
    portal, friend, token = drafted
    lesson = f"/api/v1/lessons/{lesson_ids(portal, BREAD)[LESSON]}"
    answer = friend.get(f"{lesson}?preview={token}")

    assert (answer.json["body"], answer.json["minutes"]) == ("A text for friends.", 77)
    assert [answer.headers[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")] == ["private, no-store", "noindex, nofollow", "no-referrer"]
    assert "ETag" not in answer.headers
    assert friend.get(lesson).json["minutes"] != 77
    with clock.shifted(timedelta(days=8)):
        assert friend.get(f"{lesson}?preview={token}").status_code == 404


def test_a_course_that_nobody_sees_yet_comes_with_its_outline(drafted):
    portal, friend, token = drafted
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == BREAD)).one().state = CourseState.DRAFT
    course = f"/api/v1/courses/{course_id(portal, BREAD)}"
    answer = friend.get(f"{course}?preview={token}&include=sections,lessons")

    assert friend.get(course).status_code == 404
    assert (answer.json["slug"], answer.json["picture"]["url"].startswith("/art/")) == (BREAD, True)
    assert [one["minutes"] for one in answer.json["lessons"] if one["slug"] == LESSON] == [77]
    assert {one["section_id"] for one in answer.json["lessons"]} <= {one["id"] for one in answer.json["sections"]}
    assert friend.get(f"{course}?preview={token}&fields=title").json.keys() == {"title"}


def test_a_token_opens_one_course_at_one_academy_and_its_own_lessons(drafted):
    portal, friend, token = drafted
    others = [f"/api/v1/courses/{course_id(portal, MUSIC)}", *(f"/api/v1/lessons/{id}" for id in list(lesson_ids(portal, MUSIC).values())[:2])]
    for path in others:
        assert friend.get(f"{path}?preview={token}").status_code == 404
    with portal.app.test_request_context(), portal.reading("orion") as session:
        stars = session.scalars(select(Course).where(Course.slug == STARS)).one()
        foreign, there = preview_token(stars), f"/api/v1/courses/{stars.id}"
    assert portal.visitor("orion").get(f"{there}?preview={foreign}").status_code == 200
    assert portal.visitor("orion").get(f"{there}?preview={token}").status_code == 404
    for path in (there, f"/api/v1/courses/{course_id(portal, BREAD)}"):
        assert friend.get(f"{path}?preview={foreign}").status_code == 404


def test_a_token_for_a_lesson_or_a_section_is_none_for_the_course(drafted):
    portal, friend, _token = drafted
    with portal.app.test_request_context(), portal.reading("athena") as session:
        token = preview_token(session.scalars(select(Lesson).where(Lesson.slug == LESSON)).one())
    for path in (f"courses/{course_id(portal, BREAD)}", f"lessons/{lesson_ids(portal, BREAD)[LESSON]}"):
        assert friend.get(f"/api/v1/{path}?preview={token}").status_code == 404


WRONG = ("", "1.x", "9" * 11 + ".0", "٣.x", "1e9.x", "x" * 5000, "-1.x", ".", "a\u00e9")


def test_odd_tokens_open_nothing_and_break_nothing(drafted):
    portal, friend, token = drafted
    course = f"/api/v1/courses/{course_id(portal, BREAD)}"
    for wrong in (*WRONG, token[:-1], token + "0", token.upper()):
        assert friend.get(course, query_string={"preview": wrong}).status_code == 404, wrong
    for more in ("&preview=1", "&include=lessons.course", "&limit=1", "&filter[slug]=x", "&include=absent"):
        assert friend.get(f"{course}?preview={token}{more}").status_code == 400, more
    for path in ("/api/v1/courses", "/api/v1/lessons", "/api/v1/me", f"{course}/lessons"):
        assert friend.get(f"{path}?preview={token}").status_code in (400, 401, 404), path
    assert friend.open(f"{course}?preview={token}", method="PATCH", json={"title": "Mine"}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401


def test_whose_author_is_restricted_is_as_on_the_page(drafted):
    portal, friend, token = drafted
    restrict_at(portal, "Theo")
    api = friend.get(f"/api/v1/courses/{course_id(portal, BREAD)}?preview={token}")

    assert api.status_code == friend.get(f"/courses/{BREAD}/preview?preview={token}").status_code
