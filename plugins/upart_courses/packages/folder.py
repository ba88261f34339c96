# SPDX-License-Identifier: MIT
"""A folder of Markdown: folders are sections, files are lessons, pictures and films lie beside them."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from upart.plugin import gettext as _
from upart_courses.packages.finishing import About, finish, in_one, named, of_kind, without_its_title
from upart_courses.packages.lines import plain
from upart_courses.packages.opened import Package
from upart_courses.packages.tree import Note, Page, Part, Piece, Tree, Unreadable
from upart_courses.packages.vocabulary import decoded

MARKDOWN = (".md", ".markdown")
ABOUT = ("readme", "index", "_index")
"""Files that say something about the folder in which they lie."""

NUMBER = re.compile(r"^(\d+)[-_. )]+")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
LINK = re.compile(r"(!?)\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\(\s*(<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+[\"'(]([^\"')]*)[\"')])?\s*\)")
ALONE = re.compile(r"^\s*<?(https://\S+?)>?\s*$")
YES = ("true", "yes", "ja", "on", "1")
OLD = ("aliases", "redirect_from", "old", "old_address")
"""Names under which generators of sites keep addresses of before: Hugo, Jekyll; and ours."""


def recognises(package: Package) -> bool:
    """Are there texts in it?"""
    return any(name.lower().endswith(MARKDOWN) for name in package.names())


def read(package: Package, about: About) -> Tree:
    """The course in it. Raises Unreadable."""
    return _Folder(package, about).read()


class _Folder:
    """One folder while it is read."""

    def __init__(self, package: Package, about: About) -> None:
        self.package, self.about = package, about
        names = [name for name in package.names() if not any(step.startswith(".") for step in name.split("/"))]
        tops = {name.partition("/")[0] for name in names}
        self.root = f"{next(iter(tops))}/" if len(tops) == 1 and all("/" in name for name in names) and _is_wrapped(names) else ""
        self.texts = {name: _text(package, name) for name in names if name.lower().endswith(MARKDOWN)}
        self.pages: dict[str, Page] = {}
        self.used: set[str] = set()
        self.tree = Tree(_("Folder of Markdown"), "")

    def read(self) -> Tree:
        """Outline, addresses, then words."""
        tree = self.tree
        self._course()
        tree.parts = list(self._parts())
        if not tree.pages:
            said = _("There is no lesson in this package.")
            raise Unreadable(said, remedy=_("Put a Markdown file for each lesson into a folder for each section, then pack the folder."))
        named(tree, self.about)
        for name, page in self.pages.items():
            page.pieces = without_its_title(list(self._pieces(self.texts[name][1], name)), page.title)
        left = [name for name in self.package.names() if name not in self.texts and name not in self.used and not _is_hidden(name)]
        tree.notes += [Note(name, _("No lesson shows this file; it is left out."), _("Add it where you need it.")) for name in left]
        return finish(tree, self.package, self.about)

    def _course(self) -> None:
        """What the readme of the root says of the course."""
        tree = self.tree
        found = self._about_of(self.root)
        head, body = self.texts.get(found, ({}, ""))
        title, body = _titled(body)
        tree.title = str(head.get("title") or title or _readable(self.root.rstrip("/")) or _("Course"))
        tree.description = "\n\n".join(str(piece.values["text"]) for piece in self._pieces(body, found) if piece.kind == "markdown")
        tree.summary, tree.language = str(head.get("summary") or head.get("description") or ""), str(head.get("language") or head.get("lang") or "")
        tree.subject = str(head.get("subject") or "")
        tree.outcomes = [str(one) for one in _listed(head.get("outcomes"))]
        tree.old = _old(head)

    def _about_of(self, folder: str) -> str:
        return next((name for stem in ABOUT for end in MARKDOWN if (name := self.package.found(f"{folder}{stem}{end}")) in self.texts), "")

    def _parts(self) -> Iterator[Part]:
        """The lessons of the root, then a section for each folder; a folder in a folder is part of the outer one."""
        folders: dict[str, list[str]] = {}
        for name in self.texts:
            inner = name.removeprefix(self.root)
            folders.setdefault(inner.partition("/")[0] if "/" in inner else "", []).append(name)
        yield from in_one([self._page(name) for name in self._sorted(folders.pop("", []))], self.tree.title)
        for folder in sorted(folders, key=lambda one: self._order(f"{self.root}{one}/", one)):
            about = self._about_of(f"{self.root}{folder}/")
            head, body = self.texts.get(about, ({}, ""))
            title = str(head.get("title") or _titled(body)[0] or _readable(folder))
            if any(name.removeprefix(self.root).count("/") > 1 for name in folders[folder]):
                self.tree.notes.append(Note(folder, _("A section inside of a section: its lessons follow in the outer one."), lost=False))
            if about and _titled(body)[1].strip():
                self.tree.notes.append(Note(about, _("A section has a heading and no text: what this file says is left out."), _("Make a lesson of it.")))
            yield Part(title, [self._page(name) for name in self._sorted(folders[folder])])

    def _sorted(self, names: list[str]) -> list[str]:
        lessons = [name for name in names if posixpath.splitext(posixpath.basename(name))[0].lower() not in ABOUT]
        return sorted(lessons, key=lambda name: self._order(name, posixpath.basename(name)))

    def _order(self, name: str, base: str) -> tuple[Any, ...]:
        """By what the file says, else by the number with which its name begins, else by its name."""
        head = self.texts.get(name if name in self.texts else self._about_of(name), ({}, ""))[0]
        said = str(head.get("order", head.get("weight", head.get("position", ""))))
        number = NUMBER.match(base)
        place = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else int(number[1][:9]) if number else 10**9
        return posixpath.dirname(name) if name in self.texts else "", place, base.casefold()

    def _page(self, name: str) -> Page:
        head, body = self.texts[name]
        page = Page(str(head.get("title") or _titled(body)[0] or _readable(posixpath.splitext(posixpath.basename(name))[0])), name)
        minutes = str(head.get("minutes", ""))
        page.minutes = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else 0
        page.preview = str(head.get("preview", head.get("free_preview", ""))).lower() in YES
        page.required = str(head.get("required", "yes")).lower() in YES
        page.exercise, page.old = str(head.get("kind", "")).lower() == "exercise", _old(head)
        self.pages[name] = page
        return page

    def _pieces(self, body: str, name: str) -> Iterator[Piece]:
        """A text with its pictures and files as blocks, each behind the paragraph in which it stands."""
        lines, after, fence = list[str](), list[Piece](), ""
        for line in [*body.split("\n"), ""]:
            mark = FENCE.match(line)
            if mark and (not fence or (mark[1].startswith(fence) and line.strip() == mark[1])):
                fence = "" if fence else mark[1]
            if not fence and not mark:
                line = self._line(line, name, after)
            lines.append(line)
            if after and not line.strip() and not fence:
                yield from (*_written(lines), *after)
                lines, after = [], []
        yield from (*_written(lines), *after)

    def _line(self, line: str, name: str, after: list[Piece]) -> str:
        """A line whose links lead to lessons; what it shows is put into `after`."""
        if (address := ALONE.match(line)) and self.about.player(address[1]):
            after.append(Piece("embed", {"url": address[1], "title": _("Video")}))
            return ""
        codes = re.split(r"(`+[^`]*`+)", line)
        return "".join(part if at % 2 else LINK.sub(lambda found: self._linked(found, name, after), part) for at, part in enumerate(codes))

    def _linked(self, found: re.Match[str], name: str, after: list[Piece]) -> str:
        shown, label, url, title = bool(found[1]), found[2], found[3].strip("<>"), found[4] or ""
        try:
            parts = urlsplit(url)
        except ValueError:
            return label
        if parts.scheme in ("http", "https", "mailto") and not shown:
            return found[0]
        path = self.package.found(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path and not parts.scheme else ""
        if path in self.pages:
            return f"[{label}]({self.pages[path].slug})"
        if not path or path in self.texts:
            if shown or (parts.path and not parts.scheme):
                self.tree.notes.append(Note(name, _("“%(address)s” is not in the package.", address=url[:80]), _("Add it in the lesson.")))
            return "" if shown else label
        self.used.add(path)
        after.append(self._piece(path, plain(label), title, shown))
        return "" if shown else label

    def _piece(self, path: str, label: str, title: str, shown: bool) -> Piece:
        kind = of_kind(path, self.package) if shown else "file"
        if kind == "image":
            return Piece(kind, {"caption": title[:200]}, path, alt=label[:500])
        if kind == "file":
            return Piece(kind, {"label": label[:200]}, path)
        captions = self.package.found(f"{posixpath.splitext(path)[0]}.vtt") if kind == "video" else ""
        self.used |= {captions} - {""}
        return Piece(kind, {"title": (label or title)[:200]}, path, captions=captions, language=self.tree.language[:2])


def _written(lines: list[str]) -> list[Piece]:
    text = "\n".join(lines).strip("\n").rstrip()
    return [Piece("markdown", {"text": text})] if text.strip() else []


def _is_wrapped(names: list[str]) -> bool:
    """Was the folder packed as a whole, and not its inside? Then below it lies more than lessons."""
    inner = [name.partition("/")[2] for name in names]
    return any("/" in name for name in inner) or any(posixpath.splitext(name)[0].lower() in ABOUT for name in inner)


def _is_hidden(name: str) -> bool:
    return any(step.startswith(".") for step in name.split("/")) or posixpath.basename(name).lower() in ("license", "course.toml", "license.txt")


def _text(package: Package, name: str) -> tuple[Mapping[str, Any], str]:
    """What stands in a file: its front matter (TOML between +++, simple YAML between ---), then its words."""
    text = decoded(package.read(name)).replace("\r\n", "\n")
    for fence, reads in (("+++", _toml), ("---", _yaml)):
        found = re.match(rf"{re.escape(fence)}\n(.*?)\n?{re.escape(fence)}[ \t]*(?:\n|$)", text, re.DOTALL)
        if found:
            return reads(found[1], name), text[found.end() :]
    return {}, text


def _toml(text: str, name: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        said = _("The lines between +++ at the top of “%(part)s” cannot be read: %(error)s.", part=name[:100], error=str(error)[:100])
        raise Unreadable(said, remedy=_('Correct them, as title = "A title", or take them out.')) from None


def _yaml(text: str, name: str) -> Mapping[str, Any]:
    """Lines of `name: value`, and lists of them: all that front matter needs; whatever else YAML has is passed over."""
    found: dict[str, Any] = {}
    last = ""
    for line in text.split("\n"):
        if (item := re.match(r"\s+-\s+(.*)|-\s+(.*)", line)) and last:
            found[last] = [*_listed(found[last]), _bare(item[1] or item[2] or "")]
        elif pair := re.match(r"([A-Za-z_-]+)\s*:\s*(.*)", line):
            last, value = pair[1].lower().replace("-", "_"), pair[2].strip()
            found[last] = [_bare(one) for one in value[1:-1].split(",") if one.strip()] if value[:1] == "[" and value[-1:] == "]" else _bare(value)
    return found


def _bare(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value] if value else []


def _old(head: Mapping[str, Any]) -> list[str]:
    return [str(one) for name in OLD for one in _listed(head.get(name))][:20]


def _titled(body: str) -> tuple[str, str]:
    """The first heading of a text, if it begins with one, and the rest."""
    found = re.match(r"\s*#\s+(.+?)\s*#*\s*(?:\n|$)", body)
    return (plain(found[1]), body[found.end() :]) if found else ("", body)


def _readable(name: str) -> str:
    """A name of a file as a heading: "01-why-rye" is "Why rye"."""
    words = NUMBER.sub("", name.rpartition("/")[2]).replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
