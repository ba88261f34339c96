# SPDX-License-Identifier: MIT
"""A course as it goes out: the version that people read, or the one that is being written, as pages with their files."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from typing import Any
from uuid import UUID

from upart.plugin import File, Media, address_of, markdown, media, open_file, pictures, session
from upart_courses.actions.coming import to_come
from upart_courses.actions.drafting import on_drafts, typed
from upart_courses.actions.tasked import NOTHING_SAID, Task, tasks_of
from upart_courses.actions.writing import Outline, outline_of
from upart_courses.blocks import item_in, items_of, known, words_of
from upart_courses.kinds import Block
from upart_courses.models import Course, Lesson, LessonKind
from upart_courses.packages.asked import PackedTask
from upart_courses.packages.packed import PackedCourse, PackedLesson

HREF = re.compile(r'href="([^"]*)"')
SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class _Out:
    """A lesson on its way out: the files of the course by their ids, where each stands, where other lessons stand, what this one shows.

    `known`: its quizzes and assignments by their blocks; `beside`: how the paths of their files begin; `here`: how addresses of lessons of this course begin.
    """

    items: Mapping[UUID, Media]
    alts: Mapping[UUID, str]
    paths: dict[UUID, str]
    pages: Mapping[str, str]
    captions: Mapping[UUID, str]
    known: Mapping[str, Task]
    beside: str
    here: str
    files: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    tasks: list[PackedTask] = field(default_factory=list)

    def shown(self, one: Block) -> tuple[Media, str] | None:
        """The file of a block and its address seen from a page; None for one that is gone."""
        item = self.items.get(UUID(item_in(one))) if item_in(one) else None
        if item is None:
            return None
        self.files.append(self.paths[item.id])
        return item, f"../{self.paths[item.id]}"

    def text(self, words: str) -> str:
        """Markdown as HTML; links to other lessons of the course lead to their pages, others to this portal, wherever they are read."""
        return HREF.sub(lambda found: f'href="{self._address(found[1])}"', markdown(words))

    def _address(self, href: str) -> str:
        lesson = href.removeprefix(self.here).partition("#")[0]
        if lesson in self.pages:
            return self.pages[lesson]
        return escape(address_of(unescape(href))) if href.startswith("/") and not href.startswith("//") else href


def packed(course: Course, *, draft: bool) -> PackedCourse:
    """A course on its way out. `draft`: as it is being written, instead of as people read it."""
    latest = draft and on_drafts(course)
    outline = [(one.title, inside) for one, inside in (to_come(course) if latest else _read(course))]
    lessons = [lesson for _title, inside in outline for lesson in inside]
    said = {lesson.id: typed(course, lesson) if latest else {name: getattr(lesson, name) for name in Lesson.__revised__} for lesson in lessons}
    facts = typed(course, course) if latest else {name: getattr(course, name) for name in ("title", "summary", "description", "field", "language")}
    items = media(item for lesson in lessons for item in items_of(said[lesson.id]["blocks"]))
    paths, captions, files = _places(items)
    alts = {id: one.alt for id, one in pictures(items).items()}
    pages = {lesson.slug: f"{number:03}-{lesson.slug}.html" for number, lesson in enumerate(lessons, start=1)}
    description, tasks, here = facts["description"] or facts["summary"], tasks_of(said), f"/learn/{course.slug}/"
    made = PackedCourse(course.id.hex, facts["title"], description, facts["field"], facts["language"], files=files)
    for title, inside in outline:
        made.sections.append(
            (title, [_lesson(lesson, said[lesson.id], _Out(items, alts, paths, pages, captions, *_asked(lesson, pages, tasks), here)) for lesson in inside])
        )
    return made


def _read(course: Course) -> Outline:
    """The outline as learners read it."""
    return [(section, [lesson for lesson in inside if lesson.published]) for section, inside in outline_of(course)]


def _asked(lesson: Lesson, pages: Mapping[str, str], tasks: Mapping[tuple[UUID, str], Task]) -> tuple[dict[str, Task], str]:
    return {block: one for (id, block), one in tasks.items() if id == lesson.id}, f"lessons/{pages[lesson.slug].removesuffix('.html')}"


def _places(items: Mapping[UUID, Media]) -> tuple[dict[UUID, str], dict[UUID, str], dict[str, Callable[[], Any]]]:
    """Where files and captions stand in the cartridge, and how they are opened once the session is over."""
    paths, captions, files = dict[UUID, str](), dict[UUID, str](), dict[str, Callable[[], Any]]()
    for number, item in enumerate(items.values(), start=1):
        paths[item.id] = f"files/{number:03}-{_plain(item.file.name)}"
        files[paths[item.id]] = _opening(item.file)
        if item.captions is not None:
            captions[item.id] = f"files/{number:03}-captions.vtt"
            files[captions[item.id]] = _opening(item.captions)
    return paths, captions, files


def _opening(row: File) -> Callable[[], Any]:
    if row in session:
        session.expunge(row)  # a rollback at the end of the door would take its values away
    return partial(open_file, row)


def _plain(name: str) -> str:
    """A name that every system can unpack."""
    return SAFE.sub("-", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()).strip("-.")[-80:] or "file"


def _lesson(lesson: Lesson, said: Mapping[str, Any], out: _Out) -> PackedLesson:
    html = "\n".join(RENDERED.get(one["kind"], _others)(one, out) for one in known(said["blocks"]))
    meta = {"minutes": str(said["minutes"]), "kind": LessonKind(said["kind"]).value}
    meta |= {"preview": "yes"} if said["preview"] else {}
    meta |= {} if said.get("required", lesson.required) else {"required": "no"}
    return PackedLesson(said["title"], f"lessons/{out.pages[lesson.slug]}", html, meta, out.files, out.links, out.tasks)


def _markdown(one: Block, out: _Out) -> str:
    return f'<section data-kind="markdown">\n{out.text(one["text"])}</section>'


def _image(one: Block, out: _Out) -> str:
    if (found := out.shown(one)) is None:
        return ""
    item, address = found
    caption = f"<figcaption>{escape(one['caption'])}</figcaption>" if one.get("caption") else ""
    return f'<figure data-kind="image"><img src="{address}" alt="{escape(out.alts.get(item.id, ""))}">{caption}</figure>'


def _video(one: Block, out: _Out) -> str:
    if (found := out.shown(one)) is None:
        return ""
    item, address = found
    track = ""
    if item.id in out.captions:
        out.files.append(out.captions[item.id])
        track = f'<track kind="captions" src="../{out.captions[item.id]}" srclang="{escape(item.language)}">'
    return f'<video controls title="{escape(one["title"])}" src="{address}"{" data-silent" if one.get("silent") else ""}>{track}</video>'


def _audio(one: Block, out: _Out) -> str:
    if (found := out.shown(one)) is None:
        return ""
    words = f'\n<section data-kind="transcript">\n{out.text(one["transcript"])}</section>' if one.get("transcript") else ""
    return f'<audio controls title="{escape(one["title"])}" src="{found[1]}"></audio>{words}'


def _embed(one: Block, out: _Out) -> str:
    out.links[one["url"]] = one["title"] or one["url"]
    return f'<p data-kind="embed"><a href="{escape(one["url"])}">{escape(one["title"] or one["url"])}</a></p>'


def _file(one: Block, out: _Out) -> str:
    if (found := out.shown(one)) is None:
        return ""
    return f'<p data-kind="file"><a href="{found[1]}">{escape(one["label"] or found[0].title)}</a></p>'


def _package(one: Block, out: _Out) -> str:
    if (found := out.shown(one)) is None:
        return ""
    return f'<p data-kind="package" data-again="{"yes" if one.get("again") else "no"}"><a href="{found[1]}">{escape(one["title"] or found[0].title)}</a></p>'


def _code(one: Block, out: _Out) -> str:
    return f'<figure data-kind="code" data-language="{escape(one["language"])}"><pre><code>\n{escape(one["code"])}</code></pre></figure>'


def _callout(one: Block, out: _Out) -> str:
    return f'<aside data-kind="callout" data-tone="{escape(one["tone"])}">\n{out.text(one["text"])}</aside>'


def _quiz(one: Block, out: _Out) -> str:
    """A quiz that asks something has a file of its own; its page tells what is no secret, and never what is right."""
    task = out.known.get(one["id"], Task({}))
    if not task.questions:
        return _section(one, {}, "")
    html = {"prompt", "explanation"}
    questions = [{name: out.text(value) if name in html and value else value for name, value in asked.items()} for asked in task.questions]
    out.tasks.append(PackedTask("quiz", one["id"], one["title"], f"{out.beside}.{one['id']}.xml", task.rules, questions=questions))
    ours = {"pool": task.rules["pool"], "pass": task.rules["pass_percent"], "reveal": task.rules["reveal"].value}
    return _section(one, {"from": posixpath.basename(out.tasks[-1].path), **ours}, "")


def _assignment(one: Block, out: _Out) -> str:
    html, rules = out.text(one["text"]), out.known.get(one["id"], Task(NOTHING_SAID)).rules
    out.tasks.append(PackedTask("assignment", one["id"], one["title"], f"{out.beside}.{one['id']}.xml", rules, html))
    return _section(one, {"from": posixpath.basename(out.tasks[-1].path), "files": rules["files"], "pass": rules["pass_points"]}, html)


def _section(one: Block, said: Mapping[str, Any], html: str) -> str:
    told = {**said, "title": one["title"], "required": "yes" if one.get("required") else "no"}
    attributes = "".join(f' data-{name}="{escape(str(value))}"' for name, value in told.items())
    return f'<section data-kind="{one["kind"]}"{attributes}>\n<p><strong>{escape(one["title"])}</strong></p>\n{html}</section>'


def _others(one: Block, out: _Out) -> str:
    """A block of a kind that cartridges do not know: what people read in it."""
    return f'<section data-kind="markdown">\n{out.text(words_of([one]))}</section>'


RENDERED: dict[str, Callable[[Block, _Out], str]] = {  # a block as HTML: another kind of block is a row
    "markdown": _markdown,
    "image": _image,
    "video": _video,
    "audio": _audio,
    "embed": _embed,
    "file": _file,
    "package": _package,
    "code": _code,
    "callout": _callout,
    "quiz": _quiz,
    "assignment": _assignment,
}
