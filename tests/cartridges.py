# SPDX-License-Identifier: MIT
"""Packages of courses as other systems make them, and as nobody should."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.dom import minidom

from people import work
from upart_courses.packages.asked import TYPES

BASE = "http://www.imsglobal.org/xsd/imsccv1p3"
PDF, MP4, VTT = b"%PDF-1.7\n", b"\0\0\0\x20ftypisom\0\0\2\0" + bytes(200), b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n"
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M1" xmlns="http://www.imsglobal.org/xsd/imsccv1p{n}/imscp_v1p1" xmlns:m="http://ltsc.ieee.org/xsd/imsccv1p{n}/LOM/manifest">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.{n}.0</schemaversion>
<m:lom><m:general><m:title><m:string language="en">Rye at home</m:string></m:title><m:description><m:string>All about rye. Bring flour.</m:string></m:description>
</m:general></m:lom></metadata>
<organizations><organization identifier="O1" structure="rooted-hierarchy"><item identifier="ROOT">{items}</item></organization></organizations>
<resources>{resources}</resources></manifest>"""
ITEMS = """<item identifier="S1"><title>Flour</title>
<item identifier="I1" identifierref="R1"><title>Why rye is different</title></item>
<item identifier="I2" identifierref="R2"><title>A page to print</title></item>
<item identifier="S2"><title>Inner</title><item identifier="I3" identifierref="R3"><title>A film elsewhere</title></item></item></item>
<item identifier="S3"><title>Water</title>
<item identifier="I4" identifierref="R4"><title>What is your flour?</title></item>
<item identifier="I5" identifierref="R5"><title>A quiz</title></item>
<item identifier="I6" identifierref="R6"><title>A tool</title></item></item>"""
RESOURCES = """<resource identifier="R1" type="webcontent" href="wiki_content/why-rye.html"><file href="wiki_content/why-rye.html"/></resource>
<resource identifier="R2" type="webcontent" href="web_resources/page.pdf"><file href="web_resources/page.pdf"/></resource>
<resource identifier="R3" type="imswl_xmlv1p{n}"><file href="link.xml"/></resource>
<resource identifier="R4" type="imsdt_xmlv1p{n}"><file href="topic.xml"/></resource>
<resource identifier="R5" type="imsqti_xmlv1p2/imscc_xmlv1p{n}/assessment"><file href="quiz.xml"/></resource>
<resource identifier="R6" type="imsbasiclti_xmlv1p0"><file href="tool.xml"/></resource>
<resource identifier="R7" type="webcontent" href="wiki_content/more.html"><file href="wiki_content/more.html"/></resource>
<resource identifier="R8" type="webcontent" href="web_resources/unused.pdf"><file href="web_resources/unused.pdf"/></resource>"""
PAGE = """<html><head><title>Why rye</title><meta name="identifier" content="g1"/></head><body><h1>Why rye is different</h1>
<p>Rye has <em>little</em> gluten, see <a href="$WIKI_REFERENCE$/pages/more">more</a>.</p><script>alert(1)</script>
<p><img src="$IMS-CC-FILEBASE$/loaf.png?canvas_download=1" alt="A loaf of rye"/></p>
<ul><li>Flour</li><li>Water<ul><li>warm</li></ul></li></ul><iframe src="https://www.youtube.com/embed/abcdefghijk" title="A film"></iframe></body></html>"""
TOPIC = """<topic xmlns="http://www.imsglobal.org/xsd/imsccv1p{n}/imsdt_v1p{n}"><title>x</title><text texttype="text/html">&lt;p&gt;Tell us.&lt;/p&gt;</text></topic>"""
LINK = """<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p{n}/imswl_v1p{n}"><title>x</title><url href="https://www.youtube.com/watch?v=abcdefghijk"/></webLink>"""


def picture() -> bytes:
    """A picture that can be drawn."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#b07a3a").save(made, "PNG")
    return made.getvalue()


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """A ZIP of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return made.getvalue()


def manifest(items: str = ITEMS, resources: str = RESOURCES, n: int = 1) -> str:
    """The manifest of Common Cartridge 1.n."""
    return MANIFEST.format(n=n, items=items, resources=resources.format(n=n) if "{n}" in resources else resources)


def parts(n: int = 1) -> dict[str, bytes | str]:
    """What lies in a cartridge of version 1.n, as Canvas makes it."""
    return {
        "imsmanifest.xml": manifest(n=n), "wiki_content/why-rye.html": PAGE, "wiki_content/more.html": "<html><head><title>More</title></head><p>Words.</p></html>",
        "web_resources/page.pdf": PDF, "web_resources/unused.pdf": PDF, "web_resources/loaf.png": picture(), "link.xml": LINK.format(n=n),
        "topic.xml": TOPIC.format(n=n), "quiz.xml": "<questestinterop/>", "tool.xml": "<cartridge_basiclti_link/>",
    }  # fmt: skip


def cartridge(n: int = 1) -> bytes:
    """A cartridge."""
    return zipped(parts(n))


def folder(film: bytes = MP4) -> bytes:
    """A folder of Markdown with a picture, a film and its captions, and a paper."""
    return zipped(
        {
            "rye/README.md": "---\ntitle: Rye by hand\nsummary: Bread without gluten nets.\nlanguage: en\nsubject: Baking\naliases: [/old/rye]\n---\nAll about rye.\n",
            "rye/02-water/1 how-much.md": "+++\ntitle = \"How much water\"\nkind = \"exercise\"\nminutes = 7\n+++\nWeigh it. Then [go back](../01-flour/01-why-rye.md).\n",
            "rye/01-flour/01-why-rye.md": "---\npreview: true\nold_address: /blog/why-rye.html\n---\n# Why rye\n\nIt is ![A loaf](loaf.png \"Rye\") dense. See [the paper](paper.pdf).\n",
            "rye/01-flour/10-later.md": "# Later\n\nWords.\n",
            "rye/01-flour/2-a-film.md": "# A film\n\n![Kneading](film.mp4)\n\nWords after it.\n",
            "rye/01-flour/loaf.png": picture(), "rye/01-flour/paper.pdf": PDF, "rye/01-flour/film.mp4": film, "rye/01-flour/film.vtt": VTT,
        }
    )  # fmt: skip


def send_package(browser, data: bytes, name: str = "rye.imscc"):
    """Send a package; the answer."""
    return browser.post("/manage/courses/import", data={"package": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def brought(portal, browser, data: bytes, place: str = "") -> str:
    """Send one and let it come in; returns the address of its page."""
    page = send_package(browser, data).headers["Location"]
    assert browser.post(f"{page}/start", data={"place": place}).status_code == 303
    work(portal)
    return page


def strictly_read(data: bytes) -> dict[str, list[str]]:
    """A second reader, by another parser, as strict as the standard: each reference leads somewhere, each part is listed. Sections with their lessons."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        names = set(packed.namelist())
        root = minidom.parseString(packed.read("imsmanifest.xml")).documentElement
        for name in names:
            if name.endswith(".xml"):
                minidom.parseString(packed.read(name))
    assert (root.namespaceURI, root.localName) == (f"{BASE}/imscp_v1p1", "manifest")
    assert [node.localName for node in root.childNodes if node.nodeType == node.ELEMENT_NODE] == ["metadata", "organizations", "resources"]
    assert root.getElementsByTagName("schemaversion")[0].firstChild.data == "1.3.0"
    ids = [
        node.getAttribute("identifier")
        for name in ("manifest", "organization", "item", "resource")
        for node in [root, *root.getElementsByTagName(name)]
        if node.localName == name
    ]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", id) for id in ids)  # xs:ID
    resources = {node.getAttribute("identifier"): node for node in root.getElementsByTagName("resource")}
    listed = {node.getAttribute("href") for node in root.getElementsByTagName("file")}
    assert listed | {"imsmanifest.xml"} == names
    for one in resources.values():
        assert one.getAttribute("type") in ("webcontent", "imswl_xmlv1p3", *TYPES.values())
        kinds = [node.localName for node in one.childNodes if node.nodeType == node.ELEMENT_NODE]
        assert kinds == sorted(kinds, key=("file", "dependency").index)
        assert all(need.getAttribute("identifierref") in resources for need in one.getElementsByTagName("dependency"))
        assert one.getAttribute("type") != "webcontent" or one.getAttribute("href") in listed
    (organization,) = root.getElementsByTagName("organization")
    assert organization.getAttribute("structure") == "rooted-hierarchy"
    (top,) = [node for node in organization.childNodes if node.nodeType == node.ELEMENT_NODE]
    assert all(node.getAttribute("identifierref") in resources for node in root.getElementsByTagName("item") if node.hasAttribute("identifierref"))
    return {
        _title(section): [_title(item) for item in section.getElementsByTagName("item")]
        for section in top.childNodes
        if section.nodeType == section.ELEMENT_NODE
    }


def _title(node) -> str:
    return node.getElementsByTagName("title")[0].firstChild.data
