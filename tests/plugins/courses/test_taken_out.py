# SPDX-License-Identifier: MIT
"""Theo takes a quiz or an assignment out of his lesson while Lena is in it: she finishes what she has begun, and he grades it."""

from __future__ import annotations

import csv
import io

import pytest
from building import LESSON, address, press
from classroom import BREAD, course_id
from people import mails, sign_in
from quizzing import RIGHT, assignment, attempts, begin, in_order, place, publish, quiz, submissions

ESSAY = (("text", "Why does dough rise?", "", "10"),)


@pytest.fixture
def theo(school):
    return sign_in(school, "theo")


@pytest.fixture
def lena(school):
    return sign_in(school, "lena")


def take_out(theo, school, id: str) -> None:
    """The block goes, and learners see the lesson without it."""
    assert "Removed and saved" in press(theo, school, f"remove:{id}").text
    assert publish(theo, school).status_code == 303
    assert f"tasks/{id}" not in sign_in(school, "ada").get(f"/learn/{BREAD}/{LESSON}").text


def teach(school, rest: str) -> str:
    return f"/teach/courses/{course_id(school, BREAD)}/{rest}"


def test_lena_goes_on_with_a_quiz_that_was_taken_out_and_it_is_graded(school, theo, lena):
    id = quiz(theo, school)
    form = begin(lena, id, school)
    take_out(theo, school, id)
    page = lena.get(f"/learn/{BREAD}/{LESSON}").text
    assert ("A quiz that you have begun was taken out" in page, place(id) in page) == (True, True)
    page = lena.get(place(id)).text
    assert ("This quiz was taken out of the course meanwhile." in page, "Know your starter" in page, "What does a starter eat?" in page) == (True,) * 3
    assert lena.post(f"{place(id)}/answers", data={**form, "a-0": "1", "do": "keep"}).status_code == 303
    assert lena.post(f"{place(id)}/start").status_code == 303
    answer = lena.post(f"{place(id)}/answers", data={**form, **RIGHT, **in_order(school)})
    assert "14 of 14 points" in lena.get(answer.headers["Location"]).text
    assert "A quiz that you have begun" not in lena.get(f"/learn/{BREAD}/{LESSON}").text


def test_nobody_begins_one_that_was_taken_out(school, theo, lena):
    id = quiz(theo, school)
    lena.post(f"{place(id)}/answers", data={**begin(lena, id, school), "a-0": "1"})
    take_out(theo, school, id)
    assert "Begin again" not in lena.get(place(id)).text
    answer = lena.post(f"{place(id)}/start")
    assert (answer.status_code, "taken out of the course" in answer.text, len(attempts(school))) == (409, True, 1)
    ada = sign_in(school, "ada")
    ada.post(f"/courses/{BREAD}/enrol")
    assert (ada.get(place(id)).status_code, ada.post(f"{place(id)}/start").status_code) == (404, 404)


def test_theo_grades_it_and_sees_it_among_the_grades(school, theo, lena):
    id = quiz(theo, school, questions=ESSAY)
    form = begin(lena, id, school)
    take_out(theo, school, id)
    lena.post(f"{place(id)}/answers", data={**form, "a-0": "Gas."})
    assert ("taken out" in theo.get(teach(school, "grades/waiting")).text, "Know your starter" in theo.get(teach(school, "grades/waiting")).text) == (
        True,
        True,
    )
    one = teach(school, f"attempts/{attempts(school)[0].id}")
    assert "This quiz was taken out of the course meanwhile." in theo.get(one).text
    assert theo.post(one, data={"points-0": "7", "feedback": "Which gas?"}).status_code == 303
    grades = theo.get(teach(school, "grades")).text
    assert ("taken out" in grades, "7/10" in grades) == (True, True)
    whole = f"{address(school)}/tasks/{id}/learners/{attempts(school)[0].enrolment_id}"
    assert (whole in grades, "Attempt 1" in theo.get(whole).text) == (True, True)
    head, row = csv.reader(io.StringIO(theo.post(teach(school, "grades/download")).data.decode("utf-8-sig")))
    assert (head[2], row[2:]) == ("Know your starter: points", ["7", "10", "passed"])
    link = next(one for one in mails(school, "lena") if "A grade" in one["Subject"])
    assert place(id) in link.get_body(("plain",)).get_content()


def test_work_that_was_given_back_comes_again_after_its_assignment_was_taken_out(school, theo, lena):
    id = assignment(theo, school)
    lena.post(f"{place(id)}/work", data={"text": "Flat."})
    theo.post(teach(school, f"submissions/{submissions(school)[-1].id}"), data={"do": "return", "feedback": "Feed it."})
    take_out(theo, school, id)
    page = lena.get(place(id)).text
    assert ("This assignment was taken out" in page, "Feed it." in page, "<em>loaf</em>" in page) == (True, True, True)
    assert lena.post(f"{place(id)}/work", data={"text": "Round."}).status_code == 303
    assert "Bake one" in theo.get(teach(school, "grades/waiting")).text
    one = teach(school, f"submissions/{submissions(school)[-1].id}")
    assert ("Round." in theo.get(one).text, "What was to be done" in theo.get(one).text) == (True, True)
    assert theo.post(one, data={"do": "grade", "points": "8", "feedback": ""}).status_code == 303
    assert "8/10" in theo.get(teach(school, "grades")).text
    assert sign_in(school, "ada").post(f"{place(id)}/work", data={"text": "Mine."}).status_code == 404


def test_what_nobody_has_begun_is_gone(school, theo, lena):
    id = quiz(theo, school)
    take_out(theo, school, id)
    assert lena.get(place(id)).status_code == 404
    assert "Know your starter" not in theo.get(teach(school, "grades")).text
