# SPDX-License-Identifier: MIT
"""Theo builds a lesson of blocks; nobody sees it before he publishes it, and nothing he has typed is lost on the way."""

from __future__ import annotations

import re

import pytest
from building import LESSON, address, blocks, held_with_order, press, send, with_file
from classroom import BREAD, count, course_id, first_text, lesson_ids, publish_changes
from people import sign_in
from pictures import picture, stored
from restricting import lift_at, restrict_at
from sqlalchemy import select
from upart_courses.models import LessonFile

from upart.accounts.models import Person
from upart.media.models import MediaItem
from upart.policy.facts import facts

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(5000)
WORDS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nFold, do not knead.\n"


def test_a_block_is_added_to_the_draft_and_learners_read_on(portal, theo):
    before = portal.visitor("athena").get(f"/learn/{BREAD}/{LESSON}").text
    answer = press(theo, portal, "add:callout", body="Mix flour and water.")
    assert answer.status_code == 303
    assert [one["kind"] for one in blocks(portal)] == ["markdown", "callout"]
    assert blocks(portal)[0]["text"] == "Mix flour and water."
    assert [one["kind"] for one in blocks(portal, draft=False)] == ["markdown"]
    assert portal.visitor("athena").get(f"/learn/{BREAD}/{LESSON}").text == before


def test_blocks_move_and_go_and_come_back_without_a_script(portal, theo):
    for kind in ("callout", "code"):
        press(theo, portal, f"add:{kind}")
    first, second, third = (one["id"] for one in blocks(portal))
    press(theo, portal, f"down:{first}")
    press(theo, portal, f"up:{third}")
    assert [one["id"] for one in blocks(portal)] == [second, third, first]
    page = press(theo, portal, f"remove:{third}", **{f"code-{third}": "print('kept')"})
    assert (page.status_code, "Removed and saved" in page.text) == (200, True)
    assert [one["id"] for one in blocks(portal)] == [second, first]
    removed, place = (re.search(rf'name="{name}" value="([^"]*)"', page.text)[1] for name in ("removed", "place"))
    press(theo, portal, "back:", removed=removed.replace("&#34;", '"').replace("&#39;", "'").replace("\\u0027", "'"), place=place)
    assert [one["id"] for one in blocks(portal)] == [second, third, first]
    assert blocks(portal)[1]["code"] == "print('kept')"


def test_publishing_shows_all_blocks_and_restoring_brings_back_the_old(portal, theo):
    press(theo, portal, "add:callout")
    note = blocks(portal)[-1]["id"]
    theo.post(address(portal), data=held_with_order(theo, address(portal), **{f"text-{note}": "Feed it *daily*.", f"tone-{note}": "tip"}))
    course = f"/teach/courses/{course_id(portal, BREAD)}"
    assert "Feed it *daily*." in theo.get(f"{course}/changes").text
    assert publish_changes(theo, course).status_code == 303
    page = portal.visitor("athena").get(f"/learn/{BREAD}/{LESSON}").text
    assert "<p>Feed it <em>daily</em>.</p>" in page
    assert 'data-tone="tip"' in page
    theo.post(f"{course}/versions/restore", data={"lesson": str(lesson_ids(portal, BREAD)[LESSON]), "number": "1"})
    assert [one["kind"] for one in blocks(portal)] == ["markdown"]


def test_a_video_needs_captions_or_the_word_that_nobody_speaks(portal, theo):
    course = f"/teach/courses/{course_id(portal, BREAD)}"
    block = with_file(theo, portal, "video", file=MP4)
    answer = publish_changes(theo, course)
    assert (answer.status_code, "Captions for a video" in answer.text) == (422, True)
    assert send(theo, portal, "video", block, captions=WORDS, language="de").status_code == 303
    assert publish_changes(theo, course).status_code == 303
    page = portal.visitor("athena").get(f"/learn/{BREAD}/{LESSON}").text
    assert re.search(r'<track kind="captions" src="[^"]+part=captions" srclang="de"', page)


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("video", {"file": b"<svg onload=alert(1)>"}, "is not a video"),
        ("video", {"file": MP4, "captions": b"1\n00:00 --> 00:02\nNo header"}, "no WebVTT file"),
        ("image", {"file": MP4, "alt": "A film"}, "is not a picture"),
        ("image", {"file": picture()}, "what the picture shows"),
        ("file", {"file": b"\x7fELF" + bytes(200)}, "a program"),
        ("audio", {}, "No file was chosen"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_of_it_stays(portal, theo, kind, data, why):
    block = press(theo, portal, f"add:{kind}").headers["Location"].rpartition("/")[2]
    answer = send(theo, portal, kind, block, **data)
    assert (answer.status_code, why in answer.text) == (422, True), answer.text
    with portal.reading("athena") as session:
        assert session.scalars(select(MediaItem)).all() == []
    assert stored(portal) == []


def test_the_library_knows_which_lesson_shows_a_file_and_keeps_it(portal, theo):
    block = with_file(theo, portal, "image", file=picture(), alt="A round loaf")
    item = blocks(portal)[-1]["item"]
    assert "What lives in a starter" in sign_in(portal, "ada").get(f"/manage/media/{item}").text
    assert theo.post(f"/manage/media/{item}/trash").status_code == 409
    press(theo, portal, f"remove:{block}")
    with portal.reading("athena") as session:
        assert session.scalars(select(LessonFile)).all() == []
    assert theo.post(f"/manage/media/{item}/trash").status_code == 303


def test_a_picture_of_lena_is_in_the_lesson_again_when_her_restriction_ends_whatever_was_saved_meanwhile(portal, theo):
    with_file(theo, portal, "image", file=picture(), alt="Lena shapes a loaf")
    item = blocks(portal)[-1]["item"]
    with portal.writing("athena") as session:
        row = session.scalars(select(MediaItem)).one()
        row.shown_id = row.file.about_id = session.scalars(select(Person.id).where(Person.name == "Lena")).one()
    restriction = restrict_at(portal, "Lena")
    assert f"/media/{item}" not in theo.get(address(portal)).text
    assert theo.post(address(portal), data=held_with_order(theo, address(portal), title="Another title")).status_code == 303
    lift_at(portal, restriction)
    assert (blocks(portal)[-1]["item"], count(portal, LessonFile, title="Another title")) == (item, 0)
    assert theo.post(f"/manage/media/{item}/trash").status_code == 409


def test_two_writers_notice_each_other_and_both_texts_stay(portal, theo):
    opened = held_with_order(theo, address(portal))
    press(theo, portal, "add:callout")
    assert theo.post(address(portal), data={**opened, "title": "Another title"}).status_code == 303
    assert [one["kind"] for one in blocks(portal)] == ["markdown", "callout"]
    answer = theo.post(address(portal), data={**opened, first_text(opened): "A text of mine."})
    assert (answer.status_code, "A text of mine." in answer.text, "Saved meanwhile" in answer.text) == (409, True, True)
    assert [one["kind"] for one in blocks(portal)] == ["markdown", "callout"]


BAD = (  # what an address is that no player knows
    "javascript:alert(1)", "http://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=<script>", "https://evil.example/watch?v=dQw4w9WgXcQ",
    "https://user@www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ", "https://youtube.com.evil.example/embed/dQw4w9WgXcQ",
    "data:text/html,x", "//youtu.be/dQw4w9WgXcQ", "https://[", "https://vimeo.com/abc",
)  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_no_player_knows_is_refused_with_all_that_was_typed(portal, theo, url):
    press(theo, portal, "add:embed")
    id = blocks(portal)[-1]["id"]
    answer = theo.post(address(portal), data=held_with_order(theo, address(portal), **{f"url-{id}": url, f"title-{id}": "A film to keep"}))
    assert (answer.status_code, "No player here knows this address" in answer.text, "A film to keep" in answer.text) == (422, True, True)


def test_a_video_from_elsewhere_is_there_only_after_a_click_and_the_policy_names_who_plays_it(portal, theo):
    press(theo, portal, "add:embed")
    id = blocks(portal)[-1]["id"]
    typed = {f"url-{id}": "https://youtu.be/dQw4w9WgXcQ", f"title-{id}": "A baker shapes a loaf"}
    theo.post(address(portal), data=held_with_order(theo, address(portal), **typed))
    publish_changes(theo, f"/teach/courses/{course_id(portal, BREAD)}")
    vic, path = portal.visitor("athena"), f"/learn/{BREAD}/{LESSON}"
    before, after = vic.get(path), vic.get(f"{path}?play={id}")
    assert ("<iframe" in before.text, "frame-src" in before.headers["Content-Security-Policy"]) == (False, False)
    assert 'src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"' in after.text
    assert after.headers["Content-Security-Policy"].endswith("; frame-src https://www.youtube-nocookie.com")
    assert "Set-Cookie" not in after.headers
    with portal.app.app_context():
        assert facts(portal.academy("athena"))["recipient"]["Google Ireland Limited (YouTube)"]["country"] == "IE"
        assert "Google Ireland Limited (YouTube)" not in facts(portal.academy("orion"))["recipient"]


def test_an_academy_allows_another_player_and_says_who_runs_it(portal, theo):
    ada = sign_in(portal, "ada")
    for line, status in (("tube.example.org", 422), ("tube.example.org, Example Foundation, DE", 303)):
        assert ada.post("/manage/settings/courses.videos", data={"players": line}).status_code == status
    press(theo, portal, "add:embed")
    id = blocks(portal)[-1]["id"]
    typed = {f"url-{id}": "https://tube.example.org/videos/embed/9c9de5e8?start=3", f"title-{id}": "From elsewhere"}
    assert theo.post(address(portal), data=held_with_order(theo, address(portal), **typed)).status_code == 303
    publish_changes(theo, f"/teach/courses/{course_id(portal, BREAD)}")
    played = portal.visitor("athena").get(f"/learn/{BREAD}/{LESSON}?play={id}")
    assert 'src="https://tube.example.org/videos/embed/9c9de5e8' in played.text
    assert played.headers["Content-Security-Policy"].endswith("; frame-src https://tube.example.org")
    with portal.app.app_context():
        told = [{name: one["country"] for name, one in facts(portal.academy(slug))["recipient"].items() if "Example" in name} for slug in ("athena", "orion")]
    assert told == [{"Example Foundation (tube.example.org)": "DE"}, {}]


def test_a_program_reads_and_writes_blocks_by_the_same_rules(portal, theo):
    place = f"/api/v1/lessons/{lesson_ids(portal, BREAD)[LESSON]}"

    def patch(value: list):
        headers = {"Sec-Fetch-Site": "same-origin", "If-Match": theo.get(place).headers["ETag"]}
        return theo.open(place, method="PATCH", headers=headers, json={"blocks": value})

    wrong = patch([{"kind": "poem"}, {"kind": "embed", "url": "https://evil.example/"}, {"kind": "code", "language": "latin", "code": 5, "more": ""}])
    faults = ["/blocks/0/kind", "/blocks/1/url", "/blocks/2/language", "/blocks/2/code", "/blocks/2/more"]
    assert (wrong.status_code, [one["pointer"] for one in wrong.json["errors"]]) == (422, faults)
    assert patch([{"kind": "video", "title": "Nothing yet"}]).status_code == 422
    made = patch([{"kind": "markdown", "text": "One."}, {"kind": "code", "language": "python", "code": "print(1)"}])
    assert (made.status_code, [one["kind"] for one in made.json["blocks"]], made.json["body"]) == (200, ["markdown", "code"], "One.\n\nprint(1)")
    assert portal.visitor("athena").get(f"/api/v1/lessons/{lesson_ids(portal, BREAD)['plan-your-bake']}").json["blocks"] is None
