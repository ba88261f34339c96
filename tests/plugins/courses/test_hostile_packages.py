# SPDX-License-Identifier: MIT
"""A package of a stranger that cannot come in is refused in words: what is wrong with it, and what to do."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest
from cartridges import ITEMS, PAGE, manifest, parts, zipped
from upart_courses.actions.writing import addresses
from upart_courses.packages import opened, reading
from upart_courses.packages.finishing import About
from upart_courses.packages.tree import Unreadable

ABOUT = About(addresses, lambda url: "youtube.com" in url, "en")
DOCTYPE = '<!DOCTYPE manifest [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE m [" + '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 30)) + "]>"


def named(name: str, mode: int = 0, **of: int) -> bytes:
    """A cartridge with one more part of that name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in parts().items():
            packed.writestr(path, data)
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = mode << 16, of.get("packed", zipfile.ZIP_DEFLATED)
        packed.writestr(info, b"x")
    return made.getvalue()


def with_part(name: str, data: bytes | str) -> bytes:
    """A cartridge with one part replaced, or one more."""
    return zipped({**parts(), name: data})


def with_manifest(text: str) -> bytes:
    """A cartridge with another manifest."""
    return with_part("imsmanifest.xml", text)


def flagged(data: bytes, flag: int) -> bytes:
    """A ZIP whose parts all have a flag, in both places where it stands (APPNOTE 4.3.7, 4.3.12)."""
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            bits = struct.unpack_from("<H", data, start + at)[0] | flag
            data = data[: start + at] + struct.pack("<H", bits) + data[start + at + 2 :]
            start += 4
    return data


def announced(data: bytes, name: bytes, size: int) -> bytes:
    """A ZIP in which one part announces another size than it has."""
    at = data.rfind(name) - 46
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


def twice() -> bytes:
    """A ZIP with one name twice, and the second differs in capitals alone."""
    return zipped({**parts(), "a.pdf": b"1", "A.PDF": b"2"})


def overlapping() -> bytes:
    """A ZIP whose list names the same bytes a thousand times."""
    data = zipped({"a.md": b"# A\n\n" + bytes(range(32, 127)) * 40})
    end = data.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, end + 16)[0]
    entry = data[start:end]
    many = b"".join(entry.replace(b"a.md", f"{n:04}".encode()) for n in range(1000))
    return data[:start] + many + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1000, 1000, len(many), start, 0)


def many() -> bytes:
    """A ZIP of more parts than there may be."""
    return zipped({f"{n}.md": b"" for n in range(opened.MEMBERS + 1)})


def zip64() -> bytes:
    """A ZIP whose end points to another end, which could say anything."""
    data = zipped(parts())
    end = data.rfind(b"PK\x05\x06")
    return data[:end] + b"PK\x06\x07" + bytes(16) + data[end:]


DEEP = "".join(f'<item identifier="d{n}">' for n in range(60)) + "</item>" * 60
CASES = {  # what somebody sends, and words of the answer
    "nothing": (lambda: b"", "no ZIP"),
    "a text": (lambda: b"Hello, I am a course.", "no ZIP"),
    "half of a ZIP": (lambda: zipped(parts())[:-200], "no ZIP"),
    "a ZIP of noise": (lambda: b"PK\x03\x04" + bytes(500), "no ZIP"),
    "a part that climbs out": (lambda: named("../../etc/cron.d/x"), "points out of the package"),
    "a part that climbs out behind a folder": (lambda: named("web/../../x"), "points out of the package"),
    "an absolute part": (lambda: named("/etc/passwd"), "points out of the package"),
    "a part of a drive": (lambda: named("C:\\Windows\\x.dll"), "points out of the package"),
    "a part that climbs out with backslashes": (lambda: named("..\\..\\x"), "points out of the package"),
    "a link to a file of the server": (lambda: named("link", 0o120777), "not a file"),
    "a device": (lambda: named("device", 0o020666), "not a file"),
    "an endless name": (lambda: named("n" * 500), "name that cannot be used"),
    "a name of control characters": (lambda: named("a\x1b[2Jb"), "name that cannot be used"),
    "a tower of folders": (lambda: named("d/" * 40 + "x"), "name that cannot be used"),
    "a locked part": (lambda: flagged(zipped(parts()), 1), "needs a password"),
    "a part packed in another way": (lambda: named("x", packed=zipfile.ZIP_BZIP2), "packed in a way"),
    "zeros without end": (lambda: with_part("big.bin", bytes(3_000_000)), "times larger"),
    "a part that says it is small": (lambda: announced(zipped(parts()), b"wiki_content/why-rye.html", 20), "damaged"),
    "more than may be": (lambda: announced(zipped(parts()), b"quiz.xml", 4_100_000_000), "larger than"),
    "two parts of one name": (twice, "one name"),
    "bytes that are named a thousand times": (overlapping, "lie over each other"),
    "too many parts": (many, "more than"),
    "an end that points elsewhere": (zip64, "more than"),
    "entities from the server": (lambda: with_manifest(DOCTYPE + manifest().partition("?>")[2]), "document type"),
    "a billion laughs": (lambda: with_manifest(LAUGHS + manifest().partition("?>")[2]), "document type"),
    "entities in another part": (lambda: with_part("topic.xml", DOCTYPE + "<topic><title>&x;</title></topic>"), "document type"),
    "a manifest that is no XML": (lambda: with_manifest("<manifest"), "cannot be read as XML"),
    "a manifest of an unknown encoding": (lambda: with_manifest('<?xml version="1.0" encoding="x-none"?><manifest/>'), "cannot be read as XML"),
    "a manifest nested without end": (lambda: with_manifest(manifest(items=DEEP)), "nested too deeply"),
    "a manifest that names nothing": (lambda: with_manifest(manifest(items="", resources="")), "no page"),
    "a manifest as long as a film": (lambda: with_manifest(manifest() + "<!--" + "".join(f"{n:x}" for n in range(1_200_000)) + "-->"), "a text of"),
    "a package of something else": (lambda: zipped({"song.mp3": b"ID3" + bytes(200)}), "neither a Common Cartridge"),
    "a folder with front matter that cannot be read": (lambda: zipped({"a/01.md": "+++\ntitle = \n+++\nWords."}), "cannot be read"),
    "a folder without a lesson": (lambda: zipped({"README.md": "# A course"}), "no lesson"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_what_is_wrong_and_what_to_do(case):
    make, words = CASES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns whoever packs a name twice
        data = make()
    with pytest.raises(Unreadable) as refused:
        reading.read(io.BytesIO(data), ABOUT)
    assert words in refused.value.message
    assert refused.value.remedy


def test_a_page_that_would_run_something_comes_in_without_it():
    bad = PAGE.replace(
        "</body>", '<p onclick="x()">Safe <a href="javascript:alert(1)">words</a><a href="file:///etc/passwd">!</a></p><object data="x"></object></body>'
    )
    tree = reading.read(io.BytesIO(with_part("wiki_content/why-rye.html", bad)), ABOUT)
    text = "\n".join(piece.values.get("text", "") for piece in tree.pages[0].pieces)
    assert "Safe words!" in text
    assert not any(word in text for word in ("javascript", "onclick", "alert", "passwd"))
    assert {"Left out: a program (script).", "Left out: an embedded object."} <= {note.what for note in tree.notes}


def test_names_come_out_as_they_were_meant():
    plain = zipped({"kurs/01-größe.md": "# Größe\n\n![Bild](öl.pdf)", "kurs/öl.pdf": b"%PDF-1.7", "__MACOSX/kurs/._01.md": b"\0", "kurs/.DS_Store": b"\0"})
    silent = plain.replace("ö".encode(), "ö".encode())
    for data in (plain, _unflagged(silent)):
        tree = reading.read(io.BytesIO(data), ABOUT)
        assert [page.title for page in tree.pages] == ["Größe"]
        assert tree.files == ["kurs/öl.pdf"]


def _unflagged(data: bytes) -> bytes:
    """The same as a program writes it that does not say that its names are UTF-8."""
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            data = data[: start + at] + struct.pack("<H", struct.unpack_from("<H", data, start + at)[0] & ~0x800) + data[start + at + 2 :]
            start += 4
    return data


def test_a_section_in_a_section_and_a_page_that_is_missing_are_told():
    lost = ITEMS + '<item identifier="I9" identifierref="NONE"><title>Lost</title></item>'
    tree = reading.read(io.BytesIO(with_manifest(manifest(items=lost))), ABOUT)
    told = {(note.where, note.lost) for note in tree.notes}
    assert {("Inner", False), ("Lost", True), ("A quiz", True), ("A tool", True), ("web_resources/unused.pdf", True)} <= told
