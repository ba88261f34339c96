# SPDX-License-Identifier: MIT
"""A sheet: facts and tables, each with the provision behind it. What nobody here knows is open, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Say = Callable[[str], str]
"""How people read an id ("contact.email": "e-mail address")."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a provision asks for; `value` is empty where only the controller knows it, and `ask` says what to write there."""

    key: str
    label: str
    source: str
    value: str = ""
    ask: str = ""

    @property
    def is_open(self) -> bool:
        """Must somebody write it in?"""
        return not self.value

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {"key": self.key, "label": self.label, "source": self.source, "value": self.value or None, "open": self.is_open, "ask": self.ask or None}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it is called, the provision that asks for it, how its ids are said."""

    key: str
    label: str
    source: str = ""
    say: Say = str


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a sheet. `lines` hold ids and numbers; `none` is said when there are no lines."""

    key: str
    title: str
    source: str
    columns: tuple[Column, ...]
    lines: tuple[Mapping[str, Any], ...]
    none: str = ""

    def texts(self) -> list[list[str]]:
        """The lines as people read them."""
        return [[said(line.get(column.key), column.say) for column in self.columns] for line in self.lines]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document: `kind` is its short name, `about` whose it is (the slug of an academy, or "" for the installation)."""

    kind: str
    title: str
    source: str
    about: str
    made_at: datetime
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> list[Fact]:
        """What somebody must write in."""
        return [fact for fact in self.facts if fact.is_open]

    def as_data(self) -> dict[str, Any]:
        """For JSON: facts, then each table under its key, with ids instead of words."""
        head = {"kind": self.kind, "title": self.title, "source": self.source, "academy": self.about or None, "made_at": self.made_at}
        facts = {"facts": [fact.as_data() for fact in self.facts], "open": [fact.key for fact in self.open]}
        return {**head, **facts, **{part.key: [dict(line) for line in part.lines] for part in self.parts}, "note": self.note, **self.more}


def said(value: Any, say: Say = str) -> str:
    """A value of a line in words; several are separated by semicolons."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(dict.fromkeys(say(str(one)) for one in value))
    return say(str(value))
