# SPDX-License-Identifier: MIT
"""Staff put files into the library, say what they show, replace them and throw them away; nothing is lost that is used."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from people import night, sign_in, work
from pictures import picture, stored
from PIL import Image
from shelf import MP4, MULTIPART, PDF, REFUSED, cover, describe, items, moving, put, saved, send
from sqlalchemy import func, select

from upart import clock
from upart.media.actions import TRASH
from upart.media.models import MediaItem
from upart.storage.models import File


def test_what_cannot_be_kept_is_refused_with_words_and_leaves_nothing(portal):
    ada, before = sign_in(portal, "ada"), stored(portal)
    for what, (data, name, words) in REFUSED.items():
        plain, script = send(ada, (data, name)), send(ada, (data, name), one="y")

        assert (plain.status_code, script.status_code) == (422, 422), what
        assert words in plain.text, what
        assert words in script.json["message"], what
        assert script.json["remedy"], what
    assert (items(portal), stored(portal)) == ([], before)


KEPT = {
    "cmyk": saved(Image.new("CMYK", (90, 60)), "JPEG"), "16 bits": saved(Image.new("I;16", (90, 60), 40_000), "PNG"),
    "clear": saved(Image.new("RGBA", (90, 60), (1, 2, 3, 0)), "PNG"), "grey": saved(Image.new("L", (90, 60)), "PNG"),
    "a picture with a web page behind it": picture() + b"<script>alert(1)</script>",
}  # fmt: skip


def test_odd_pictures_are_drawn_anew_in_all_sizes_and_nothing_else_of_them_is_kept(portal):
    ada = sign_in(portal, "ada")
    for name, data in KEPT.items():
        id = put(portal, ada, data, "a.jpg")
        assert 'type="image/avif"' in ada.get(f"/manage/media/{id}").text, name

    assert all(b"<script>" not in path.read_bytes() for path in stored(portal))


def test_of_several_files_the_good_ones_are_kept_and_each_other_one_says_why(portal):
    ada = sign_in(portal, "ada")
    answer = send(ada, (picture(), "sea.jpg"), (moving("GIF"), "cat.gif"), (PDF, "notes.pdf"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg"))

    assert answer.status_code == 200
    assert "One file was not added" in answer.text
    assert "cat.gif" in answer.text
    assert "GIF" in answer.text
    found = {item.title: item.kind for item in items(portal)}
    assert found == {"sea": "picture", "notes": "document", "logo": "text"}


def test_svg_is_kept_as_text_that_no_browser_shows(portal):
    ada = sign_in(portal, "ada")
    put(portal, ada, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg")
    page = ada.get(f"/manage/media/{items(portal)[0].id}").text
    answer = ada.get(page.split('href="/files/')[1].partition('"')[0].replace("&amp;", "&").join(["/files/", ""]))

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "<img" not in page
    assert "<svg xmlns" not in page


def test_more_than_500_megabytes_are_refused_before_they_come(portal):
    ada = sign_in(portal, "ada")
    told = {"CONTENT_LENGTH": str(10**9)}
    answer = ada.post("/manage/media/", input_stream=io.BytesIO(b"--z"), content_type=f"{MULTIPART}; boundary=z", environ_overrides=told)

    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_picture_needs_words_or_is_said_to_need_none(portal):
    ada = sign_in(portal, "ada")
    id = put(portal, ada)
    nothing, both, words = (describe(ada, id, **typed) for typed in ({"alt": ""}, {"decorative": "y"}, {}))

    assert (nothing.status_code, both.status_code, words.status_code) == (422, 422, 303)
    assert "Say what the picture shows" in nothing.text
    assert "has no words" in both.text
    assert describe(ada, id, alt="", decorative="y").status_code == 303
    assert (items(portal)[0].alt, items(portal)[0].decorative) == ("", True)


def test_files_are_found_by_name_by_what_they_show_and_by_kind(portal):
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    sea = put(portal, ada)
    put(portal, theo, PDF, "notes.pdf")
    describe(ada, sea)

    def found(browser, query: str) -> set[str]:
        return {title for title in ("The sea", "notes") if f">{title}</a>" in browser.get(f"/manage/media/?{query}").text}

    assert found(ada, "q=DUSK") == found(ada, "kind=picture") == found(theo, "q=sea&as=rows") == {"The sea"}
    assert found(theo, "by=me") == found(ada, "kind=document") == {"notes"}
    assert found(ada, "") == {"The sea", "notes"}
    assert found(ada, "kind=wordless") == found(ada, "in=trash") == found(ada, "q=100%25") == set()


def test_the_library_goes_on_by_key_and_costs_the_same_on_each_page(portal, monkeypatch):
    monkeypatch.setattr("upart.media.views.PAGE", 2)
    ada = sign_in(portal, "ada")
    for n in range(5):
        send(ada, (PDF, f"paper {n}.pdf"))
    titles, address = [], "/manage/media/"
    while address:
        text = ada.get(address).text
        titles += [f"paper {n}" for n in range(4, -1, -1) if f">paper {n}</a>" in text]
        address = text.partition('href="/manage/media/?after=')[2].partition('"')[0]
        address = f"/manage/media/?after={address}" if address else ""

    assert titles == [f"paper {n}" for n in range(4, -1, -1)]
    assert ada.get("/manage/media/?after=x").status_code == 400


def test_theo_changes_what_is_his_and_only_looks_at_what_is_adas(portal):
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    hers, his = put(portal, ada), put(portal, theo)

    assert theo.get(f"/manage/media/{hers}").status_code == 200
    assert [describe(theo, id).status_code for id in (hers, his)] == [404, 303]
    assert theo.post(f"/manage/media/{hers}/trash").status_code == 404
    assert describe(ada, his, title="Theirs").status_code == 303


@pytest.mark.parametrize("name", ["lena", "odin", "vic"])
def test_nobody_else_comes_near_it(portal, name):
    id = put(portal, sign_in(portal, "ada"))
    other = sign_in(portal, name) if name != "vic" else portal.visitor("athena")
    for path in ("/manage/media/", f"/manage/media/{id}"):
        assert other.get(path).status_code == (303 if name == "vic" else 404 if name == "lena" or str(id) in path else 200)
    assert describe(other, id).status_code in (401, 404)
    assert items(portal)[0].title == "sea"


def test_another_file_takes_the_place_of_one_wherever_it_is_used(portal):
    ada = sign_in(portal, "ada")
    id = put(portal, ada)
    describe(ada, id)
    course = cover(portal, ada, id)[1]
    before = portal.visitor("athena").get("/courses/").text
    old = _file(portal, id)

    answer = ada.post(f"/manage/media/{id}/replace", data={"file": (io.BytesIO(picture("PNG", (900, 900))), "new.png")}, content_type=MULTIPART)
    work(portal)
    after = portal.visitor("athena").get("/courses/").text

    assert answer.status_code == 303
    assert course
    assert before.count("<picture>") == after.count("<picture>") == 1
    assert before != after
    with portal.reading("athena") as session:
        assert session.scalar(select(func.count(File.id)).where((File.id == old) | (File.derived_from == old))) == 0
        assert session.scalar(select(func.count(File.id)).where(File.derived_from == _file(portal, id))) > 6
    refused = ada.post(f"/manage/media/{id}/replace", data={"file": (io.BytesIO(PDF), "new.pdf")}, content_type=MULTIPART)
    assert (refused.status_code, "another kind of file" in refused.text) == (422, True)


def _file(portal, id):
    with portal.reading("athena") as session:
        return session.scalar(select(MediaItem.file_id).where(MediaItem.id == id))


def test_what_is_used_says_where_and_stays_what_is_not_can_be_taken_back(portal):
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    used, free = put(portal, ada), put(portal, ada)
    describe(ada, used)
    title = cover(portal, ada, used)[1]

    kept, gone = (ada.post(f"/manage/media/{id}/trash") for id in (used, free))
    assert (kept.status_code, gone.status_code) == (409, 303)
    assert f"Courses: <b>{title}</b>, cover" in kept.text
    assert "It is used, so it stays" in kept.text
    assert title not in theo.get(f"/manage/media/{used}").text
    assert "In one place." in theo.get(f"/manage/media/{used}").text
    assert f"/manage/media/{free}/back" in ada.get(gone.headers["Location"]).text
    assert ada.post(f"/manage/media/{free}/back").status_code == 303
    assert ada.post(f"/manage/media/{free}/delete").status_code == 409


def test_what_is_deleted_goes_with_all_its_sizes_at_once_or_after_30_days(portal):
    ada = sign_in(portal, "ada")
    before = stored(portal)
    now, later = put(portal, ada), put(portal, ada)
    for id in (now, later):
        ada.post(f"/manage/media/{id}/trash")
    assert ada.post(f"/manage/media/{now}/delete").status_code == 303
    work(portal)
    assert [item.id for item in items(portal)] == [later]

    with clock.shifted(TRASH + timedelta(days=3)):
        night(portal)
        night(portal)

    assert (items(portal), stored(portal)) == ([], before)


def test_a_video_has_captions_and_nothing_else_becomes_them(portal):
    ada = sign_in(portal, "ada")
    id = put(portal, ada, MP4, "lesson.mp4")

    def caption(data: bytes):
        return ada.post(f"/manage/media/{id}/captions", data={"file": (io.BytesIO(data), "a.vtt"), "language": "en"}, content_type=MULTIPART)

    wrong, right = caption(b"1\n00:01 --> 00:02\nHello"), caption(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n")
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "no WebVTT file" in wrong.text
    page = ada.get(f"/manage/media/{id}").text
    address = page.split('<track kind="captions" src="')[1].partition('"')[0].replace("&amp;", "&")
    assert ada.get(address).headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert ada.post(f"/manage/media/{id}/captions", data={"remove": "y"}).status_code == 303
    assert "<track" not in ada.get(f"/manage/media/{id}").text
