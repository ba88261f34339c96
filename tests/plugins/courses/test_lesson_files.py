# SPDX-License-Identifier: MIT
"""Files of lessons are for whoever may open the lesson, for as long as they may; nobody else gets a byte by any way."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from classroom import MUSIC, count, course_id, lesson_ids
from people import sign_in
from sqlalchemy import select
from upart_courses.blocks import new_block
from upart_courses.models import Course, CourseState, Entry, Lesson, Playing

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.media.actions import add, caption
from upart.media.models import MediaItem
from upart.plugin import Category, upload
from upart.storage.kinds import Group

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(range(256)) * 40
FREE, LOCKED, LATER = "what-a-tone-is", "spell-ten-chords", "beats-bars-and-where-one-is"
"""A free lesson, one for learners, and one of a section in which Lena has not been."""


@pytest.fixture
def film(portal):
    """The music course shows one film in a free lesson and in two for its learners; the id of its block there."""
    made = new_block("video", title="A film", silent=True)
    with portal.writing("athena") as session:
        theo = session.scalars(select(Person).where(Person.name == "Theo")).one()
        with context.knowing(theo, fresh=True):
            item = add(upload(io.BytesIO(MP4), "film.mp4", Category.CONTENT_PUBLIC, only=(Group.VIDEO,), while_writing=True))
            session.flush()
            caption(item, upload(io.BytesIO(b"WEBVTT\n"), "film.vtt", Category.CONTENT_PUBLIC, while_writing=True), "en")
        for lesson in session.scalars(select(Lesson).where(Lesson.slug.in_([FREE, LOCKED, LATER]))):
            lesson.blocks = [*lesson.blocks, {**made, "item": str(item.id)}]
    return made["id"]


def source(browser, lesson: str = LOCKED) -> str:
    """The address of the film on the page of a lesson."""
    return unescape(re.search(r'<source src="([^"]+)"', browser.get(f"/learn/{MUSIC}/{lesson}").text)[1])


def test_lena_plays_a_film_in_pieces_as_players_ask(portal, film):
    lena = sign_in(portal, "lena")
    address = source(lena)
    whole, head = lena.get(address), lena.open(address, method="HEAD")
    assert (whole.status_code, whole.data, whole.headers["Content-Type"]) == (200, MP4, "video/mp4")
    assert (head.status_code, head.data, head.content_length, head.headers["Accept-Ranges"]) == (200, b"", len(MP4), "bytes")
    for asked, status, part in (("0-99", 206, MP4[:100]), ("10000-", 206, MP4[10000:]), ("-5", 206, MP4[-5:]), ("99999-", 416, b""), ("0-1,5-9", 416, b"")):
        answer = lena.get(address, headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.data) == (status, part), asked
    assert lena.get(f"{address}&part=captions").data == b"WEBVTT\n"


def test_the_address_is_hers_alone_and_ends(portal, film):
    address = source(sign_in(portal, "lena"))
    for who in ("vic", "theo", "ada"):
        browser = portal.visitor("athena") if who == "vic" else sign_in(portal, who)
        assert browser.get(address).status_code == 404, who
    odin = sign_in(portal, "odin")
    assert odin.get(address).status_code == 404
    lena = sign_in(portal, "lena")
    for wrong in (address.replace("sig=", "sig=0"), address.partition("?")[0], address.replace("ends=", "ends=9"), re.sub("ends=[0-9]+", "ends=", address)):
        assert lena.get(wrong).status_code == 404, wrong
    with clock.shifted(timedelta(hours=4, minutes=1)):
        assert sign_in(portal, "lena").get(address).status_code == 410


def test_it_dies_with_the_right_to_the_lesson(portal, film):
    lena = sign_in(portal, "lena")
    address = source(lena)
    assert lena.get(address).status_code == 200
    lena.post(f"/courses/{MUSIC}/leave")
    assert lena.get(address).status_code == 404


def test_a_section_that_is_not_open_yet_gives_no_file_and_no_frame(portal, film):
    lena, path = sign_in(portal, "lena"), f"/learn/{MUSIC}/{LATER}"
    address = source(lena, LATER)
    assert lena.get(address).status_code == 200
    with portal.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == LATER)).one()
        lesson.section.release = {"kind": "days", "days": 3000}
    assert lena.get(address).status_code == 404
    assert lena.get(f"{path}?play={film}").status_code == 403
    assert lena.post(f"{path}/played", data={"block": film, "seconds": "5"}).status_code == 409
    assert lena.get(f"/api/v1/lessons?fields=slug,blocks&filter[slug]={LATER}").json["data"] == [{"slug": LATER, "blocks": None}]
    assert sign_in(portal, "theo").get(path).status_code == 200


def test_a_preview_of_a_section_that_is_not_open_yet_is_read_and_counts_for_nothing(portal, film):
    lena, path = sign_in(portal, "lena"), f"/learn/{MUSIC}/{LATER}"
    with portal.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == LATER)).one()
        lesson.preview, lesson.section.release = True, {"kind": "days", "days": 3000}
    page = lena.get(path).text
    assert ("<video" in page, f"{path}/done" in page, f"{path}/opened" in page) == (True, False, False)
    assert lena.get(source(lena, LATER)).status_code == 200
    assert lena.post(f"{path}/done").status_code == 409


def test_it_dies_with_the_access_to_the_course(portal, film):
    lena = sign_in(portal, "lena")
    address = source(lena)
    with portal.writing("athena") as session:
        session.get_one(Course, {"academy_id": context.academy.id, "id": course_id(portal, MUSIC)}).entry = Entry.ENTITLED
    assert lena.get(address).status_code == 403


def test_it_dies_when_the_lesson_shows_it_no_more(portal, film):
    lena = sign_in(portal, "lena")
    address = source(lena)
    with portal.writing("athena") as session:
        lesson = session.scalars(select(Lesson).where(Lesson.slug == LOCKED)).one()
        lesson.blocks = [one for one in lesson.blocks if one["id"] != film]
    assert lena.get(address).status_code == 404


def test_a_free_lesson_plays_for_visitors_without_a_cookie(portal, film):
    vic = portal.visitor("athena")
    address = source(vic, FREE)
    answer = vic.get(address, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data, "?" in address) == (206, MP4[:10], False)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert vic.get(address.replace(FREE, LOCKED)).status_code == 404
    with portal.writing("athena") as session:
        session.scalars(select(Lesson).where(Lesson.slug == FREE)).one().preview = False
    assert vic.get(address).status_code == 404


def test_a_free_lesson_of_an_archived_course_opens_to_nobody_who_says_to_be_lena(portal, film):
    vic = portal.visitor("athena")
    address = source(vic, FREE)
    assert vic.get(address).status_code == 200
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == MUSIC)).one().state = CourseState.ARCHIVED
        lena = session.scalars(select(Person.id).where(Person.name == "Lena")).one()
    assert sign_in(portal, "lena").get(address).status_code == 200
    assert [vic.get(asked).status_code for asked in (address, f"{address}?of={lena}", f"{address}?of={lena}&ends=9999999999&sig=0")] == [404] * 3


def test_lena_goes_on_where_she_stopped_and_nobody_else_is_noted(portal, film):
    lena, path = sign_in(portal, "lena"), f"/learn/{MUSIC}/{LOCKED}"
    for seconds in ("12", "95"):
        assert lena.post(f"{path}/played", data={"block": film, "seconds": seconds}).status_code == 204
    assert 'data-at="95"' in lena.get(path).text
    for wrong in ({"block": film, "seconds": "-1"}, {"block": film, "seconds": "9" * 30}, {"block": "00000000", "seconds": "5"}, {}):
        assert lena.post(f"{path}/played", data=wrong).status_code == 422
    assert sign_in(portal, "ada").post(f"{path}/played", data={"block": film, "seconds": "5"}).status_code == 404
    assert count(portal, Playing) == 1
    assert "data-at" not in sign_in(portal, "theo").get(path).text


def test_a_file_in_the_trash_is_not_shown_and_the_page_says_so(portal, film):
    with portal.writing("athena") as session:
        session.scalars(select(MediaItem)).one().trashed_at = clock.now()
    page = portal.visitor("athena").get(f"/learn/{MUSIC}/{FREE}").text
    assert ("<video" in page, "cannot be shown now" in page) == (False, True)


def test_another_academy_has_none_of_it(portal, film):
    theo, lena, odin = (sign_in(portal, name) for name in ("theo", "lena", "odin"))
    place = f"/teach/courses/{course_id(portal, MUSIC)}/lessons/{lesson_ids(portal, MUSIC)[LOCKED]}/blocks/{film}"
    assert [browser.get(place).status_code for browser in (theo, odin)] == [200, 404]
    assert [browser.post(place, data={"kind": "video"}).status_code for browser in (theo, odin)] == [422, 404]
    for address in (source(lena), source(lena, FREE)):
        assert [browser.get(address).status_code for browser in (lena, odin, portal.visitor("orion"))] == [200, 404, 404]
