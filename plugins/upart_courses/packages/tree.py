# SPDX-License-Identifier: MIT
"""A course as a package brings it, whatever the package is, and what of it does not come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from upart.plugin import Problem
from upart_courses.limits import LINE

TASKS = ("quiz", "assignment")

WHOLE = "."
"""In place of a part: the package itself, as it was sent."""


class Unreadable(Problem):
    """A package that cannot come in at all: what is wrong, and what to do."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(422, message, remedy=remedy, code="package_refused")


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the report: where in the package, what of it does not come in or comes in otherwise, what to do about it. `lost`: it is left out."""

    where: str
    what: str
    todo: str = ""
    lost: bool = True


@dataclass(slots=True)
class Piece:
    """A block to be: its kind, what is typed in it, and the part of the package that it shows. `alt`: what a picture shows.

    `rules`: of a quiz or an assignment, by the names of their columns; `questions`: of a quiz, each as a question keeps it.
    """

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    alt: str = ""
    captions: str = ""
    language: str = ""
    rules: dict[str, Any] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)


def task_of(kind: str, attributes: Mapping[str, str], words: str) -> Piece:
    """A task as one of our own pages has it: its first line is its title, as others read it."""
    values = {"title": attributes.get("data-title", "")[:LINE], "required": attributes.get("data-required") == "yes"}
    return Piece(kind, values | ({"text": words.partition("\n\n")[2]} if kind == "assignment" else {}), rules=dict(attributes))


def package_of(link: Piece, attributes: Mapping[str, str]) -> Piece:
    """A learning package as one of our own pages has it: a link to its ZIP."""
    return Piece("package", {"title": link.values.get("label", ""), "again": attributes.get("data-again") == "yes"}, link.path)


@dataclass(slots=True)
class Page:
    """A lesson to be. `old`: addresses under which it was found before."""

    title: str
    path: str = ""
    slug: str = ""
    pieces: list[Piece] = field(default_factory=list)
    exercise: bool = False
    minutes: int = 0
    preview: bool = False
    required: bool = True
    old: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A section to be."""

    title: str
    pages: list[Page] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """A course to be. `format`: what was read, in words; `sizes`: bytes of the parts that it shows."""

    format: str
    title: str
    summary: str = ""
    description: str = ""
    language: str = ""
    subject: str = ""
    outcomes: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    old: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[Page]:
        """All lessons in order."""
        return [page for part in self.parts for page in part.pages]

    @property
    def files(self) -> list[str]:
        """All parts of the package that lessons show, each once."""
        return list(dict.fromkeys(path for page in self.pages for piece in page.pieces for path in (piece.path, piece.captions) if path))
