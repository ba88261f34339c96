# SPDX-License-Identifier: MIT
"""Attempts as pages show them: each question with what was answered, what it gave, and what would have been right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from upart.plugin import markdown
from upart_courses.actions.attempting import Answers, given, marks, seen_of
from upart_courses.models.assessed import Attempt
from upart_courses.questions import HUNDRED, QuestionKind, well_formed


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question for its template. `lines`: place and words in the order shown; `given`: places or words; `points`: hundredths, None ungraded."""

    kind: str
    prompt: Any
    most: int
    lines: list[tuple[str, str]]
    given: Sequence[str]
    in_time: Sequence[str]
    points: int | None
    right: list[str]
    explanation: Any

    @property
    def ranks(self) -> dict[str, int]:
        """Of an ordering: the rank that each line was given."""
        return {place: at for at, place in enumerate(self.given, start=1)}

    @property
    def answer(self) -> list[str]:
        """What was answered, in words."""
        return self.words(self.given)

    def words(self, given: Sequence[str]) -> list[str]:
        """An answer in words."""
        said = dict(self.lines)
        return list(given) if self.kind in (QuestionKind.TEXT, QuestionKind.NUMBER) else [said[place] for place in given if place in said]


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """An attempt and its questions."""

    row: Attempt
    questions: list[ShownQuestion]


def shown_attempt(attempt: Attempt, typed: Answers | None = None) -> ShownAttempt:
    """An attempt with its own answers, or with others that were typed just now."""
    asked = well_formed(attempt.asked)
    answers, before, points = typed if typed is not None else given(attempt), given(attempt, "in_time"), marks(attempt)
    rows = zip(asked, answers, before, points, strict=True)
    return ShownAttempt(attempt, [_shown(one, answer, saved, point) for one, answer, saved, point in rows])


def _shown(asked: Any, answer: Sequence[str], saved: Sequence[str], points: int | None) -> ShownQuestion:
    kind, lines = str(asked["kind"]), [str(line) for line in asked["lines"]]
    places = [place for place in asked.get("right", []) if isinstance(place, int) and 0 <= place < len(lines)]
    right = [lines[place] for place in places] if kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE) else lines
    if kind == QuestionKind.NUMBER:
        right = [" ± ".join(lines)]
    worth = asked.get("points")
    return ShownQuestion(
        kind=kind, prompt=markdown(str(asked.get("prompt", "")), top=4), most=(worth if isinstance(worth, int) else 0) * HUNDRED, lines=seen_of(asked),
        given=answer, in_time=saved, points=points, right=right, explanation=markdown(str(asked.get("explanation", ""))) if asked.get("explanation") else "",
    )  # fmt: skip
