# SPDX-License-Identifier: MIT
"""What is shown of a row that was found: the text itself, cut and with its hits marked, as pieces that templates escape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from upart.search.words import WORD, Asked, fold

AROUND, SHOWN = 60, 220
"""Characters before the first hit, and those that are shown."""

LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
STARTS = re.compile(r"^[ \t]*(?:#{1,6}|>|[-+*]|\d+\.)[ \t]+|^[-=|: ]{3,}$", re.M)
SIGNS = re.compile(r"[*`~]+|\b_+|_+\b")

Pieces = list[tuple[str, bool]]
"""A text in pieces, each with: is it a hit?"""


def plain(text: str) -> str:
    """A text without the signs of Markdown, on one line."""
    return " ".join(SIGNS.sub("", STARTS.sub(" ", LINK.sub(r"\1", unicodedata.normalize("NFC", text)))).split())


def marked(text: str, question: Asked) -> Pieces:
    """The text in pieces; words that were asked for are hits."""
    pieces, at = Pieces(), 0
    for start, end in _hits(text, question):
        pieces += [(text[at:start], False)] if start > at else []
        pieces.append((text[start:end], True))
        at = end
    return pieces + ([(text[at:], False)] if at < len(text) else [])


def excerpt(text: str, question: Asked) -> Pieces:
    """The place of a text where the first hit stands, with some words around it; its beginning if there is none."""
    whole = plain(text)
    first = next(_hits(whole, question), (0, 0))[0]
    start = whole.rfind(" ", 0, max(first - AROUND, 0) + 1) + 1 if first > AROUND else 0
    end = start + SHOWN
    end = len(whole) if end >= len(whole) else max(whole.rfind(" ", start, end), first + 1)
    return marked(f"{'… ' if start else ''}{whole[start:end]}{' …' if end < len(whole) else ''}", question)


def _hits(text: str, question: Asked) -> Iterator[tuple[int, int]]:
    """Where words stand that were asked for."""
    words = question.words
    for match in WORD.finditer(text):
        found = fold(match[0])
        if any(found.startswith(word) if may_go_on else found == word for word, may_go_on in words):
            yield match.span()
