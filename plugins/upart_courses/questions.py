# SPDX-License-Identifier: MIT
"""The kinds of questions: how each is written, asked and graded. One table; grading is plain arithmetic on what was asked, and never looks elsewhere.

The rules, which docs/owners/README.md tells teachers too; q = points of the question, in hundredths:
single: all of q for the right choice, else nothing. multiple: q × (right ones chosen − wrong ones chosen) ÷ right ones, not below 0.
text: all of q for one of the accepted answers; capitals, accents written otherwise and spaces do not count. Without accepted answers a teacher grades it.
number: all of q when the answer is at most the tolerance away. ordering: q × pairs in the right order ÷ all pairs, where nothing counts below one half.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import combinations
from typing import Any

from upart.plugin import gettext as _

HUNDRED = 100
MOST_LINES = 20
LONGEST = 300
LONGEST_ANSWER = 5_000
DIGITS = 30

Asked = Mapping[str, Any]
"""A question as an attempt keeps it: id, version, kind, prompt, points, lines, right, explanation, and `order`, in which its lines are shown."""

Given = Sequence[str]
"""An answer: places of the chosen lines, or what was typed. Nothing: not answered."""


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TEXT = "text"
    NUMBER = "number"
    ORDERING = "ordering"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is written in the lines of a question of this kind, what is wrong with them, and how an answer is graded: a share from 0 to 1, None by hand."""

    label: str
    wrong: Callable[[Sequence[str], Sequence[int]], str]
    share: Callable[[Asked, Given], tuple[int, int] | None]


def number_of(text: str) -> Decimal | None:
    """A number as people type it, with a point or a comma; None for anything else."""
    if "_" in text:  # Python reads it between digits
        return None
    try:
        found = Decimal(text.strip().replace("\N{MINUS SIGN}", "-").replace(",", "."))
    except InvalidOperation:
        return None
    return found if len(text) <= DIGITS and found.is_finite() and abs(found.adjusted()) <= DIGITS else None


def alike(text: str) -> str:
    """What counts of a typed answer: no capitals, one way to write accents, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _choices(lines: Sequence[str], right: Sequence[int]) -> str:
    if len(lines) < 2:
        return _("Write at least two choices, a line each.")
    return "" if len(set(lines)) == len(lines) else _("Two lines say the same.")


def _single(lines: Sequence[str], right: Sequence[int]) -> str:
    return _choices(lines, right) or ("" if len(right) == 1 else _("Put a * before the one right choice."))


def _multiple(lines: Sequence[str], right: Sequence[int]) -> str:
    return _choices(lines, right) or ("" if right else _("Put a * before each right choice."))


def _number(lines: Sequence[str], right: Sequence[int]) -> str:
    found = [number_of(line) for line in lines]
    if not 1 <= len(found) <= 2 or None in found:
        return _("Write a number, and in a second line how far an answer may be away from it.")
    return "" if len(found) == 1 or (found[1] is not None and found[1] >= 0) else _("How far an answer may be away cannot be negative.")


def _of_single(asked: Asked, given: Given) -> tuple[int, int]:
    return int(list(given) == [str(asked["right"][0])]), 1


def _of_multiple(asked: Asked, given: Given) -> tuple[int, int]:
    right, chosen = {str(place) for place in asked["right"]}, set(given)
    return max(0, len(chosen & right) - len(chosen - right)), len(right)


def _of_text(asked: Asked, given: Given) -> tuple[int, int] | None:
    if not asked["lines"]:
        return None
    return int(bool(given) and alike(given[0]) in {alike(line) for line in asked["lines"]}), 1


def _of_number(asked: Asked, given: Given) -> tuple[int, int]:
    wanted, *rest = (number_of(line) for line in asked["lines"])
    typed = number_of(given[0]) if given else None
    return int(wanted is not None and typed is not None and abs(typed - wanted) <= (rest[0] if rest and rest[0] is not None else 0)), 1


def _of_ordering(asked: Asked, given: Given) -> tuple[int, int]:
    places = [str(place) for place in range(len(asked["lines"]))]
    if sorted(given) != sorted(places):
        return 0, 1
    pairs = list(combinations(places, 2))
    held = sum(list(given).index(first) < list(given).index(second) for first, second in pairs)
    return (held, len(pairs)) if held * 2 > len(pairs) else (0, 1)


KINDS: dict[QuestionKind, Kind] = {
    QuestionKind.SINGLE: Kind("One right choice", _single, _of_single),
    QuestionKind.MULTIPLE: Kind("Several right choices", _multiple, _of_multiple),
    QuestionKind.TEXT: Kind("Words", lambda lines, right: "", _of_text),
    QuestionKind.NUMBER: Kind("A number", _number, _of_number),
    QuestionKind.ORDERING: Kind("Put in order", _choices, _of_ordering),
}
CHOSEN = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
PLACED = (*CHOSEN, QuestionKind.ORDERING)


def read_lines(kind: QuestionKind, text: str) -> tuple[list[str], list[int]]:
    """The lines of a question as they are typed, and of choices the places of those with a * before them."""
    typed = [line.strip() for line in text.splitlines() if line.strip()]
    if kind not in CHOSEN:
        return typed, []
    return [line.lstrip("*").strip() for line in typed], [place for place, line in enumerate(typed) if line.startswith("*")]


def as_typed(lines: Sequence[Any], right: Sequence[Any]) -> str:
    """The lines as they were typed."""
    return "\n".join(f"{'*' if place in right else ''}{line}" for place, line in enumerate(lines))


def fault(kind: QuestionKind, lines: Sequence[str], right: Sequence[int]) -> str:
    """What is wrong with the lines of a question, in words; "" for nothing."""
    if len(lines) > MOST_LINES or any(len(line) > LONGEST for line in lines):
        return _("Write at most %(n)d lines of %(max)d characters.", n=MOST_LINES, max=LONGEST)
    return KINDS[kind].wrong(lines, right)


def ask(question: Any) -> dict[str, Any]:
    """A question as an attempt keeps it; what is to be put in order is mixed, and never in order already."""
    order = list(range(len(question.lines)))
    while question.kind is QuestionKind.ORDERING and len(order) > 1 and order == sorted(order):
        secrets.SystemRandom().shuffle(order)
    names = ("version", "prompt", "points", "lines", "right", "explanation")
    return {"id": str(question.id), "kind": question.kind.value, **{name: getattr(question, name) for name in names}, "order": order}


def answered(asked: Asked, typed: Sequence[str]) -> list[str]:
    """An answer as it is kept, of what a page sent: a choice that was not offered is none. Of an ordering: the rank that was typed for each line shown."""
    kind = QuestionKind(asked["kind"])
    if kind is QuestionKind.ORDERING:
        ranks = [int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 4 else 0 for rank in typed]
        if len(ranks) != len(asked["order"]) or not any(ranks):
            return []
        ranked = enumerate(zip(ranks, asked["order"], strict=True))
        return [str(place) for _rank, _at, place in sorted((rank or HUNDRED, at, place) for at, (rank, place) in ranked)]
    if kind in CHOSEN:
        offered = [str(place) for place in range(len(asked["lines"]))]
        chosen = [place for place in offered if place in typed]
        return chosen[:1] if kind is QuestionKind.SINGLE else chosen
    said = typed[0].replace("\r\n", "\n").strip() if typed else ""  # a line break counts once, as the page counts it
    return [said[:LONGEST_ANSWER]] if said else []


def grade(asked: Asked, given: Given) -> int | None:
    """Hundredths of points for an answer, rounded down; None when a teacher has to grade it. What is not answered has none."""
    if not given:
        return 0
    found = KINDS[QuestionKind(asked["kind"])].share(asked, given)
    return None if found is None else asked["points"] * HUNDRED * found[0] // found[1]


def well_formed(asked: Any) -> list[Asked]:
    """The questions of a snapshot that can be shown; a row from elsewhere may hold anything."""
    found = asked if isinstance(asked, list) else []
    return [one for one in found if isinstance(one, dict) and one.get("kind") in set(QuestionKind) and isinstance(one.get("lines"), list)]
