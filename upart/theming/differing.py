# SPDX-License-Identifier: MIT
"""What is different between two texts, in words: what stayed, went and came."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

SAME, GONE, NEW = "same", "gone", "new"

WORDS = re.compile(r"\s+|[^\s,;.:()]+|[,;.:()]")
MOST = 1_000
"""Words of a changed passage that are compared one by one; a longer passage is shown as gone and come as a whole."""

SHORT = 3
"""Characters that may have stayed between two changes without being told."""

AROUND = 160
"""Characters of what stayed that are shown beside what changed."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some words: `what` is "same", "gone" or "new"."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is different: how it is called, and its words."""

    label: str
    segments: tuple[Segment, ...]


def segments(was: str, now: str) -> tuple[Segment, ...]:
    """What stayed, went and came, word by word."""
    return tuple(_by_lines(was, now))


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """What is different between two versions in words (label to text); long passages that stayed are shortened to what stands beside a change."""
    found = ((label, old.get(label, ""), new.get(label, "")) for label in dict.fromkeys([*new, *old]))
    return [Difference(label, tuple(_shortened(_readable(segments(was, now))))) for label, was, now in found if was != now]


def _by_lines(was: str, now: str) -> Iterator[Segment]:
    """Lines first: words of a long text, each with each, would take minutes."""
    a, b = was.splitlines(keepends=True), now.splitlines(keepends=True)
    for op, i, j, k, m in difflib.SequenceMatcher(None, a, b).get_opcodes():
        old, new = "".join(a[i:j]), "".join(b[k:m])
        if op == "equal":
            yield Segment(SAME, old)
        else:
            yield from _by_words(old, new)


def _by_words(was: str, now: str) -> Iterator[Segment]:
    a, b = WORDS.findall(was), WORDS.findall(now)
    if len(a) > MOST or len(b) > MOST:
        yield from (Segment(what, text) for what, text in ((GONE, was), (NEW, now)) if text)
        return
    for op, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            yield Segment(SAME, "".join(a[i:j]))
        else:
            yield from (Segment(what, text) for what, text in ((GONE, "".join(a[i:j])), (NEW, "".join(b[k:m]))) if text)


def _readable(found: tuple[Segment, ...]) -> list[Segment]:
    """Changes between which hardly anything stayed are told as one: a blank between two other words is no text that stayed."""
    made: list[Segment] = []
    for stays, inside in groupby(enumerate(found), key=lambda pair: _stays(found, pair[0])):
        parts = [one for _at, one in inside]
        if stays:
            made.append(Segment(SAME, "".join(one.text for one in parts)))
            continue
        texts = {what: "".join(one.text for one in parts if one.what in (SAME, what)) for what in (GONE, NEW)}
        made += [Segment(what, text) for what, text in texts.items() if any(one.what == what for one in parts)]
    return made


def _stays(found: tuple[Segment, ...], at: int) -> bool:
    """Is this text that stayed, and not only a blank or a dot between two changes?"""
    between = 0 < at < len(found) - 1
    return found[at].what == SAME and not (between and len(found[at].text.strip()) <= SHORT and "\n" not in found[at].text)


def _shortened(found: list[Segment]) -> Iterator[Segment]:
    for at, one in enumerate(found):
        if one.what != SAME or len(one.text) <= 2 * AROUND:
            yield one
            continue
        first = one.text[:AROUND].rsplit(maxsplit=1)[0] if at else ""
        last = one.text[-AROUND:].split(maxsplit=1)[-1] if at + 1 < len(found) else ""
        yield Segment(SAME, f"{first} … {last}")
