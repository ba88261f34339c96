# SPDX-License-Identifier: MIT
"""Files go out by signed addresses only: for one academy, for a time, without cookies, and so that no browser runs them."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from people import sign_in
from pictures import picture, stored
from restricting import page, restrict_at
from sqlalchemy import select, update

from upart import clock
from upart.accounts.models import Person
from upart.db import uuid7
from upart.files.actions import upload
from upart.files.addresses import file_url
from upart.privacy.taxonomy import Category
from upart.storage.models import File, FileState

MP4 = b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(range(256)) * 40


def put(made, data: bytes, name: str = "essay.pdf", category=Category.CONTENT_PRIVATE, **further):
    """Store it at athena and return its address."""
    further = {"ends": timedelta(hours=1), "width": 0, **further}
    ends, width = further.pop("ends"), further.pop("width")
    with made.writing("athena"):
        row = upload(io.BytesIO(data), name, category, **further)
        return file_url(row, ends=ends, width=width)


def test_whoever_has_the_address_may_open_the_file_without_any_cookie(albums):
    address = put(albums, b"%PDF-1.7\nhello", "Zeugnis für Lena.pdf")

    answer = albums.visitor("athena").get(address)

    assert (answer.status_code, answer.data) == (200, b"%PDF-1.7\nhello")
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"Zeugnis fur Lena.pdf\"; filename*=UTF-8''Zeugnis%20f%C3%BCr%20Lena.pdf"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Zeugnis" not in address


def tampered(address: str):
    path, _, query = address.partition("?")
    other = str(uuid7())
    yield path
    yield f"{path}?{query[:-1]}{'0' if query[-1] != '0' else '1'}"
    yield address.replace("ends=", "ends=1")
    yield address.replace(path.removeprefix("/files/"), other)
    yield f"{path}?ends=9999999999&sig="
    yield f"{path}?ends=&sig={'0' * 64}"
    yield f"{path}?ends=9999999999999999999999999&sig={'0' * 64}"
    yield f"{path}?ends=٣&sig=é"
    yield f"{path[:-1]}?{query}"
    yield f"{path}/name?{query}"


def test_a_changed_address_opens_nothing(albums):
    address = put(albums, b"secret words")
    vic = albums.visitor("athena")
    for other in tampered(address):
        answer = vic.get(other)
        assert (answer.status_code, b"secret" in answer.data) == (404, False), other


def test_an_address_of_one_academy_opens_nothing_at_another(albums):
    address = put(albums, b"secret words")
    with albums.writing("orion"):
        theirs = file_url(upload(io.BytesIO(b"other words"), "a.txt", Category.CONTENT_PRIVATE))

    assert albums.visitor("orion").get(address).status_code == 404
    assert albums.visitor("athena").get(theirs).status_code == 404
    assert sign_in(albums, "odin").get(address).status_code == 404
    with albums.reading("athena") as session:
        row = session.scalars(select(File)).one()
    with albums.app.app_context(), albums.reading("orion"):
        forged = file_url(row)  # signed by orion for athena's file
    assert albums.visitor("orion").get(forged).status_code == albums.visitor("athena").get(forged).status_code == 404


def test_an_address_ends(album):
    address = put(album, b"words", ends=timedelta(minutes=5))
    vic = album.visitor("athena")
    with clock.shifted(timedelta(minutes=4)):
        assert vic.get(address).status_code == 200
    with clock.shifted(timedelta(minutes=6)):
        answer = vic.get(address)
    assert (answer.status_code, "This link has ended" in answer.text) == (410, True)


def test_a_key_that_was_replaced_still_opens_and_one_that_was_dropped_does_not(make_album):
    one, two = b"a" * 32, b"b" * 32
    made = make_album(secret_keys=(one,))
    address = put(made, b"words")
    ring = made.app.extensions["upart_keys"]
    for keys, status in (((two, one), 200), ((two,), 404)):
        ring.keys = keys
        assert made.visitor("athena").get(address).status_code == status


SHOWN = {
    "a picture": (picture(), "a.jpg", "inline", "image/jpeg"),
    "a video": (MP4, "a.mp4", "inline", "video/mp4"),
    "sound": (b"ID3\4" + bytes(100), "a.mp3", "inline", "audio/mpeg"),
    "a paper": (b"%PDF-1.7", "a.pdf", "attachment", "application/pdf"),
    "html": (b"<!doctype html><script>alert(1)</script>", "a.html", "attachment", "text/plain; charset=utf-8"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.svg", "attachment", "text/plain; charset=utf-8"),
    "bytes": (bytes(range(256)), "a.swf", "attachment", "application/octet-stream"),
}


@pytest.mark.parametrize("what", SHOWN)
def test_only_what_was_drawn_here_or_plays_is_shown_in_the_browser(album, what):
    data, name, shown, content_type = SHOWN[what]
    answer = album.visitor("athena").get(put(album, data, name))

    assert answer.headers["Content-Disposition"].startswith(f"{shown};")
    assert answer.headers["Content-Type"] == content_type


RANGES = (  # asked, status, which bytes
    ("bytes=0-0", 206, slice(0, 1)), ("bytes=10-19", 206, slice(10, 20)), ("bytes=10000-", 206, slice(10_000, None)), ("bytes=-5", 206, slice(-5, None)),
    ("bytes=0-999999999", 206, slice(0, None)), ("bytes=999999-", 416, slice(0, 0)), ("bytes=5-2", 416, slice(0, 0)), ("lines=1-2", 416, slice(0, 0)),
    ("bytes=", 416, slice(0, 0)), ("bytes=0-1,4-5", 416, slice(0, 0)), ("nonsense", 416, slice(0, 0)),
)  # fmt: skip


@pytest.mark.parametrize(("asked", "status", "part"), RANGES, ids=[asked for asked, *_ in RANGES])
def test_a_video_comes_in_parts(album, asked, status, part):
    answer = album.visitor("athena").get(put(album, MP4, "a.mp4"), headers={"Range": asked})

    assert (answer.status_code, answer.data) == (status, MP4[part])
    if status == 206:
        assert answer.headers["Content-Length"] == str(len(MP4[part]))
    assert answer.headers.get("Content-Range", "").endswith(f"/{len(MP4)}")


def test_what_a_browser_has_is_not_sent_again_and_head_sends_nothing(album):
    address, vic = put(album, MP4, "a.mp4", public=True), album.visitor("athena")
    whole = vic.get(address)
    again = vic.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    head = vic.open(address, method="HEAD")
    stale = vic.get(address, headers={"Range": "bytes=0-9", "If-Range": '"other"'})

    assert (whole.headers["Cache-Control"], whole.headers["Accept-Ranges"]) == ("public, no-cache", "bytes")
    assert (again.status_code, again.data) == (304, b"")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(MP4)))
    assert (stale.status_code, stale.data) == (200, MP4)


def test_a_public_file_needs_no_signature_until_it_is_taken_back(albums):
    address = put(albums, b"words for all", public=True)
    vic = albums.visitor("athena")
    assert "?" not in address
    assert [vic.get(address).data for _ in range(2)] == [b"words for all"] * 2

    with albums.writing("athena") as session:
        session.scalars(select(File)).one().public = False

    assert vic.get(address).status_code == 404
    assert albums.visitor("orion").get(address).status_code == 404


def test_a_width_chooses_the_smallest_rendition_that_is_wide_enough(album):
    address = put(album, picture(), "a.jpg", Category.MEDIA_IMAGE, widths=(320, 640))
    with album.reading("athena") as session:
        sizes = {row.size: row.width for row in session.scalars(select(File))}
    vic = album.visitor("athena")

    def width(asked: str) -> int:
        return sizes[len(vic.get(f"{address}&w={asked}").data)]

    assert [width(asked) for asked in ("1", "320", "321", "640", "641", "99999")] == [320, 320, 640, 640, 1200, 1200]
    assert [width(asked) for asked in ("", "-1", "x", "9" * 400, "٣")] == [1200] * 5


def test_a_file_whose_bytes_are_lost_says_so(album, caplog):
    address, vic = put(album, b"words"), album.visitor("athena")
    stored(album)[0].unlink()

    answer = vic.get(address)

    assert (answer.status_code, "This file is lost" in answer.text) == (410, True)
    assert "are gone" in caplog.text
    with album.writing("athena") as session:
        session.execute(update(File).values(state=FileState.GONE))
    assert vic.get(address).status_code == 410


def test_lena_sees_her_picture_on_her_page_and_cookies_open_nothing_by_themselves(albums):
    lena = sign_in(albums, "lena")
    lena.post("/album/", data={"picture": (io.BytesIO(picture()), "sea.jpg"), "title": "Sea"})
    page = lena.get("/album/").text
    address = page.split('src="/files/')[1].partition('"')[0].replace("&amp;", "&")

    assert lena.get(f"/files/{address}").headers["Content-Type"] == "image/webp"
    assert lena.get(f"/files/{address.partition('?')[0]}").status_code == 404
    assert lena.post(f"/files/{address}").status_code == 405


def test_an_address_given_out_before_a_restriction_opens_the_file_for_lena_alone(album):
    with album.writing("athena") as opened:
        lena = opened.scalars(select(Person).where(Person.name == "Lena")).one()
        id = upload(io.BytesIO(b"%PDF-1.7\nhers"), "essay.pdf", Category.CONTENT_PRIVATE, about=lena, while_writing=True).id
    addresses = {}
    for viewer in ("", "Lena"):
        with page(album, viewer) as opened:
            addresses[viewer] = file_url(opened.scalars(select(File).where(File.id == id)).one())
    before = [album.visitor("athena").get(address).status_code for address in addresses.values()]
    restrict_at(album, "Lena")
    after = [album.visitor("athena").get(address).status_code for address in addresses.values()]

    assert (before, after) == ([200, 200], [404, 200])
