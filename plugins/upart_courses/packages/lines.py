# SPDX-License-Identifier: MIT
"""Writes Markdown (CommonMark with tables) line by line, inside of lists and quotations that are open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SPECIAL = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|~~")
AT_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+\s*$|-{2,}\s*$|(\d{1,9})([.)])(?=\s|$))", re.MULTILINE)
OUTSIDE = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)
HARD = "\\\n"
DEEPEST = 40


@dataclass(slots=True)
class Frame:
    """Something that stands around lines: how its first line begins, and the others. `number`: of an ordered list; `loose`: an item of paragraphs."""

    tag: str
    begin: str = ""
    rest: str = ""
    used: bool = False
    number: int = 0
    loose: bool = False


class Lines:
    """Words come in, then ends of paragraphs; `taken()` gives the text."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.buffers: list[list[str]] = [[]]
        self.open: list[tuple[str, str]] = []
        self.frames: list[Frame] = []
        self.near = False
        """Was the last block one of a list that is still open?"""

    def words(self, data: str) -> None:
        """Words as people read them."""
        self.buffers[-1].append(data if self.is_open("code") else escaped(re.sub(r"\s+", " ", data)))

    def is_open(self, tag: str) -> bool:
        """Is there a mark of this tag that has not ended?"""
        return any(one == tag for one, _mark in self.open)

    def begin(self, tag: str, mark: str) -> None:
        """A mark within a line; of a link ("a") its address, "" for none."""
        self.open.append((tag, mark))
        self.buffers.append([])

    def end(self, tag: str) -> str:
        """End a mark, and those inside of it; returns what stood in it."""
        while self.is_open(tag):
            ended, words = self._end_one()
            if ended == tag:
                return words
        return ""

    def end_all(self) -> None:
        """End every mark."""
        while self.open:
            self._end_one()

    def _end_one(self) -> tuple[str, str]:
        """End the innermost mark; spaces at its edges stand outside of it, else Markdown does not know it."""
        tag, mark = self.open.pop()
        inner = "".join(self.buffers.pop())
        found = OUTSIDE.match(inner)
        before, words, behind = found.groups() if found else ("", inner, "")
        made = words
        if not words:
            made = ""
        elif tag == "code":
            made = _code(words)
        elif tag == "a":
            made = f"[{words}]({address(mark)})" if mark else words
        elif not any(one == mark for _tag, one in self.open):  # strong in strong is strong
            made = f"{mark}{words}{mark}"
        self.buffers[-1].append(f"{before}{made}{behind}" if words else inner)
        return tag, words

    def row(self) -> str:
        """What was written since the last paragraph, as one line, taken out."""
        self.end_all()
        words = " ".join("".join(self.buffers[0]).replace(HARD, " ").split())
        self.buffers[0].clear()
        return words

    def paragraph(self) -> None:
        """End what was written as a paragraph."""
        self.end_all()
        lines = [" ".join(line.split()) for line in "".join(self.buffers[0]).split(HARD)]
        self.buffers[0].clear()
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        if lines:
            self.write(AT_START.sub(_plain_start, HARD.join(lines)).split("\n"))

    def heading(self, level: int) -> None:
        """End it as a heading."""
        if words := self.row():
            self.write([f"{'#' * level} {words}"])

    def write(self, lines: Sequence[str]) -> None:
        """Lines of one block, inside of all that is open."""
        item = self.frames[-1] if self.frames and self.frames[-1].tag == "li" else None
        begins = item is not None and not item.used
        outer = "".join(frame.rest for frame in self.frames[:-1]) if all(frame.used or not frame.begin for frame in self.frames[:-1]) else None
        head = "".join(frame.rest if frame.used else frame.begin for frame in self.frames)
        for frame in self.frames:
            frame.used = True
        rest = "".join(frame.rest for frame in self.frames)
        made = "\n".join(f"{rest if at else head}{line}".rstrip() for at, line in enumerate(lines))
        if self.near and begins and item is not None and not item.loose and outer is not None:
            self.blocks[-1] += f"\n{made}"
        elif self.near and self.blocks:
            between = (outer if begins else rest) or ""
            self.blocks[-1] += f"\n{between.rstrip()}\n{made}"
        else:
            self.blocks.append(made)
        self.near = bool(self.frames)

    def frame(self, frame: Frame) -> None:
        """Something begins around lines."""
        self.paragraph()
        if len(self.frames) < DEEPEST:
            self.frames.append(frame)

    def unframe(self, tag: str) -> None:
        """It ends, and what is inside of it."""
        self.paragraph()
        if any(frame.tag == tag for frame in self.frames):
            while self.frames.pop().tag != tag:
                continue
        self.near = self.near and bool(self.frames)

    def item(self) -> None:
        """An item of the innermost list begins."""
        self.paragraph()
        if self.frames and self.frames[-1].tag == "li":
            self.frames.pop()
        of = self.frames[-1] if self.frames and self.frames[-1].tag in ("ul", "ol") else None
        begin = "- "
        if of is not None and of.tag == "ol":
            of.number += 1
            begin = f"{of.number}. "
        self.frame(Frame("li", begin, " " * len(begin)))

    def taken(self) -> str:
        """All that was written."""
        self.paragraph()
        text = "\n\n".join(self.blocks).strip("\n")
        self.blocks, self.near = [], False
        return text


def escaped(words: str) -> str:
    """Words in which no character is a mark."""
    return SPECIAL.sub(r"\\\g<0>", words)


def plain(markdown: str) -> str:
    """Markdown of one line without its marks: for labels."""
    return re.sub(r"\\(.)|\*\*|\*|`|\[([^\]]*)\]\([^)]*\)", lambda found: found[1] or found[2] or "", markdown).strip()


def fenced(code: str, language: str = "") -> list[str]:
    """Lines of a program text (CommonMark 0.31, 4.5)."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *code.split("\n"), fence]


def address(url: str) -> str:
    """An address as a link of Markdown has it."""
    return f"<{url}>" if re.search(r"[\s()]", url) and not re.search("[<>\n]", url) else re.sub(r"[\s()<>]", "", url)


def _code(words: str) -> str:
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    fence, space = "`" * (longest + 1), " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{space}{words}{space}{fence}"


def _plain_start(found: re.Match[str]) -> str:
    """A line that would begin as a heading, list or quotation: what it begins with is a character."""
    return f"{found[2]}\\{found[3]}" if found[2] else f"\\{found[1]}"
