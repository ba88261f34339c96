# SPDX-License-Identifier: MIT
"""What every reader does with its tree: addresses first, so that links can lead to lessons; then nothing larger than a lesson may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from upart.plugin import Group, Refused, group_of
from upart.plugin import gettext as _
from upart_courses.limits import LINE, LONG, MOST
from upart_courses.packages.lines import plain
from upart_courses.packages.opened import Package
from upart_courses.packages.tree import Note, Page, Part, Piece, Tree

TITLE = 120
SUMMARY = 240
SPEED = 180
"""Words a minute of somebody who reads to learn."""

FULL = LONG - 2_000
SHOWN = {Group.PICTURE: "image", Group.VIDEO: "video", Group.AUDIO: "audio"}
GROUPS = {kind: group for group, kind in SHOWN.items()} | {"package": Group.ARCHIVE}
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class About:
    """What readers ask of the academy: addresses for a title, whether somebody's player knows an address, its language."""

    addresses: Callable[[str, str], Iterator[str]]
    player: Callable[[str], bool]
    language: str


def named(tree: Tree, about: About) -> None:
    """Give each lesson its address."""
    taken: set[str] = set()
    for page in tree.pages:
        page.title = tidy(page.title) or _("Lesson")
        page.slug = next(slug for slug in about.addresses(page.title, "lesson") if slug not in taken)
        taken.add(page.slug)


def tidy(title: str) -> str:
    """A heading: one line, not too long, no characters that nobody sees."""
    words = " ".join("".join(c for c in title if c.isprintable() or c.isspace()).split())
    return words if len(words) <= TITLE else f"{words[: TITLE - 1].rstrip()}…"


def finish(tree: Tree, package: Package, about: About) -> Tree:
    """Check what lessons show, by content; split what is too long; take away what is empty, and tell."""
    for part in tree.parts:
        part.title = tidy(part.title) or _("Section")
        part.pages = [smaller for page in part.pages for smaller in _split(_shown(page, package, tree.notes), tree.notes)]
    for page in tree.pages:
        if not page.pieces:
            tree.notes.append(Note(page.title, _("This lesson is empty."), _("Write it, or delete it, before you publish the course."), lost=False))
        page.minutes = min(DAY, page.minutes or _minutes(page))
    for part in [part for part in tree.parts if not part.pages]:
        tree.notes.append(Note(part.title, _("This section has no lesson that could come in."), _("Nothing, or write one for it.")))
    tree.parts = [part for part in tree.parts if part.pages]
    tree.title = tidy(tree.title) or _("Course")
    words = plain(" ".join(tree.description.split()))
    tree.summary = tidy_to(tree.summary or re.split(r"(?<=[.!?]) ", words)[0], SUMMARY)
    _further(tree, about)
    return tree


def tidy_to(text: str, most: int) -> str:
    """A text that is not longer than so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _further(tree: Tree, about: About) -> None:
    tree.language = tree.language[:2].lower() or about.language
    tree.subject = tidy_to(tree.subject, 60)
    tree.description = tree.description[:FULL]
    tree.outcomes = [tidy_to(one, LINE) for one in tree.outcomes if one.strip()][:12]


def _minutes(page: Page) -> int:
    words = sum(len(str(value).split()) for piece in page.pieces for value in piece.values.values())
    return max(1, round(words / SPEED))


def _shown(page: Page, package: Package, notes: list[Note]) -> Page:
    """A block shows a file of its kind, whatever its name says. What is not taken in here is left out, and why is told."""
    kept = []
    for piece in page.pieces:
        if not piece.path:
            kept.append(piece)
            continue
        try:
            group = group_of(package.head(piece.path)) if package.size(piece.path) else None
        except Refused as why:
            notes.append(Note(piece.path, why.message, why.remedy))
            continue
        if group is None:
            notes.append(Note(piece.path, _("This file is empty."), _("Add it in the lesson “%(title)s”.", title=page.title)))
            continue
        kept.append(_of_its_kind(piece, group))
        if group is Group.PICTURE and kept[-1].kind == "image" and not piece.alt:
            notes.append(
                Note(piece.path, _("Nobody has said what this picture shows."), _("Say it in the media library; until then it is not shown."), lost=False)
            )
        if group is Group.VIDEO and kept[-1].kind == "video" and not (piece.captions or piece.values.get("silent")):
            notes.append(Note(piece.path, _("This video has no captions."), _("Add them, or say that nobody speaks in it, before you publish."), lost=False))
    page.pieces = kept
    return page


def _of_its_kind(piece: Piece, group: Group) -> Piece:
    wanted = GROUPS.get(piece.kind)
    if wanted is group or piece.kind == "file":
        return piece
    label = piece.values.get("caption") or piece.values.get("title") or piece.alt
    return replace(piece, kind="file", values={"label": str(label)[:LINE]}, captions="")


def of_kind(path: str, package: Package) -> str:
    """The kind of block that shows a file best."""
    try:
        return SHOWN.get(group_of(package.head(path)), "file")
    except Refused:
        return "file"


def _split(page: Page, notes: list[Note]) -> list[Page]:
    """A lesson in several, where it has more blocks or longer texts than a lesson may have."""
    pieces = [smaller for piece in page.pieces for smaller in _short(piece)]
    lessons: list[list[Piece]] = [[]]
    length = 0
    for piece in pieces:
        size = sum(len(value) for value in piece.values.values() if isinstance(value, str))
        if lessons[-1] and (len(lessons[-1]) == MOST or length + size > 3 * FULL):
            lessons.append([])
            length = 0
        lessons[-1].append(piece)
        length += size
    if len(lessons) > 1:
        notes.append(Note(page.title, _("This page is long: it became %(n)s lessons.", n=len(lessons)), lost=False))
    page.pieces = lessons[0]
    more = [(f"{page.title[: TITLE - 6]} ({n})", f"{page.slug}-part-{n}", inside) for n, inside in enumerate(lessons[1:], start=2)]
    return [page, *(replace(page, title=title, slug=slug, pieces=inside, old=[], minutes=0) for title, slug, inside in more)]


def _short(piece: Piece) -> list[Piece]:
    text = piece.values.get("text", "")
    if len(text) <= FULL:
        return [replace(piece, values={**piece.values, "code": piece.values["code"][:FULL]})] if len(piece.values.get("code", "")) > FULL else [piece]
    texts, rest = [], text
    while len(rest) > FULL:
        at = max(rest.rfind("\n\n", 0, FULL), rest.rfind("\n", 0, FULL) if "\n\n" not in rest[:FULL] else -1)
        at = at if at > 0 else FULL
        texts.append(rest[:at])
        rest = rest[at:].lstrip("\n")
    return [replace(piece, values={**piece.values, "text": one}) for one in [*texts, rest]]


def without_its_title(pieces: list[Piece], title: str) -> list[Piece]:
    """A page without a first heading that only repeats its title."""
    if pieces and pieces[0].kind == "markdown":
        line, _end, rest = str(pieces[0].values["text"]).partition("\n")
        if line.startswith("#") and plain(line.lstrip("# ")).casefold() == title.casefold():
            rest = rest.strip("\n")
            return [*([replace(pieces[0], values={"text": rest})] if rest else []), *pieces[1:]]
    return pieces


def in_one(pages: list[Page], title: str) -> list[Part]:
    """A section of pages that stand in none."""
    return [Part(title, pages)] if pages else []
