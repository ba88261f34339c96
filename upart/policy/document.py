# SPDX-License-Identifier: MIT
"""A privacy policy as it is read: sections of sentences and tables, each with the id of the declaration behind it. Kept as it was published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence; `strong` are words that go before it, `href` with `link` a page that goes with it ("/privacy/mine")."""

    text: str
    declaration: str
    strong: str = ""
    href: str = ""
    link: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `note` stands small below its first cell."""

    cells: tuple[str, ...]
    declaration: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a section: a heading, sentences, then a table; behind `summary` until it is opened. `words` is Markdown of the academy's own."""

    lines: tuple[Line, ...] = ()
    heading: str = ""
    summary: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    words: str = ""
    declaration: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading; `id` is its anchor."""

    id: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole policy in one language. `labels` are the words around it ("Contents")."""

    language: str
    title: str
    lead: str
    short: tuple[Line, ...]
    sections: tuple[Section, ...]
    labels: dict[str, str]

    def as_data(self) -> dict[str, Any]:
        """For the database, and for JSON."""
        return asdict(self)

    def declarations(self) -> Iterator[str]:
        """The ids behind its sentences and rows, as they stand there."""
        yield from (line.declaration for line in self.short)
        for part in (part for section in self.sections for part in section.parts):
            yield from (line.declaration for line in part.lines)
            yield from (row.declaration for row in part.rows)
            if part.words:
                yield part.declaration


def restored(data: Any) -> Document:
    """A policy as it was kept."""
    return msgspec.convert(data, Document, strict=False)
