# SPDX-License-Identifier: MIT
"""Lena hands in work; Theo gives it back, grades it, and gives her more time. Nobody else opens her files."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from building import LESSON, address
from classroom import BREAD, Forms, course_id, crowd, happened
from people import sign_in
from people import work as worker
from quizzing import assignment, place, quiz, rows, rules, submissions, with_task
from sqlalchemy import event, select
from upart_courses.models import Enrolment
from upart_courses.models.assessed import Assignment, Attempt, Extension, HandedIn, Submission

from upart import clock
from upart.academies.models import AcademySetting
from upart.accounts.models import Person
from upart.db import engine
from upart.rights.actions.asking import ask_to_erase
from upart.storage.models import File

PDF = b"%PDF-1.7\n" + bytes(300)


def hand_in(learner, id: str, text: str = "", *files: bytes):
    sent = [(io.BytesIO(data), f"{at}.pdf") for at, data in enumerate(files)]
    return learner.post(f"{place(id)}/work", data={"text": text, "files": sent}, content_type="multipart/form-data")


def grading(school, at: int = -1) -> str:
    return f"/teach/courses/{course_id(school, BREAD)}/submissions/{submissions(school)[at].id}"


def learner_page(school, id: str) -> str:
    with school.reading("athena") as session:
        joined = select(Enrolment.id).join(Person, Person.id == Enrolment.learner_id)
        enrolment = session.scalars(joined.where(Person.name == "Lena", Enrolment.course_id == course_id(school, BREAD))).one()
    return f"{address(school)}/tasks/{id}/learners/{enrolment}"


def test_lena_hands_in_theo_gives_it_back_and_then_grades_it(portal, theo, lena):
    id = assignment(theo, portal, required=True)
    assert hand_in(lena, id, "My loaf is flat.", PDF).status_code == 303
    assert theo.post(grading(portal), data={"do": "return", "feedback": ""}).status_code == 422
    assert theo.post(grading(portal), data={"do": "return", "feedback": "Feed it longer."}).status_code == 303
    page = lena.get(place(id)).text
    assert ("Feed it longer." in page, "My loaf is flat." in page) == (True, True)
    assert hand_in(lena, id, "It rises now.").status_code == 303
    assert theo.post(grading(portal, 0), data={"points": "9", "do": "grade"}).status_code == 409
    assert theo.post(grading(portal), data={"points": "7.5", "feedback": "Yes!", "do": "grade"}).status_code == 303
    page = lena.get(place(id)).text
    assert ("7.5 of 10 points" in page, "Yes!" in page, "Passed" in page) == (True, True, True)
    assert f'action="{place(id)}/work"' not in page
    answer = hand_in(lena, id, "Once more")
    assert (answer.status_code, "graded already" in answer.text) == (422, True)
    assert [happened(portal, f"courses.{what}") for what in ("handed_in", "returned", "graded")] == [2, 1, 1]


@pytest.mark.parametrize("points", ["-1", "10.01", "ten", "", "1.234"])
def test_points_that_there_are_not_are_refused_and_the_feedback_stays(portal, theo, lena, points):
    hand_in(lena, assignment(theo, portal), "Here.")
    answer = theo.post(grading(portal), data={"points": points, "feedback": "Nearly.", "do": "grade"})
    assert (answer.status_code, "Nearly." in answer.text) == (422, True)
    assert submissions(portal)[0].points is None


def test_nothing_too_much_and_programs_are_refused_and_the_text_stays(portal, theo, lena):
    id = assignment(theo, portal, files="1")
    assert hand_in(lena, id).status_code == 422
    answer = hand_in(lena, id, "My words.", PDF, PDF)
    assert (answer.status_code, "1 at most" in answer.text, "My words." in answer.text) == (422, True, True)
    page = hand_in(lena, id, "My words.", b"\x7fELF" + bytes(200))
    said = re.search(r'id="e-files">(.*?)</span>', page.text, re.S)[1]
    assert (page.status_code, "This is a program" in said, "My words." in page.text) == (422, True, True)
    assert submissions(portal) == []


def test_one_bad_file_of_two_keeps_both_out_and_a_full_academy_keeps_the_text(portal):
    with portal.everywhere() as session:
        session.add(AcademySetting(academy_id=portal.academy("athena").id, key="file_space", value="1"))
    theo, lena = sign_in(portal, "theo"), sign_in(portal, "lena")
    id = assignment(theo, portal, files="2")
    page = hand_in(lena, id, "My words.", PDF, b"MZ" + bytes(200))
    assert (page.status_code, "1.pdf: This is a program" in page.text, "My words." in page.text) == (422, True, True)
    page = hand_in(lena, id, "My words.", PDF + bytes(1_100_000))
    assert (page.status_code, "is used up" in page.text, 'id="e-files"' in page.text, "My words." in page.text) == (507, True, True, True)
    assert (rows(portal, HandedIn), submissions(portal), hand_in(lena, id, "My words.").status_code) == ([], [], 303)


def test_late_work_is_kept_and_told_and_lena_gets_more_time(portal, theo, lena):
    id = assignment(theo, portal, due=f"{clock.now() - timedelta(days=2):%Y-%m-%dT%H:%M}")
    hand_in(lena, id, "Sorry.")
    assert ">late<" in lena.get(place(id)).text
    page = learner_page(portal, id)
    answer = theo.post(page, data={"due": f"{clock.now() - timedelta(days=9):%Y-%m-%dT%H:%M}"})
    assert (answer.status_code, "before the deadline of the others" in answer.text) == (422, True)
    assert theo.post(page, data={"due": f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}).status_code == 303
    hand_in(lena, id, "In time now.")
    assert [one.late for one in submissions(portal)] == [True, False]
    assert rules(theo, portal, id, due=f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M}").status_code == 303
    with clock.shifted(timedelta(days=5)):
        hand_in(lena, id, "In time for everybody.")
    assert submissions(portal)[-1].late is False
    assert theo.post(page, data={**Forms(theo.get(page).text).found[page], "due": ""}).status_code == 303
    assert rows(portal, Extension) == []


def test_rules_that_cannot_be_are_refused(portal, theo):
    id = with_task(theo, portal, "assignment")
    for typed in ({"points": "-1"}, {"points": "5", "pass_points": "6"}, {"files": "-1"}, {"due": "soon"}):
        assert rules(theo, portal, id, **typed).status_code == 422
    assert rules(theo, portal, id, points="5", pass_points="5", due="2027-03-01T18:00").status_code == 303
    stored = rows(portal, Assignment)[0]
    assert (stored.points, stored.due, stored.zone) == (5, "2027-03-01T18:00", "UTC")


def test_an_assignment_is_worth_no_less_than_what_theo_has_given(portal, theo, lena):
    id = assignment(theo, portal)
    hand_in(lena, id, "Here.")
    theo.post(grading(portal), data={"points": "7.5", "do": "grade"})
    answer = rules(theo, portal, id, points="7", pass_points="5", due="2190-01-01T10:00")
    assert (answer.status_code, "7.5 points were given already, so it cannot be worth less than 8." in answer.text) == (422, True)
    assert [(one.points, one.due) for one in rows(portal, Assignment)] == [(10, "")]
    assert rules(theo, portal, id, points="8", pass_points="5").status_code == 303
    assert "7.5 of 8 points" in lena.get(place(id)).text


def test_the_file_is_lenas_and_opens_for_her_and_theo_alone(portal, theo, lena):
    id = assignment(theo, portal)
    hand_in(lena, id, "", PDF)
    link = re.search(r'href="(/files/[^"]+)"', lena.get(place(id)).text)[1].replace("&amp;", "&")
    assert lena.get(link).data == PDF
    assert re.search(r'href="(/files/[^"]+)"', theo.get(grading(portal)).text)
    assert lena.get(link.partition("?")[0]).status_code == 404
    with portal.reading("athena") as session:
        assert session.scalars(select(File).join(HandedIn, HandedIn.file_id == File.id)).one().about_id is not None


def test_the_gradebook_shows_both_and_asks_the_database_as_often_for_many(portal, theo, lena):
    work, asked = assignment(theo, portal), quiz(theo, portal)
    hand_in(lena, work, "Here.")
    theo.post(grading(portal), data={"points": "8", "do": "grade"})
    path, sent = f"/teach/courses/{course_id(portal, BREAD)}/grades", []
    page = theo.get(path).text
    assert ("8/10" in page, "not begun" in page, "Bake one" in page) == (True, True, True)
    assert theo.get(learner_page(portal, asked)).status_code == 200
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))
    needed = []
    for more in (60, 600):
        crowd(portal, BREAD, more)
        sent.clear()
        assert "8/10" in theo.get(f"{path}?q=Lena").text
        assert theo.get(path).text.count('scope="row"') == 50
        needed.append(list(sent))
    assert needed[0] == needed[1]


def test_what_lena_did_goes_with_her_and_the_questions_stay(portal, theo, lena):
    work, asked = assignment(theo, portal, due="2029-12-01T10:00"), quiz(theo, portal)
    hand_in(lena, work, "Here.", PDF)
    theo.post(learner_page(portal, work), data={"due": "2030-01-01T10:00"})
    assert len(rows(portal, Extension)) == 1
    lena.post(f"{place(asked)}/start")
    with portal.writing("athena") as session:
        ask_to_erase(session.scalars(select(Person).where(Person.name == "Lena")).one())
    worker(portal)
    assert [rows(portal, table) for table in (Attempt, Submission, HandedIn, Extension)] == [[], [], [], []]
    assert len(rows(portal, Assignment)) == 1


def test_twenty_tabs_hand_in_once(school):
    theo, lena = sign_in(school, "theo"), sign_in(school, "lena")
    id = assignment(theo, school)
    with ThreadPoolExecutor(20) as pool:
        sent = [answer.result(60).status_code for answer in [pool.submit(hand_in, lena, id, "The same words.") for _ in range(20)]]
    assert (set(sent), len(submissions(school)), happened(school, "courses.handed_in")) == ({303}, 1, 1)


def test_a_lesson_with_a_required_assignment_is_done_when_it_is_passed(portal, theo, lena):
    lena.post(f"/learn/{BREAD}/{LESSON}/not-done", data={"sure": "y"})
    id = assignment(theo, portal, required=True)
    hand_in(lena, id, "Here.")
    assert lena.post(f"/learn/{BREAD}/{LESSON}/done").status_code == 409
    theo.post(grading(portal), data={"points": "5.99", "do": "grade"})
    assert lena.post(f"/learn/{BREAD}/{LESSON}/done").status_code == 409
    theo.post(grading(portal), data={"points": "6", "do": "grade"})
    assert "Done. Mark as not done" in lena.get(f"/learn/{BREAD}/{LESSON}").text
