# SPDX-License-Identifier: MIT
"""Try a quiz out, for whoever writes it: asked and graded as with learners, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from upart_courses.actions.attempting import Answers, drawn
from upart_courses.actions.quizzing import questions_of
from upart_courses.models.assessed import Attempt, Quiz, Sheet, Stage
from upart_courses.questions import HUNDRED, ask, grade


def sheet(quiz: Quiz | None) -> list[dict[str, Any]]:
    """Questions as an attempt that begins now would ask them."""
    return [ask(one) for one in drawn(quiz, questions_of(quiz))] if quiz is not None else []


def marked(asked: dict[str, Any]) -> str:
    """A question of a sheet as a page sends it back: its id, and in which order its lines were shown."""
    return f"{asked['id']} {' '.join(str(place) for place in asked['order'])}"


def again(quiz: Quiz | None, marks: Sequence[str]) -> dict[int, dict[str, Any]]:
    """The questions that a page had asked, by their place on it, as they are now; those that are gone meanwhile are left out."""
    now, found = {str(one.id): one for one in questions_of(quiz)}, dict[int, dict[str, Any]]()
    for at, (id, *order) in enumerate(mark.split(" ") for mark in marks):
        if (question := now.pop(id, None)) is not None:
            asked = ask(question)
            if sorted(order) == sorted(str(place) for place in asked["order"]):
                asked["order"] = [int(place) for place in order]
            found[at] = asked
    return found


def graded(quiz: Quiz, asked: list[dict[str, Any]], typed: Answers) -> Attempt:
    """What a learner would be told who answers so. It belongs to nobody and is in no table; open questions wait for a teacher."""
    points = [grade(one, answer) for one, answer in zip(asked, typed, strict=True)]
    attempt = Attempt(sheet=Sheet(asked=asked), number=1, stage=Stage.WAITING, answers={"given": typed}, marks={"points": points})
    attempt.most = sum(one["points"] for one in asked) * HUNDRED
    if None not in points:
        attempt.stage, attempt.points = Stage.GRADED, sum(one or 0 for one in points)
        attempt.passed = attempt.points * HUNDRED >= quiz.pass_percent * attempt.most
    return attempt
