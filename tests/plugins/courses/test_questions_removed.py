# SPDX-License-Identifier: MIT
"""Theo removes questions: one click too many is taken back, and a quiz that learners have keeps one."""

from __future__ import annotations

import pytest
from building import address
from classroom import Forms
from people import sign_in
from quizzing import QUESTIONS, quiz, rows, with_questions, with_task
from upart_courses.models.assessed import Question

from upart.testing.together import together

FACTS = ("id", "kind", "prompt", "points", "lines", "right", "explanation")


def asked(portal) -> list[tuple]:
    """The questions in order, each as Theo wrote it."""
    return [tuple(getattr(one, name) for name in FACTS) for one in sorted(rows(portal, Question), key=lambda one: one.position)]


def remove(theo, portal, id: str, at: int):
    return theo.post(f"{address(portal)}/tasks/{id}/questions/{asked(portal)[at][0]}/move", data={"to": "gone"})


@pytest.mark.parametrize("at", range(len(QUESTIONS)))
def test_a_question_that_was_removed_comes_back_to_its_place_once(portal, theo, at):
    id = quiz(theo, portal)
    before, place = asked(portal), f"{address(portal)}/tasks/{id}/questions/new"
    page = remove(theo, portal, id, at).text
    assert asked(portal) == before[:at] + before[at + 1 :]
    for _press in range(2):
        assert theo.post(place, data=Forms(page).found[place]).status_code == 303
    assert asked(portal) == before


def test_the_only_question_of_a_published_quiz_stays_until_there_is_another(portal, theo):
    id = quiz(theo, portal, questions=QUESTIONS[:1])
    answer = remove(theo, portal, id, 0)
    assert (answer.status_code, "Add another question first" in answer.text, len(asked(portal))) == (409, True, 1)
    with_questions(theo, portal, id, QUESTIONS[1:2])
    assert (remove(theo, portal, id, 0).status_code, len(asked(portal))) == (200, 1)


def test_a_quiz_that_no_learner_has_yet_may_lose_all_of_them(portal, theo):
    id = with_task(theo, portal, "quiz")
    with_questions(theo, portal, id, QUESTIONS[:1])
    assert (remove(theo, portal, id, 0).status_code, asked(portal)) == (200, [])


def test_two_tabs_that_remove_the_last_two_leave_one(school):
    theo, other = sign_in(school, "theo"), sign_in(school, "theo")
    id = quiz(theo, school, questions=QUESTIONS[:2])
    paths = [f"{address(school)}/tasks/{id}/questions/{one[0]}/move" for one in asked(school)]
    statuses = together(2, lambda at: (theo, other)[at].post(paths[at], data={"to": "gone"}).status_code)
    assert (sorted(statuses), len(asked(school))) == ([200, 409], 1)
