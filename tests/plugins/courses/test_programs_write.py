# SPDX-License-Identifier: MIT
"""Programs find what has an address and stands in no list, get files for players, and write a course from its sections on."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from classroom import MUSIC, NUMBERS, course_id, lesson_ids
from people import sign_in
from sqlalchemy import select
from upart_courses.blocks import new_block
from upart_courses.models import Course, Enrolment, Lesson, Visibility

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.media.actions import add
from upart.plugin import Category, upload
from upart.storage.kinds import Group

FREE, LOCKED = "what-a-tone-is", "spell-ten-chords"
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(range(256)) * 40


def theo_of(session):
    return session.scalars(select(Person).where(Person.name == "Theo")).one()


@pytest.fixture
def film(portal):
    """A film in a free lesson and in one for learners."""
    with portal.writing("athena") as session, context.knowing(theo_of(session), fresh=True):
        item = add(upload(io.BytesIO(MP4), "film.mp4", Category.CONTENT_PUBLIC, only=(Group.VIDEO,), while_writing=True))
        for lesson in session.scalars(select(Lesson).where(Lesson.slug.in_([FREE, LOCKED]))):
            lesson.blocks = [*lesson.blocks, new_block("video", title="A film", silent=True, item=str(item.id))]
    return lesson_ids(portal, MUSIC)


def files(browser, lesson):
    return browser.get(f"/api/v1/lesson-files?lesson_id={lesson}")


def test_an_unlisted_course_is_for_whoever_has_its_address_and_in_no_list(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == NUMBERS)).one().visibility = Visibility.UNLISTED
    id = course_id(portal, NUMBERS)
    for browser in (portal.visitor("athena"), sign_in(portal, "lena")):
        one = browser.get(f"/api/v1/courses/{id}?include=sections,lessons")
        assert (one.status_code, one.json["slug"], len(one.json["lessons"]) > 3) == (200, NUMBERS, True)
        assert [course["id"] for course in browser.get(f"/api/v1/courses?filter[slug]={NUMBERS}").json["data"]] == [str(id)]
        inside = browser.get(f"/api/v1/lessons?filter[course_id]={id}&fields=slug,preview,body").json["data"]
        assert {lesson["preview"] for lesson in inside if lesson["body"]} == {True}
        for path in ("courses?limit=100", "courses?filter[field]=Statistics", "lessons?limit=100", "sections?limit=100", f"courses?filter[slug][in]={NUMBERS}"):
            assert str(id) not in browser.get(f"/api/v1/{path}").text


def test_a_course_for_members_or_in_another_academy_is_not_found_by_its_id(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == NUMBERS)).one().visibility = Visibility.MEMBERS
    id, vic = course_id(portal, NUMBERS), portal.visitor("athena")
    assert vic.get(f"/api/v1/courses/{id}").status_code == 404
    assert vic.get(f"/api/v1/courses?filter[slug]={NUMBERS}").json["data"] == []
    assert sign_in(portal, "odin").get(f"/api/v1/courses/{id}").status_code == 404


def test_a_player_gets_the_film_of_a_lesson_until_the_address_or_the_right_ends(portal, film):
    lena, player = sign_in(portal, "lena"), portal.visitor("athena")
    one = files(lena, film[LOCKED]).json["data"][0]
    assert (one["name"], one["content_type"], one["size"]) == ("film.mp4", "video/mp4", len(MP4))
    assert player.get(one["url"]).data == MP4
    for part, other in (("of=", "of=0"), ("sig=", "sig=x"), ("ends=", "ends=9")):
        assert player.get(one["url"].replace(part, other)).status_code == 404
    with clock.shifted(timedelta(hours=4, minutes=1)):
        assert player.get(one["url"]).status_code == 410
    with portal.writing("athena") as session:
        session.scalars(select(Enrolment).join(Course).where(Course.slug == MUSIC)).first().left_at = clock.now()
    assert player.get(one["url"]).status_code == 404


def test_files_are_told_to_whoever_may_open_the_lesson_alone(portal, film):
    vic = portal.visitor("athena")
    assert (files(vic, film[LOCKED]).status_code, files(sign_in(portal, "odin"), film[FREE]).status_code) == (404, 404)
    free = files(vic, film[FREE]).json["data"][0]
    assert (free["ends_at"], vic.get(free["url"]).data) == (None, MP4)
    assert portal.visitor("athena").get(files(sign_in(portal, "theo"), film[LOCKED]).json["data"][0]["url"]).data == MP4


def test_a_program_makes_sections_arranges_them_and_takes_them_away(school):
    theo, id = sign_in(school, "theo"), course_id(school, MUSIC)
    made = theo.post("/api/v1/sections", json={"course_id": str(id), "title": "Encore"})
    lesson = theo.post("/api/v1/lessons", json={"course_id": str(id), "section_id": made.json["id"], "title": "Once more", "body": "From the top."})
    assert (made.status_code, lesson.status_code, lesson.json["section_id"]) == (201, 201, made.json["id"])
    parts = theo.get(f"/api/v1/sections?filter[course_id]={id}&include=lessons&limit=100").json["data"]
    order = [{"section": one["id"], "lessons": [each["id"] for each in one["lessons"]]} for one in parts]
    turned = theo.post(f"/api/v1/courses/{id}/actions/arrange", json={"sections": order[::-1]})
    assert turned.status_code == 200, turned.text
    assert next(iter(lesson_ids(school, MUSIC))) == "once-more"
    assert theo.post(f"/api/v1/courses/{id}/actions/arrange", json={"sections": order[1:]}).json["errors"][0]["code"] == "not_all"
    place, tag = made.headers["Location"], theo.get(made.headers["Location"]).headers["ETag"]
    gone = theo.open(place, method="DELETE", headers={"Sec-Fetch-Site": "same-origin", "If-Match": tag})
    assert gone.status_code == 204, gone.text
    assert next(iter(lesson_ids(school, MUSIC))) == "once-more"
    assert theo.get(f"/api/v1/lessons/{lesson.json['id']}").json["section_id"] == order[-2]["section"]


def test_a_program_copies_a_course_and_gets_a_preview(portal):
    theo, id = sign_in(portal, "theo"), course_id(portal, MUSIC)
    copy = theo.post(f"/api/v1/courses/{id}/actions/duplicate", json={"title": "Autumn"}).json["copy"]
    assert (theo.get(f"/api/v1/courses/{copy}").json["state"], portal.visitor("athena").get(f"/api/v1/courses/{copy}").status_code) == ("draft", 404)
    shown = theo.post(f"/api/v1/courses/{copy}/actions/preview").json
    friend = portal.visitor("athena")
    assert friend.get(f"/api/v1/courses/{copy}?preview={shown['preview']}").json["title"] == "Autumn"
    assert "Autumn" in friend.get(shown["preview_url"]).text
    for verb, body in (("duplicate", {"title": "Mine"}), ("preview", {}), ("arrange", {"sections": []})):
        assert sign_in(portal, "lena").post(f"/api/v1/courses/{id}/actions/{verb}", json=body).status_code == 404
