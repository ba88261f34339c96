# SPDX-License-Identifier: MIT
"""Kinds of blocks that plugins add to lessons: what is typed in about one, and what it shows of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Typed = Mapping[str, Any]
"""What somebody has typed in about a block: for each of its fields a text, of a tick True or False."""


class BlockShape(StrEnum):
    """How a field is typed in."""

    TEXT = "text"
    CODE = "code"
    LINE = "line"
    CHOICE = "choice"
    TICK = "tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockField:
    """Something that is typed in about a block: name, label, shape, a hint; of a choice what can be chosen, the first is the default."""

    name: str
    label: str
    shape: BlockShape = BlockShape.LINE
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockType:
    """A kind of block: its name begins with the plugin's id ("chess.board"), label and icon stand on the button that adds one.

    `template` shows it: it has `block`, what was typed, and what `values(typed)` gives. `words` names the fields that people read, for
    search. `lacks(typed)` says in words what is missing before learners may see it, "" for nothing. Both run in the session of the page,
    isolated: a block that fails shows a plain line, everything else is there.
    """

    name: str
    label: str
    template: str
    fields: tuple[BlockField, ...]
    words: tuple[str, ...] = ()
    icon: str = "plug"
    values: Callable[[Typed], Mapping[str, Any]] = lambda typed: {}
    lacks: Callable[[Typed], str] = lambda typed: ""
