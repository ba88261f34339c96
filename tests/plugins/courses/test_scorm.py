# SPDX-License-Identifier: MIT
"""SCORM packages of strangers: each is read as its manifest means it, or refused with words that say what to do."""

from __future__ import annotations

import io
import zipfile

import pytest
from scorm import FILES, NEW, OLD, manifest, packed
from upart_courses.packages.opened import opened
from upart_courses.packages.scorm import read_scorm
from upart_courses.packages.tree import Unreadable
from upart_courses.views.members import with_scripts


def read(data: bytes):
    with opened(io.BytesIO(data)) as package:
        return read_scorm(package)


PLAIN = {"a.html": "<p>A</p>", "b c.html": "<p>B</p>", "in/c.html": "<p>C</p>"}
CARTRIDGE = "<manifest><metadata><schema>IMS Common Cartridge</schema><schemaversion>1.1.0</schemaversion></metadata></manifest>"
LOOSE = f'<manifest {OLD}><organizations/><resources><resource identifier="R" adlcp:scormType="asset" href="a.html"/></resources></manifest>'
BASED = manifest({"C": "c.html"}).replace("<resources>", '<resources xml:base="in/">')
DEEPER = manifest({"A": "a.html"}).replace("<item ", "<item identifier='X'><title>Part</title><item ", 1).replace("</item>", "</item></item>", 1)

READ = (  # what programs write, and what is opened: title of the package, then pages
    (packed(), "Three knots", ["pages/knots.html"]),
    (packed(folder="export/"), "Three knots", ["export/pages/knots.html"]),
    (packed(PLAIN, listed=manifest({"A": "a.html?x=1#top", "B": "b%20c.html", "C": "IN\\C.html"})), "Three knots", ["a.html", "b c.html", "in/c.html"]),
    (packed(PLAIN, listed=manifest({"A": "a.html"}, version="", spaces='xmlns:adlcp="urn:x"')), "Three knots", ["a.html"]),
    (
        packed(PLAIN, listed=manifest({"A": "a.html"}, version="1.2", spaces=OLD.replace("imsproject.org/xsd", "example.org/authoring"))),
        "Three knots",
        ["a.html"],
    ),
    (packed(PLAIN, listed=LOOSE), "a.html", ["a.html"]),
    (packed(PLAIN, listed=BASED), "Three knots", ["in/c.html"]),
    (packed(PLAIN, listed=DEEPER), "Three knots", ["a.html"]),
)


@pytest.mark.parametrize(("data", "title", "pages"), READ, ids=[str(n) for n in range(len(READ))])
def test_what_the_manifest_names_is_opened(data, title, pages):
    found = read(data)
    assert (found.title, [item.path for item in found.items]) == (title, pages)


def test_an_item_gets_what_the_manifest_hands_to_it():
    more = "<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>lang=en</adlcp:datafromlms>"
    item = read(packed(PLAIN, listed=manifest({"A": "a.html?x=1"}, more=more).replace("<item ", '<item parameters="?y=2" '))).items[0]
    assert (item.mastery, item.launch, item.query, item.reports) == ("80", "lang=en", "x=1&y=2", True)
    assert read(packed(PLAIN, listed=LOOSE)).items[0].reports is False


def _raw(*members: tuple[str, bytes, int], listed: str | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", listed or manifest())
        archive.writestr("pages/knots.html", FILES["pages/knots.html"])
        for name, content, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


ENTITIES = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><manifest>&b;</manifest>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest>&x;</manifest>'
REFUSED = (  # what is sent, and a word of why not
    (b"no zip at all", "no ZIP"),
    (packed()[:-30], "no ZIP"),
    (_raw(("../outside.html", b"x", 0o100644)), "points out"),
    (_raw(("/etc/cron.d/x", b"x", 0o100644)), "points out"),
    (_raw(("C:\\evil.html", b"x", 0o100644)), "points out"),
    (_raw(("a\\..\\..\\evil.html", b"x", 0o100644)), "points out"),
    (_raw(("link.html", b"/etc/passwd", 0o120777)), "link"),
    (_raw(("bomb.bin", bytes(5_000_000), 0o100644)), "trap"),
    (_raw(("PAGES/knots.html", b"x", 0o100644)), "one name"),
    (packed({}, listed=manifest({f"{n}": f"{n}.html" for n in range(3)})), "not in the package"),
    (packed({f"{n}.html": "x" for n in range(101)}, listed=manifest({f"{n}": f"{n}.html" for n in range(101)})), "more than 100"),
    (packed(listed="<manifest"), "XML"),
    (packed(listed="<manifest/>"), "nothing that could be opened"),
    (packed(listed=ENTITIES), "document type"),
    (packed(listed=OUTSIDE), "document type"),
    (packed(listed=CARTRIDGE), "Common Cartridge"),
    (packed(listed=manifest(version="2004 3rd Edition")), "2004"),
    (packed(listed=manifest(version="CAM 1.3")), "2004"),
    (packed(listed=manifest(version="", spaces=NEW)), "2004"),
    (packed(PLAIN, listed=manifest({"A": "https://elsewhere.example/a.html"})), "another website"),
    (packed(PLAIN, listed=manifest({"A": "../../../etc/passwd"})), "not in the package"),
    (packed({"a.swf": "x"}, listed=manifest({"A": "a.swf"})), "Flash"),
)


@pytest.mark.parametrize(("data", "why"), REFUSED, ids=[f"{n}-{why}" for n, (_data, why) in enumerate(REFUSED)])
def test_others_are_refused_with_words(data, why):
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert why in refused.value.message
    assert refused.value.remedy


def test_a_zip_without_a_manifest_is_told_what_it_is():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("tincan.xml", "<tincan/>")
    with pytest.raises(Unreadable, match="xAPI"):
        read(made.getvalue())


@pytest.mark.parametrize(
    ("page", "before"),
    [
        (b"<!doctype html><html><head><title>x</title></head>", b"<!doctype html><html><head>"),
        (b'<HTML lang="en"><BODY>x', b'<HTML lang="en">'),
        (b"<!DOCTYPE html>\n<p>x", b"<!DOCTYPE html>"),
        (b"<header>x</header>", b""),
        (b"\xef\xbb\xbf<p>x", b"\xef\xbb\xbf"),
        ("<head>é".encode("utf-16"), b"\xef\xbb\xbf<head>"),
    ],
)
def test_our_scripts_stand_before_all_others_and_hold_whatever_was_kept(page, before):
    made = with_scripts(page, "https://a.example/p/", {"kept": "\"><script>alert(1)</script>&é'"})
    assert made.startswith(before + b'<script src="https://a.example/p/.upart/scorm12.min.js"></script><script src=')
    assert (made.count(b"<script"), b"alert(1)</script>" in made) == (2, False)
