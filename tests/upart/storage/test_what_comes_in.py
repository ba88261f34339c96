# SPDX-License-Identifier: MIT
"""What may be stored is found by content; names are for people and never deceive."""

from __future__ import annotations

import io
import zipfile

import pytest

from upart.privacy.taxonomy import Category
from upart.storage.incoming import Incoming
from upart.storage.kinds import HEAD, Group, Refused, by_type, kind_of
from upart.storage.names import LONGEST, clean
from upart.storage.places import Folder


def archive(**members: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/"), data)
    return into.getvalue()


HEADS = {
    b"\xff\xd8\xff\xe0\0\x10JFIF": "image/jpeg",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR": "image/png",
    b"RIFF\x24\0\0\0WEBPVP8 ": "image/webp",
    b"\0\0\0\x20ftypisom\0\0\2\0": "video/mp4",
    b"\0\0\0\x1cftypM4A \0\0\0\0": "audio/mp4",
    b"\0\0\0\x14ftypqt  \0\0\0\0": "video/quicktime",
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm": "video/webm",
    b"ID3\4\0\0": "audio/mpeg",
    b"\xff\xfb\x90\x64": "audio/mpeg",
    b"OggS\0\2": "audio/ogg",
    b"fLaC\0": "audio/flac",
    b"RIFF\x24\0\0\0WAVEfmt ": "audio/wav",
    b"%PDF-1.7\n": "application/pdf",
    archive(word__document=b"x"): "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    archive(xl__workbook=b"x"): "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    archive(mimetype=b"application/vnd.oasis.opendocument.text"): "application/vnd.oasis.opendocument.text",
    archive(mimetype=b"application/epub+zip"): "application/epub+zip",
    archive(holiday=b"x"): "application/zip",
    b"\x1f\x8b\x08\0": "application/gzip",
    "Grüße, Λένα 🎓\n".encode(): "text/plain; charset=utf-8",
    "Grüße".encode("utf-16"): "text/plain; charset=utf-8",
    b"<!doctype html><script>alert(1)</script>": "text/plain; charset=utf-8",
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>': "text/plain; charset=utf-8",
    b"name,grade\n=cmd|' /C calc'!A0,1": "text/plain; charset=utf-8",
    b"GRAD \xff\xfe\0\x01": "application/octet-stream",
    b"\0": "application/octet-stream",
}


@pytest.mark.parametrize("head", HEADS, ids=lambda head: HEADS[head] + str(len(head)))
def test_a_kind_is_found_by_content(head):
    assert kind_of(head[:HEAD], Category.CONTENT_PRIVATE).content_type == HEADS[head]


def test_a_letter_that_is_cut_where_the_head_ends_is_still_text():
    assert kind_of(("a" + "é" * HEAD).encode()[:HEAD], Category.CONTENT_PRIVATE).group is Group.TEXT
    assert kind_of(b"MZ are the first letters of this text", Category.CONTENT_PRIVATE).group is Group.TEXT
    assert kind_of("é".encode()[:1], Category.CONTENT_PRIVATE).group is Group.OTHER


REFUSED = {
    b"GIF89a\1\0\1\0": "GIF", b"\0\0\0\x18ftypheic": "HEIC", b"\0\0\0\x1cftypavif": "AVIF", b"II*\0\x08": "TIFF", b"8BPS\0\1": "Photoshop",
    b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0": "BMP", b"%!PS-Adobe": "PostScript", b"MZ\x90\0": "program", b"\x7fELF\2": "program",
    b"\xca\xfe\xba\xbe\0\0\0\x34": "program",
}  # fmt: skip


@pytest.mark.parametrize("head", REFUSED, ids=REFUSED.get)
def test_what_is_refused_gets_a_reason_and_a_way_out(head):
    with pytest.raises(Refused, match=REFUSED[head]) as refused:
        kind_of(head, Category.CONTENT_PRIVATE)
    assert refused.value.status == 422
    assert refused.value.remedy


def test_a_category_or_the_caller_says_which_groups_may_come():
    with pytest.raises(Refused, match="not a picture"):
        kind_of(b"%PDF-1.4", Category.MEDIA_IMAGE)
    with pytest.raises(Refused, match="not a sound .* or a video"):
        kind_of(b"\xff\xd8\xff\xe0", Category.MEDIA_RECORDING)
    with pytest.raises(Refused, match="not a document"):
        kind_of(b"just words", Category.EDU_RESULT, only=(Group.DOCUMENT,))
    assert kind_of(b"%PDF-1.4", Category.EDU_RESULT, only=(Group.DOCUMENT,)).group is Group.DOCUMENT


def test_no_kind_that_a_browser_could_run_is_shown_by_it():
    plays = {content_type for content_type in HEADS.values() if by_type(content_type).plays}
    assert plays == {"video/mp4", "video/webm", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/flac", "audio/wav"}


PDF, JPEG, TEXT = (kind_of(head, Category.CONTENT_PRIVATE) for head in (b"%PDF-1.4", b"\xff\xd8\xff", b"words"))

NAMES = (  # as sent, kind, as kept
    ("essay.pdf", PDF, "essay.pdf"), ("ESSAY.PDF", PDF, "ESSAY.PDF"), ("../../etc/passwd", PDF, "passwd.pdf"), ("..\\..\\win.ini", PDF, "win.ini.pdf"),
    ("C:\\Users\\Lena\\essay.pdf", PDF, "essay.pdf"), ("a\0b.pdf", PDF, "ab.pdf"), ("\u202efdp.exe", PDF, "fdp.exe.pdf"), ("gpj.\u202etxt", TEXT, "gpj.txt"),
    ("con", TEXT, "_con"), ("NUL.txt", TEXT, "_NUL.txt"), ("", TEXT, "file"), (None, PDF, "file.pdf"), (".", TEXT, "file"), ("..", TEXT, "file"),
    (".htaccess", TEXT, "htaccess"), ("a" * 300 + ".pdf", PDF, "a" * (LONGEST - 4) + ".pdf"), ("\r\nSet-Cookie: a=b", TEXT, "Set-Cookie_ a=b"),
    ("invoice.pdf.exe", PDF, "invoice.pdf.exe.pdf"), ("Zeugnis für Lena.pdf", PDF, "Zeugnis für Lena.pdf"), ("  spaced \u2003 out .txt ", TEXT, "spaced out.txt"),
    ('a"b<c>|?*:.txt', TEXT, "a_b_c_____.txt"), ("e\u0301te\u0301.txt", TEXT, "été.txt"), ("\ud800.txt", TEXT, "txt"), ("🎓.txt", TEXT, "🎓.txt"),
    ("photo.exe", JPEG, "photo.exe.jpg"), ("photo.jpeg", JPEG, "photo.jpeg"), ("a.b" + "c" * 40, TEXT, "a.b" + "c" * 40),
)  # fmt: skip


@pytest.mark.parametrize(("sent", "kind", "kept"), NAMES, ids=[ascii(name)[:30] for name, *_ in NAMES])
def test_a_name_keeps_what_people_read_and_nothing_else(sent, kind, kept):
    assert clean(sent, kind) == kept


def test_a_picture_that_was_drawn_anew_gets_the_end_of_what_it_is_now():
    assert clean("IMG_0001.HEIC", JPEG, suffix=".jpg") == "IMG_0001.jpg"
    assert len(clean("x" * 10_000_000, JPEG, suffix=".jpg")) == LONGEST


def test_who_writes_to_a_file_that_was_given_up_makes_no_new_one(tmp_path):
    place = Folder(tmp_path / "files", spare=0, space=0)
    with Incoming(place) as incoming:
        incoming.write(b"half of it")
    with pytest.raises(ValueError, match="closed"):
        incoming.write(b"the other half")
    assert list(place.incoming.iterdir()) == []
