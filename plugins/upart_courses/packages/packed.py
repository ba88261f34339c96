# SPDX-License-Identifier: MIT
"""A course as a Common Cartridge 1.3 (1EdTech): pages, files and links with their manifest, written as one stream."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO, cast

from upart_courses.packages.asked import TYPES, PackedTask, clean, quoted, written_task
from upart_courses.packages.manifest import MANIFEST

PIECE = 256 * 1024
SPACE = "http://www.imsglobal.org/xsd/imsccv1p3"
LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM"
SCHEMAS = "http://www.imsglobal.org/profile/cc/ccv1p3"
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="%s" xmlns="{SPACE}/imscp_v1p1" xmlns:lom="{LOM}/resource" xmlns:lomimscc="{LOM}/manifest" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{SPACE}/imscp_v1p1 {SCHEMAS}/ccv1p3_imscp_v1p2_v1p0.xsd \
{LOM}/resource {SCHEMAS}/LOM/ccv1p3_lomresource_v1p0.xsd {LOM}/manifest {SCHEMAS}/LOM/ccv1p3_lommanifest_v1p0.xsd">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>
"""
PAGE = """<!DOCTYPE html>
<html lang="%s">
<head><meta charset="utf-8"><title>%s</title>%s</head>
<body>
<h1>%s</h1>
%s
</body>
</html>
"""
LINK = f"""<?xml version="1.0" encoding="UTF-8"?>
<webLink xmlns="{SPACE}/imswl_v1p3"><title>%s</title><url href="%s" target="_blank"/></webLink>
"""


@dataclass(slots=True)
class PackedLesson:
    """A lesson of a cartridge: its page, what it says about itself, the files that it shows (by their paths) and links to the web (address to title).

    Its tasks stand in the page, and behind it each by itself, as other systems know them.
    """

    title: str
    path: str
    html: str
    meta: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    tasks: list[PackedTask] = field(default_factory=list)


@dataclass(slots=True)
class PackedCourse:
    """A course on its way out. `files`: where each file stands in the cartridge, and how it is opened."""

    id: str
    title: str
    description: str
    subject: str
    language: str
    sections: list[tuple[str, list[PackedLesson]]] = field(default_factory=list)
    files: dict[str, Callable[[], BinaryIO]] = field(default_factory=dict)

    @property
    def lessons(self) -> list[PackedLesson]:
        """All lessons in order."""
        return [lesson for _title, inside in self.sections for lesson in inside]

    @property
    def links(self) -> dict[str, str]:
        """All links to the web, each once."""
        return {url: title for lesson in self.lessons for url, title in lesson.links.items()}


def manifest(course: PackedCourse) -> str:
    """The manifest (Common Cartridge 1.3, 4)."""
    files = {path: f"F_{n}" for n, path in enumerate(course.files, start=1)}
    links = {url: f"L_{n}" for n, url in enumerate(course.links, start=1)}
    return "".join(
        [HEAD % f"C_{course.id}", _about(course), *_items(course), "<resources>\n", *_resources(course, files, links), "</resources>\n</manifest>\n"]
    )


def _about(course: PackedCourse) -> str:
    said = (("title", course.title), ("description", course.description), ("keyword", course.subject))
    words = {
        name: f"<lomimscc:{name}><lomimscc:string language={quoted(course.language)}>{clean(text)}</lomimscc:string></lomimscc:{name}>"
        for name, text in said
        if text
    }
    language = f"<lomimscc:language>{clean(course.language)}</lomimscc:language>"
    inside = "".join([words.get("title", ""), language, words.get("description", ""), words.get("keyword", "")])
    return f"<lomimscc:lom><lomimscc:general>{inside}</lomimscc:general></lomimscc:lom></metadata>\n"


def _items(course: PackedCourse) -> Iterator[str]:
    """Sections and lessons, below a root that has no name (4.2)."""
    yield '<organizations><organization identifier="O_1" structure="rooted-hierarchy"><item identifier="I_0">\n'
    number = 0
    for at, (title, inside) in enumerate(course.sections, start=1):
        yield f'<item identifier="S_{at}"><title>{clean(title)}</title>\n'
        for lesson in inside:
            number += 1
            yield f'<item identifier="I_{number}" identifierref="P_{number}"><title>{clean(lesson.title)}</title></item>\n'
            for place, task in enumerate(lesson.tasks, start=1):
                yield f'<item identifier="I_{number}_{place}" identifierref="T_{number}_{place}"><title>{clean(task.title)}</title></item>\n'
        yield "</item>\n"
    yield "</item></organization></organizations>\n"


def _resources(course: PackedCourse, files: dict[str, str], links: dict[str, str]) -> Iterator[str]:
    for number, lesson in enumerate(course.lessons, start=1):
        needs = [files[path] for path in dict.fromkeys(lesson.files)] + [links[url] for url in lesson.links]
        below = "".join(f'<dependency identifierref="{need}"/>' for need in needs)
        yield f'<resource identifier="P_{number}" type="webcontent" href={quoted(lesson.path)}><file href={quoted(lesson.path)}/>{below}</resource>\n'
        for place, task in enumerate(lesson.tasks, start=1):
            yield f'<resource identifier="T_{number}_{place}" type="{TYPES[task.kind]}"><file href={quoted(task.path)}/></resource>\n'
    for path, id in files.items():
        yield f'<resource identifier="{id}" type="webcontent" href={quoted(path)}><file href={quoted(path)}/></resource>\n'
    for number, id in enumerate(links.values(), start=1):
        yield f'<resource identifier="{id}" type="imswl_xmlv1p3"><file href="links/{number}.xml"/></resource>\n'


def page(lesson: PackedLesson, language: str) -> str:
    """The page of a lesson; what only portals like this one know of it stands in its head."""
    meta = "".join(f"<meta name={quoted(f'upart.{name}')} content={quoted(value)}>" for name, value in lesson.meta.items())
    return PAGE % (clean(language), clean(lesson.title), meta, clean(lesson.title), lesson.html)


class _Sink:
    """Takes what is written until somebody fetches it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    def taken(self) -> bytes:
        """What was written since."""
        made = b"".join(self.pieces)
        self.pieces.clear()
        return made


def stream(course: PackedCourse, at: datetime) -> Iterator[bytes]:
    """The bytes of the cartridge, a piece at a time; files are opened one after the other, and stored as they are."""
    sink, day = _Sink(), at.timetuple()[:6]
    texts: Sequence[tuple[str, str]] = [
        (MANIFEST, manifest(course)),
        *((lesson.path, page(lesson, course.language)) for lesson in course.lessons),
        *((task.path, written_task(task)) for lesson in course.lessons for task in lesson.tasks),
        *((f"links/{n}.xml", LINK % (clean(title), quoted(url)[1:-1])) for n, (url, title) in enumerate(course.links.items(), start=1)),
    ]
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as packed:
        for path, text in texts:
            packed.writestr(_info(path, day, zipfile.ZIP_DEFLATED), text.encode())
            yield sink.taken()
        for path, open_it in course.files.items():
            with open_it() as source, packed.open(_info(path, day, zipfile.ZIP_STORED), "w", force_zip64=True) as out:
                while piece := source.read(PIECE):
                    out.write(piece)
                    yield sink.taken()
    yield sink.taken()


def _info(path: str, day: Any, how: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, max(day, (1980, 1, 1, 0, 0, 0)))
    info.compress_type, info.external_attr = how, 0o644 << 16
    return info
