# SPDX-License-Identifier: MIT
"""Pages of others, HTML as it comes, as Markdown and blocks. What would run or load something is left out and told."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from upart.plugin import gettext as _
from upart_courses.packages.lines import HARD, Frame, Lines, address, escaped, fenced, plain
from upart_courses.packages.tree import TASKS, Note, Piece, package_of, task_of
from upart_courses.packages.vocabulary import BREAKS, DROPPED, HEADING, LINE, MARKS, SILENT, STRONG, Attributes, Follow, Read, Target, Wrap, decoded


def page(html: bytes, where: str, follow: Follow) -> Read:
    """Read a page; `where` names it in the report, `follow` says where its addresses lead."""
    return fragment(decoded(html), where, follow)


def fragment(html: str, where: str, follow: Follow) -> Read:
    """The same, of a text."""
    reader = _Reader(where, follow)
    reader.feed(html)
    reader.close()
    return reader.ended()


class _Reader(HTMLParser):
    """Reads a page from beginning to end; pictures and files come behind the paragraph in which they stand."""

    def __init__(self, where: str, follow: Follow) -> None:
        super().__init__(convert_charrefs=True)
        self.where, self.follow, self.read, self.out = where, follow, Read(), Lines()
        self.wraps: list[Wrap] = []
        self.after: list[Piece] = []
        self.dropping: list[str] = []
        self.pre: list[str] | None = None
        self.language = ""
        self.title: list[str] | None = None
        self.rows: list[list[str]] | None = None
        self.playing: Piece | None = None
        self.linked: Piece | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self.dropping:
            self.dropping += [tag] if tag == self.dropping[-1] else []
        elif tag in DROPPED or tag in SILENT:
            self.dropping.append(tag)
            if tag in DROPPED:
                self._lost(_(DROPPED[tag]))
        elif tag == "title":
            self.title = []
        elif tag == "meta":
            self.read.meta[given.get("name", "").lower()] = given.get("content", "")
        elif tag in BEGIN:
            BEGIN[tag](self, given)
        elif tag in MARKS and self.pre is None:
            self.out.begin(tag, MARKS[tag])
        else:
            self._begin(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if self.dropping:
            if tag == self.dropping[-1]:
                self.dropping.pop()
        elif tag == "title" and self.title is not None:
            self.read.title, self.title = " ".join("".join(self.title).split()), None
        elif tag in END:
            END[tag](self)
        elif HEADING.fullmatch(tag) and self.rows is None:
            self.out.heading(int(tag[1]))
            self._put_after()
        elif self.wraps and tag == self.wraps[-1].tag:
            self._text()
            self._unwrap()
        elif tag in MARKS:
            self.out.end(tag)
        elif tag in BREAKS:
            self.out.end(tag)
            self._paragraph()

    def handle_data(self, data: str) -> None:
        if self.dropping or self.playing is not None:
            return
        if self.title is not None:
            self.title.append(data)
        elif self.pre is not None:
            self.pre.append(data)
        else:
            self.out.words(data)

    def ended(self) -> Read:
        """Everything that was read."""
        self._end_pre()
        self._end_table()
        self._text()
        while self.wraps:
            self._unwrap()
        return self.read

    def _begin(self, tag: str, given: Attributes) -> None:
        if given.get("data-kind"):
            self._text()
            self.wraps.append(Wrap(tag, given["data-kind"], given, len(self.read.pieces)))
        elif tag in BREAKS or HEADING.fullmatch(tag):
            self._paragraph()
        if tag in STRONG:
            self.out.begin(tag, "**")
        if tag == "p" and self.out.frames and self.out.frames[-1].tag == "li":
            self.out.frames[-1].loose = True

    def _paragraph(self) -> None:
        if self.rows is None and self.pre is None:
            self.out.paragraph()
            self._put_after()

    def _put_after(self) -> None:
        """Pictures and files of the last paragraph: the text ends before them."""
        if self.after and self.rows is None:
            waiting, self.after = self.after, []
            self._text()
            self.read.pieces += waiting

    def _text(self) -> None:
        if text := self.out.taken():
            self.read.pieces.append(Piece("markdown", {"text": text}))
        if self.after:
            self.read.pieces, self.after = [*self.read.pieces, *self.after], []

    def _begin_code(self, given: Attributes) -> None:
        if self.pre is None:
            self.out.begin("code", "`")
        else:
            named = (name.removeprefix("language-") for name in given.get("class", "").split() if name.startswith("language-"))
            self.language = next(named, self.language)

    def _begin_a(self, given: Attributes) -> None:
        target = self.follow(given["href"].strip()) if given.get("href") else Target()
        if self.wraps and self.wraps[-1].kind == "embed" and given.get("href"):
            self.wraps[-1].attributes["href"] = given["href"]
            target = Target()
        self.linked = Piece("file", {"label": ""}, target.path) if target.path else None
        self.out.end("a")
        self.out.begin("a", target.url)

    def _end_a(self) -> None:
        label = plain(self.out.end("a"))
        if self.linked is not None:
            self.linked.values["label"] = label[:LINE]
            self.after.append(self.linked)
            self.linked = None

    def _begin_br(self, given: Attributes) -> None:
        if self.pre is not None:
            self.pre.append("\n")
        else:
            self.out.buffers[-1].append(HARD)

    def _begin_ol(self, given: Attributes) -> None:
        start = given.get("start", "1")
        self.out.frame(Frame("ol", number=int(start) - 1 if start.isascii() and start.isdigit() and len(start) < 9 else 0))

    def _begin_hr(self, given: Attributes) -> None:
        self._paragraph()
        self.out.write(["---"])

    def _begin_pre(self, given: Attributes) -> None:
        self._paragraph()
        self.pre, self.language = [], ""

    def _end_pre(self) -> None:
        if self.pre is None:
            return
        code, self.pre = "".join(self.pre).removeprefix("\n").rstrip("\n"), None
        if self.wraps and self.wraps[-1].kind == "code":
            self._text()
            self.read.pieces.append(Piece("code", {"code": code, "language": self.wraps[-1].attributes.get("data-language", "")}))
        else:
            self.out.write(fenced(code, self.language))

    def _begin_table(self, given: Attributes) -> None:
        self._paragraph()
        self.rows = [] if self.rows is None else self.rows

    def _begin_tr(self, given: Attributes) -> None:
        if self.rows is not None:
            self.rows.append([])

    def _begin_cell(self, given: Attributes) -> None:
        if self.rows:
            self._end_cell()
            self.rows[-1].append("")

    def _end_cell(self) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {self.out.row().replace('|', chr(92) + '|')}".strip()

    def _end_table(self) -> None:
        if self.rows is None:
            return
        self._end_cell()
        rows, self.rows = [row for row in self.rows if row], None
        width = max((len(row) for row in rows), default=0)
        lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
        if lines:
            self.out.write([lines[0], "|" + " --- |" * width, *lines[1:]])
        self._put_after()

    def _begin_img(self, given: Attributes) -> None:
        target = self.follow(given.get("src", "").strip())
        if target.path:
            self.after.append(Piece("image", {"caption": ""}, target.path, alt=" ".join(given.get("alt", "").split())[:500]))
        else:
            self._lost(_("a picture that is not in the package (%(address)s)", address=given.get("src", "")[:80]), _("Add it in the lesson."))

    def _begin_video(self, given: Attributes) -> None:
        self._play(Piece("video", {"title": given.get("title", "")[:LINE], "silent": "data-silent" in given}), given)

    def _begin_audio(self, given: Attributes) -> None:
        self._play(Piece("audio", {"title": given.get("title", "")[:LINE]}), given)

    def _play(self, piece: Piece, given: Attributes) -> None:
        self._paragraph()
        self.playing = piece
        if given.get("src"):
            self._begin_source(given)

    def _begin_source(self, given: Attributes) -> None:
        if self.playing is not None and not self.playing.path:
            self.playing.path = self.follow(given.get("src", "").strip()).path
            if not self.playing.path:
                self._lost(_("a video or sound that is not in the package (%(address)s)", address=given.get("src", "")[:80]), _("Add it in the lesson."))

    def _begin_track(self, given: Attributes) -> None:
        if self.playing is not None and given.get("kind", "subtitles") in ("captions", "subtitles"):
            self.playing.captions, self.playing.language = self.follow(given.get("src", "").strip()).path, given.get("srclang", "")[:2]

    def _played(self) -> None:
        if self.playing is not None and self.playing.path:
            self._text()
            self.read.pieces.append(self.playing)
        self.playing = None

    def _begin_iframe(self, given: Attributes) -> None:
        target, title = self.follow(given.get("src", "").strip()), " ".join(given.get("title", "").split())[:LINE]
        self.dropping.append("iframe")
        if target.player:
            self._paragraph()
            self._text()
            self.read.pieces.append(Piece("embed", {"url": target.player, "title": title or _("Video")}))
        elif target.path:
            self.after.append(Piece("file", {"label": title}, target.path))
        elif target.url:
            self.out.buffers[-1].append(f"[{escaped(title or target.url)}]({address(target.url)})")
            said = _("A page of others that was shown in a frame became a link (%(address)s).", address=target.url[:80])
            self.read.notes.append(Note(self.where, said, lost=False))

    def _end_figcaption(self) -> None:
        shown = next((one for one in [*self.read.pieces, *self.after][-1:] if one.kind == "image"), None)
        if shown is not None:
            shown.values["caption"] = plain(self.out.row())[:LINE]
        self._paragraph()

    def _unwrap(self) -> None:
        """What stood in one of our own blocks becomes that block again."""
        wrap, pieces = self.wraps.pop(), self.read.pieces
        words = "\n\n".join(one.values["text"] for one in pieces[wrap.since :] if one.kind == "markdown")
        if wrap.kind == "callout":
            pieces[wrap.since :] = [Piece("callout", {"tone": wrap.attributes.get("data-tone", ""), "text": words})]
        elif wrap.kind in TASKS:
            pieces[wrap.since :] = [task_of(wrap.kind, wrap.attributes, words)]
        elif wrap.kind in ("file", "image", "package"):
            found = [one for one in pieces[wrap.since :] if one.path]
            pieces[wrap.since :] = [package_of(one, wrap.attributes) for one in found] if wrap.kind == "package" else found
        elif wrap.kind == "transcript" and wrap.since and pieces[wrap.since - 1].kind == "audio":
            pieces[wrap.since :] = []
            pieces[-1].values["transcript"] = words
        elif wrap.kind == "embed" and (url := wrap.attributes.get("href")):
            pieces[wrap.since :] = [Piece("embed", {"url": self.follow(url).player or url, "title": plain(words)[:LINE]})]

    def _lost(self, what: str, todo: str = "") -> None:
        self.read.notes.append(Note(self.where, _("Left out: %(what)s.", what=what), todo))


BEGIN: dict[str, Callable[[_Reader, Attributes], Any]] = {
    "code": _Reader._begin_code, "a": _Reader._begin_a, "br": _Reader._begin_br, "hr": _Reader._begin_hr, "pre": _Reader._begin_pre,
    "blockquote": lambda reader, given: reader.out.frame(Frame("blockquote", "> ", "> ")), "ul": lambda reader, given: reader.out.frame(Frame("ul")),
    "ol": _Reader._begin_ol, "li": lambda reader, given: reader.out.item(), "table": _Reader._begin_table, "tr": _Reader._begin_tr,
    "td": _Reader._begin_cell, "th": _Reader._begin_cell, "img": _Reader._begin_img, "video": _Reader._begin_video, "audio": _Reader._begin_audio,
    "source": _Reader._begin_source, "track": _Reader._begin_track, "iframe": _Reader._begin_iframe,
}  # fmt: skip
END: dict[str, Callable[[_Reader], Any]] = {
    "code": lambda reader: reader.out.end("code"), "a": _Reader._end_a, "pre": _Reader._end_pre, "blockquote": lambda reader: reader.out.unframe("blockquote"),
    "ul": lambda reader: reader.out.unframe("ul"), "ol": lambda reader: reader.out.unframe("ol"), "li": lambda reader: reader.out.unframe("li"),
    "td": _Reader._end_cell, "th": _Reader._end_cell, "table": _Reader._end_table, "video": _Reader._played, "audio": _Reader._played,
    "figcaption": _Reader._end_figcaption,
}  # fmt: skip
