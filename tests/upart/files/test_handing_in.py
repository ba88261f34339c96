# SPDX-License-Identifier: MIT
"""Lena hands in pictures and papers: what is kept, what is refused with words, and that a refusal keeps nothing."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from people import sign_in
from pictures import picture, stored
from sqlalchemy import event, func, select

from upart.academies.models import AcademySetting
from upart.accounts.models import Person
from upart.db import engine
from upart.errors import WallError
from upart.files.actions import upload
from upart.privacy.taxonomy import Category
from upart.storage.kinds import Refused
from upart.storage.models import File


def rows(made) -> list[File]:
    with made.everywhere() as session:
        found = list(session.scalars(select(File).order_by(File.id)))
        session.expunge_all()
        return found


def hand_in(browser, data: bytes, name: str = "essay.pdf", **further):
    return browser.post("/album/paper", data={"paper": (io.BytesIO(data), name), **further})


def show(browser, data: bytes, name: str = "sea.jpg", **further):
    return browser.post("/album/", data={"picture": (io.BytesIO(data), name), "title": "Sea", **further})


def kept(made) -> tuple[int, int]:
    return len(rows(made)), len(stored(made))


def test_a_picture_is_kept_with_its_renditions_about_the_person(albums):
    lena = sign_in(albums, "lena")
    assert show(lena, picture(), "../../sea\u202e.JPG").status_code == 303

    one, *others = rows(albums)
    with albums.reading("athena") as session:
        person = session.scalars(select(Person).where(Person.name == "Lena")).one()
    assert (one.name, one.content_type, one.width, one.height, one.own_bytes) == ("sea.JPG", "image/jpeg", 1200, 800, True)
    assert sorted((row.width, row.content_type, row.derived_from) for row in others) == [(320, "image/webp", one.id), (640, "image/webp", one.id)]
    assert {(row.about_id, row.category) for row in (one, *others)} == {(person.id, "media.image")}
    assert {path.stat().st_mode & 0o777 for path in stored(albums)} == {0o600}
    assert not any("sea" in str(path) for path in stored(albums))


def test_a_paper_is_kept_as_it_came_whatever_its_name_and_the_browser_say(albums):
    lena, paper = sign_in(albums, "lena"), b"%PDF-1.7\n" + b"x" * 5000
    lena.post("/album/paper", data={"paper": (io.BytesIO(paper), "holiday.jpg", "image/jpeg")})

    (row,), (path,) = rows(albums), stored(albums)
    assert (row.name, row.content_type, row.size, row.own_bytes) == ("holiday.jpg.pdf", "application/pdf", len(paper), False)
    assert path.read_bytes() == paper
    assert path.name == str(row.id)


REFUSALS = {
    "no file": (lambda lena: lena.post("/album/paper", data={"title": "x"}), 422, "No file came"),
    "an empty file": (lambda lena: hand_in(lena, b""), 422, "No file came"),
    "a field without a file": (lambda lena: lena.post("/album/paper", data={"paper": "just text"}), 422, "No file came"),
    "a paper as a picture": (lambda lena: show(lena, b"%PDF-1.7"), 422, "not a picture"),
    "svg as a picture": (lambda lena: show(lena, b"<svg/>", "a.png"), 422, "not a picture"),
    "a gif": (lambda lena: show(lena, b"GIF89a\1\0\1\0", "a.gif"), 422, "Save the picture as JPEG"),
    "half a picture": (lambda lena: show(lena, picture()[:3000]), 422, "damaged or not complete"),
    "a program": (lambda lena: hand_in(lena, b"\x7fELF" + bytes(100), "essay.pdf"), 422, "a program"),
    "more than the route takes": (lambda lena: show(lena, b"\xff\xd8\xff" + bytes(50_100_000)), 413, "too large"),
    "more than a usual route takes": (lambda lena: lena.post("/album/small", data={"file": (io.BytesIO(bytes(1_100_000)), "x")}), 413, "too large"),
    "a form that is no file but as large": (lambda lena: lena.post("/album/paper", data={"title": "x" * 1_100_000}), 413, "too large"),
    "a text beside it that is too long": (lambda lena: hand_in(lena, b"words", title="x" * 600_000), 413, "too large"),
    "a name of ten million letters": (lambda lena: hand_in(lena, b"words", "x" * 10_000_000), 413, "too large"),
    "letters that cannot be kept": (
        lambda lena: lena.post("/album/paper", **multipart(b'Content-Disposition: form-data; name="title"\r\n\r\n\xff\xfe', PART)),
        400,
        "characters that cannot be read",
    ),
    "too late": (lambda lena: hand_in(lena, b"words", title="too late"), 409, "time for handing in is over"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_says_why_and_keeps_nothing(album, refusal):
    act, status, words = REFUSALS[refusal]

    answer = act(sign_in(album, "lena"))

    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert kept(album) == (0, 0)


def test_what_came_in_and_nobody_kept_is_forgotten(album):
    answer = sign_in(album, "lena").post("/album/small", data={"one": (io.BytesIO(b"words"), "a.txt"), "two": (io.BytesIO(bytes(900_000)), "b")})
    assert (answer.json, kept(album)) == ({"bytes": 900_005}, (0, 0))


def multipart(*parts: bytes, end: bytes = b"--xyz--\r\n") -> dict:
    return {"data": b"".join(b"--xyz\r\n" + part + b"\r\n" for part in parts) + end, "content_type": "multipart/form-data; boundary=xyz"}


PART = b'Content-Disposition: form-data; name="paper"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nwords'
BROKEN = {
    "without an end": multipart(PART, end=b""),
    "cut in a header": multipart(end=b'--xyz\r\nContent-Disposition: form-da'),
    "without a boundary": {"data": b"--xyz\r\n" + PART, "content_type": "multipart/form-data"},
    "another boundary": {"data": b"--abc\r\n" + PART, "content_type": "multipart/form-data; boundary=xyz"},
    "a boundary that is none": {"data": b"--xyz\r\n" + PART, "content_type": "multipart/form-data; boundary=\xe9"},
    "nothing": {"data": b"", "content_type": "multipart/form-data; boundary=xyz"},
    "a hundred thousand parts": multipart(*[b'Content-Disposition: form-data; name="a"\r\n\r\nx'] * 100_000),
    "a hundred thousand files": multipart(*[b'Content-Disposition: form-data; name="a"; filename="a"\r\n\r\nx'] * 100_000),
    "a part without a name": multipart(b"Content-Type: text/plain\r\n\r\nwords"),
    "a part of lines without end": multipart(b"X: " + b"a" * 900_000),
    "odd names": multipart(b'Content-Disposition: form-data; name="pa\0per"; filename="\xff\xfe\0"\r\n\r\nwords'),
    "a name of a path": multipart(b'Content-Disposition: form-data; name="paper"; filename*=UTF-8\'\'..%2f..%2fx%00\r\n\r\n\0'),
}  # fmt: skip


@pytest.mark.parametrize("form", BROKEN)
def test_a_broken_form_is_answered_with_words_and_leaves_nothing(album, form):
    answer = sign_in(album, "lena").post("/album/paper", **BROKEN[form])

    assert answer.status_code in (303, 400, 413, 422), answer.status_code
    assert len(rows(album)) == len(stored(album)) == (answer.status_code == 303)


def test_a_form_whose_line_is_cut_leaves_nothing(album):
    whole = multipart(PART)["data"]
    options = {"content_type": "multipart/form-data; boundary=xyz", "headers": {"Content-Length": str(len(whole) + 100_000)}}

    answer = sign_in(album, "lena").post("/album/paper", input_stream=io.BytesIO(whole[:-10]), **options)

    assert (answer.status_code, kept(album)) == (400, (0, 0))


def test_somebody_who_has_not_signed_in_cannot_fill_the_disk(album):
    vic = album.visitor("athena")
    answer = hand_in(vic, bytes(3_000_000))

    assert answer.status_code == 401
    assert kept(album) == (0, 0)
    assert "Sign in" in hand_in(vic, b"small", title="My essay").text


def test_upload_comes_before_the_first_statement(albums):
    with pytest.raises(WallError, match="first statement"), albums.writing("athena") as session:
        session.scalars(select(Person)).all()
        upload(io.BytesIO(b"words"), "a.txt", Category.CONTENT_PRIVATE)
    with albums.writing("athena") as session:
        session.scalars(select(Person)).all()
        upload(io.BytesIO(b"words"), "a.txt", Category.CONTENT_PRIVATE, while_writing=True)
    assert kept(albums) == (1, 1)


def test_what_is_not_committed_is_not_kept(albums):
    with pytest.raises(RuntimeError), albums.writing("athena") as session:
        upload(io.BytesIO(picture()), "a.jpg", Category.MEDIA_IMAGE, widths=(320,))
        session.flush()
        raise RuntimeError
    with pytest.raises(Refused), albums.writing("athena"):
        upload(io.BytesIO(b"words"), "a.txt", Category.CONTENT_PRIVATE)
        upload(io.BytesIO(b"words"), "a.txt", Category.MEDIA_IMAGE)
    assert kept(albums) == (0, 0)


def test_a_part_that_is_taken_back_does_not_take_the_rest_with_it(albums):
    with albums.writing("athena") as session:
        upload(io.BytesIO(b"first"), "a.txt", Category.CONTENT_PRIVATE)
        session.flush()
        with pytest.raises(RuntimeError), session.begin_nested():
            upload(io.BytesIO(b"second"), "b.txt", Category.CONTENT_PRIVATE, while_writing=True)
            session.flush()
            raise RuntimeError
    assert [row.name for row in rows(albums)] == ["a.txt"]
    assert "first" in [path.read_text() for path in stored(albums)]


def test_bytes_of_a_commit_that_fails_are_left_to_the_sweep_for_nobody_knows_how_it_ended(albums):
    def fails(connection) -> None:
        raise RuntimeError("the line to the database is cut")

    with albums.app.app_context():
        event.listen(engine(), "commit", fails)
        with pytest.raises(RuntimeError, match="cut"), albums.writing("athena"):
            upload(io.BytesIO(b"words"), "a.txt", Category.CONTENT_PRIVATE)
        event.remove(engine(), "commit", fails)
    assert kept(albums) == (0, 1)


def give_space(made, megabytes: str) -> None:
    with made.everywhere() as session:
        session.add(AcademySetting(academy_id=made.academy("athena").id, key="file_space", value=megabytes))


def test_an_academy_keeps_to_its_space_and_its_neighbour_is_not_touched(albums):
    give_space(albums, "2")
    with albums.writing("athena"):
        upload(io.BytesIO(bytes(1_500_000)), "a", Category.CONTENT_PRIVATE)

    answer = hand_in(sign_in(albums, "lena"), bytes(600_000))

    assert answer.status_code == 507
    assert "space for files of this academy is used up" in answer.text
    assert kept(albums) == (1, 1)
    assert hand_in(sign_in(albums, "odin"), bytes(600_000)).status_code == 303


def test_twenty_uploads_at_once_never_pass_the_limit(albums):
    give_space(albums, "1")
    browsers, gate = [sign_in(albums, "lena") for _ in range(20)], threading.Barrier(20, timeout=60)

    def one(browser):
        gate.wait()
        return hand_in(browser, bytes(120_000)).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, browsers))

    assert sorted(answers) == [303] * 8 + [507] * 12
    assert sum(row.size for row in rows(albums)) == sum(path.stat().st_size for path in stored(albums)) == 960_000


def test_the_installation_sets_the_most_that_an_academy_may_have(make_album):
    made = make_album(files_space=1_000_000)
    give_space(made, "100")
    assert hand_in(sign_in(made, "lena"), bytes(1_100_000)).status_code == 507
    assert hand_in(sign_in(made, "lena"), bytes(900_000)).status_code == 303


def test_a_disk_that_is_nearly_full_takes_no_more_files_and_pages_go_on(make_album):
    made = make_album(files_spare=1 << 60)
    lena = sign_in(made, "lena")

    answer = hand_in(lena, b"words")

    assert (answer.status_code, "nearly full" in answer.text) == (507, True)
    assert lena.get("/album/").status_code == 200
    assert kept(made) == (0, 0)


def test_a_disk_that_is_full_in_the_middle_keeps_nothing_half(make_album, small_disk):
    made = make_album(files_url=(small_disk / "files").as_uri())
    lena = sign_in(made, "lena")
    assert hand_in(lena, bytes(2_000_000)).status_code == 303

    answer = hand_in(lena, bytes(2_000_000))

    assert (answer.status_code, "full" in answer.text) == (507, True)
    assert len(rows(made)) == len([path for path in small_disk.rglob("*") if path.is_file()]) == 1
    assert lena.get("/album/").status_code == 200
    assert hand_in(lena, bytes(500_000)).status_code == 303


def test_files_about_nobody_are_about_nobody(albums):
    with albums.writing("athena"):
        upload(io.BytesIO(b"words"), None, Category.CONTENT_PUBLIC, public=True)
    with albums.reading("athena") as session:
        row = session.scalars(select(File)).one()
        assert (row.name, row.about_id, row.public) == ("file", None, True)
    with albums.reading("orion") as session:
        assert session.scalar(select(func.count(File.id))) == 0
