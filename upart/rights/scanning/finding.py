# SPDX-License-Identifier: MIT
"""What a scan has found: places and numbers, never text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from upart.rights.scanning.matching import Matcher
from upart.rights.scanning.wanted import BLOCKING, What

CHUNK = 1024 * 1024
"""Bytes that are searched at a time."""

OVERLAP = 4096
"""Bytes that are searched twice, since a text may lie across the end of a chunk."""


class Place(NamedTuple):
    """Where: a column of a table, or kind of file (then without a column). `kept`: a law keeps it there."""

    plugin: str
    table: str
    column: str = ""
    kept: bool = False


@dataclass
class Findings:
    """Numbers by place and kind, and in words what could not be looked at."""

    counts: Counter[tuple[Place, What]] = field(default_factory=Counter)
    not_seen: list[str] = field(default_factory=list)
    packed: int = 0

    def note(self, place: Place, hits: Iterable[What]) -> None:
        """One more row or file in which these stand."""
        self.counts.update((place, what) for what in hits)

    def as_data(self) -> list[dict[str, Any]]:
        """As the receipt has it."""
        ordered = sorted(self.counts.items(), key=lambda item: (item[0][1].value, item[0][0]))
        return [
            {"plugin": place.plugin, "table": place.table, "column": place.column, "what": what.value, "count": count, "kept": place.kept}
            for (place, what), count in ordered
        ]


def holds_up(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The places for which an erasure is not done: a name alone and what a law keeps are none."""
    return [one for one in found if one["what"] in BLOCKING and not one["kept"]]


def in_stream(stream: Any, matcher: Matcher) -> tuple[set[What], bytes]:
    """Which kinds stand in a file, read piece by piece; and its first bytes."""
    hits: set[What] = set()
    head = b""
    for piece in pieces(stream):
        head = head or piece[:16]
        hits |= set(matcher.found(piece))
    return hits, head


def pieces(stream: Any) -> Iterator[bytes]:
    """A file in pieces that overlap."""
    tail = b""
    while data := stream.read(CHUNK):
        yield tail + data
        tail = (tail + data)[-OVERLAP:]
