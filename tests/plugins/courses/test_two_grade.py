# SPDX-License-Identifier: MIT
"""Theo and Ada grade the same work: what one of them has said is not overwritten unseen by the other, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from building import address
from classroom import BREAD, Forms, course_id, held
from quizzing import assignment, attempts, begin, place, quiz, rows, submissions, task
from upart_courses.models.assessed import Extension

ESSAYS = (("text", "Why does dough rise?", "", "10"), ("text", "Why does it fall?", "", "10"))
LONG = "The crumb is even, and you say why. Next time let it rest longer."


@pytest.fixture
def work(portal, theo, lena) -> str:
    """Where the work is graded that Lena has handed in."""
    lena.post(f"{place(assignment(theo, portal, due='2189-01-01T10:00'))}/work", data={"text": "My loaf."})
    return f"/teach/courses/{course_id(portal, BREAD)}/submissions/{submissions(portal)[0].id}"


def test_words_of_theo_are_not_overwritten_by_a_page_that_was_opened_earlier(portal, theo, ada, work):
    opened = held(ada, work, points="2", do="grade")
    assert theo.post(work, data=held(theo, work, points="4,0", feedback=LONG, do="grade")).status_code == 303
    page = ada.post(work, data=opened)
    asked = Forms(page.text).found[work]
    assert (page.status_code, asked["points"], asked["feedback"], "Keep mine" in page.text) == (409, "2", LONG, True)
    assert submissions(portal)[0].points == 400
    assert ada.post(work, data={**asked, "do": "grade"}).status_code == 303
    assert [(one.points, one.feedback) for one in submissions(portal)] == [(200, LONG)]


def test_whoever_gives_back_what_another_has_graded_meanwhile_is_asked(portal, theo, ada, work):
    opened = held(ada, work, feedback="Show the crumb.", do="return")
    theo.post(work, data=held(theo, work, points="4", do="grade"))
    page = ada.post(work, data=opened)
    assert (page.status_code, "Saved meanwhile: Decision" in page.text, submissions(portal)[0].points) == (409, True, 400)
    asked = Forms(page.text).found[work]
    assert ada.post(work, data={**asked, "do": "return", "take-do": "theirs"}).status_code == 303
    assert [(one.verdict, one.points, one.feedback) for one in submissions(portal)] == [("graded", 400, "Show the crumb.")]


def test_points_for_two_questions_from_two_graders_are_both_kept(portal, theo, ada, lena):
    id = quiz(theo, portal, questions=ESSAYS)
    lena.post(f"{place(id)}/answers", data={**begin(lena, id, portal), "a-0": "Gas.", "a-1": "Time."})
    page = f"/teach/courses/{course_id(portal, BREAD)}/attempts/{attempts(portal)[0].id}"
    theo.post(page, data=held(theo, page, **{"points-0": "1", "points-1": "2"}))
    opened = held(ada, page, **{"points-1": "9"})
    theo.post(page, data=held(theo, page, **{"points-0": "7"}, feedback=LONG))
    assert ada.post(page, data=opened).status_code == 303
    assert [(one.marks["points"], one.feedback) for one in attempts(portal)] == [([700, 900], LONG)]
    theo.post(page, data=held(theo, page, **{"points-1": "3"}))
    asked = ada.post(page, data={**opened, "points-1": "8"})
    assert (asked.status_code, "Saved meanwhile: Points for question 2" in asked.text) == (409, True)
    assert re.search(r'name="points-1" value="8"|value="8"[^>]*name="points-1"', asked.text)


def test_a_deadline_that_theo_has_given_is_shown_and_not_overwritten_unseen(portal, theo, ada, lena, work):
    page = f"{address(portal)}/tasks/{task(portal, 'assignment')}/learners/{submissions(portal)[0].enrolment_id}"
    opened = held(ada, page, due="2190-01-02T10:00")
    assert theo.post(page, data=held(theo, page, due="2190-01-05T10:00")).status_code == 303
    asked = ada.post(page, data=opened)
    assert (asked.status_code, "Keep mine" in asked.text) == (409, True)
    assert held(ada, page)["due"] == "2190-01-05T10:00"
    assert [one.due_at.day for one in rows(portal, Extension)] == [5]


def test_words_of_theo_stay_when_lena_hands_in_something_newer_meanwhile(portal, theo, lena, work):
    opened = held(theo, work, points="2", feedback=LONG, do="grade")
    lena.post(f"{place(task(portal, 'assignment'))}/work", data={"text": "A rounder loaf."})
    page, newer = theo.post(work, data=opened), work.replace(str(submissions(portal)[0].id), str(submissions(portal)[1].id))
    typed = Forms(page.text).found[newer]
    assert (page.status_code, typed["points"], typed["feedback"], "A rounder loaf." in page.text) == (409, "2", LONG, True)
    assert (f'href="{newer}"' in page.text, f'href="{newer}"' in theo.get(work).text, submissions(portal)[1].points) == (True, True, None)
    assert theo.post(newer, data={**typed, "points": "8", "do": "grade"}).status_code == 303
    assert [(one.points, one.feedback) for one in submissions(portal)] == [(None, ""), (800, LONG)]
