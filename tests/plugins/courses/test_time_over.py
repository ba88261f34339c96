# SPDX-License-Identifier: MIT
"""Lena begins a quiz and does not hand it in: when its time is over, what she has kept counts, once, and Theo sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from building import LESSON
from classroom import BREAD, count, course_id, happened
from people import night, sign_in, work
from quizzing import QUESTIONS, attempts, begin, place, quiz
from restricting import restrict_at
from sqlalchemy import delete, select
from upart_courses.actions import attempting
from upart_courses.models import LessonEvent, LessonEventKind
from upart_courses.models.assessed import Attempt

from upart.jobs.models import Job
from upart.rights.restricting.actions import lift
from upart.rights.restricting.models import Restriction
from upart.testing.together import together

ESSAY = (("single", "Does dough rise?", "*yes\nno", "2"), ("text", "Why?", "", "10"))


@pytest.fixture
def theo(school):
    return sign_in(school, "theo")


@pytest.fixture
def lena(school):
    return sign_in(school, "lena")


def keep(lena, school, id: str, **typed: str) -> dict:
    """Begin, and keep these answers; what the form sends."""
    form = begin(lena, id, school)
    assert lena.post(f"{place(id)}/answers", data={**form, **typed, "do": "keep"}).status_code == 303
    return form


def later(school, **time) -> None:
    """So much of her time goes by, and of the job's."""
    with school.writing("athena") as session:
        for one in session.scalars(select(Attempt)):
            one.ends_at -= timedelta(**time)
        for job in session.scalars(select(Job).where(Job.task == attempting.TIME_OVER)):
            job.run_at -= timedelta(**time)


def standing(school) -> list:
    return [(one.stage.value, one.points, one.late, one.ran_out) for one in attempts(school)]


def queue(theo, school) -> str:
    return theo.get(f"/teach/courses/{course_id(school, BREAD)}/grades/waiting").text


def test_what_she_kept_in_time_is_graded_when_her_time_is_over(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    keep(lena, school, id, **{"a-0": "1"})
    work(school)
    later(school, minutes=10, seconds=20)
    work(school)
    assert standing(school) == [("running", None, False, False)]
    later(school, seconds=20)
    work(school)
    assert standing(school) == [("graded", 200, False, True)]
    assert (happened(school, "courses.handed_in"), happened(school, "courses.graded")) == (1, 1)
    page = lena.get(f"{place(id)}?attempt=1").text
    assert ("The time ran out before you handed this in" in page, "2 of 14 points" in page) == (True, True)


def test_what_theo_has_to_grade_stands_in_his_list_as_run_out(school, theo, lena):
    id = quiz(theo, school, minutes="10", questions=ESSAY)
    keep(lena, school, id, **{"a-0": "0", "a-1": "Gas."})
    later(school, minutes=11)
    work(school)
    waits = queue(theo, school)
    assert ("time ran out" in waits, "Attempt 1" in waits) == (True, True)
    page = f"/teach/courses/{course_id(school, BREAD)}/attempts/{attempts(school)[0].id}"
    assert "nothing was handed in. What was kept by then counts." in theo.get(page).text
    assert theo.post(page, data={"points-0": "2", "points-1": "7", "feedback": "Which gas?"}).status_code == 303
    assert standing(school) == [("graded", 900, False, True)]
    assert "Nothing to grade" in queue(theo, school)


def test_two_workers_at_once_close_it_once_and_lena_changes_nothing(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    form = keep(lena, school, id, **{"a-0": "1"})
    later(school, minutes=11)
    attempt = str(attempts(school)[0].id)

    def close(_worker: int) -> None:
        with school.app.app_context(), school.writing("athena"):
            attempting.time_over(attempt)

    together(2, close)
    work(school)
    assert lena.post(f"{place(id)}/answers", data={**form, "a-0": "1"}).status_code == 303
    assert (happened(school, "courses.handed_in"), happened(school, "courses.graded")) == (1, 1)
    assert standing(school) == [("graded", 200, False, True)]


def test_what_is_late_is_put_beside_it_for_an_hour_and_right_answers_wait(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    form = keep(lena, school, id, **{"a-0": "1", "a-2": "kept in time"})
    later(school, minutes=11)
    work(school)
    assert ("Sauerteig" in lena.get(f"{place(id)}?attempt=1").text, standing(school)[0][1]) == (False, 200)
    page = lena.get(lena.post(f"{place(id)}/answers", data={**form, "a-2": "Sauerteig"}).headers["Location"]).text
    assert ("This came after the time was over. It is kept" in page, standing(school)) == (True, [("waiting", 200, True, False)])
    shown = theo.get(f"/teach/courses/{course_id(school, BREAD)}/attempts/{attempts(school)[0].id}").text
    assert "kept in time" in shown


def test_an_hour_later_nothing_is_put_beside_it_and_what_she_sends_stays_on_the_page(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    form = keep(lena, school, id, **{"a-0": "1"})
    later(school, minutes=71)
    work(school)
    answer = lena.post(f"{place(id)}/answers", data={**form, "a-2": "My second thought"})
    assert (answer.status_code, "Its time ran out, and what you had kept" in answer.text, "My second thought" in answer.text) == (409, True, True)
    assert standing(school) == [("graded", 200, False, True)]
    assert "Sauerteig" in lena.get(f"{place(id)}?attempt=1").text


def test_after_she_has_begun_again_nothing_is_put_beside_it(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    form = keep(lena, school, id, **{"a-0": "1"})
    later(school, minutes=11)
    begin(lena, id, school)
    assert lena.post(f"{place(id)}/answers", data={**form, "a-2": "Sauerteig"}).status_code == 409
    assert [one[0] for one in standing(school)] == ["graded", "running"]


def test_while_her_data_are_restricted_it_waits(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    keep(lena, school, id, **{"a-0": "1"})
    restriction = restrict_at(school, "Lena")
    later(school, minutes=11)
    work(school)
    assert standing(school) == [("running", None, False, False)]
    with school.app.app_context(), school.writing("athena") as session:
        lift(session.scalars(select(Restriction).where(Restriction.id == restriction)).one(), told=True)
    work(school)
    assert standing(school) == [("graded", 200, False, True)]


def test_one_of_which_no_job_knows_is_found_at_night(school, theo, lena):
    keep(lena, school, quiz(theo, school, minutes="10"), **{"a-0": "1"})
    later(school, minutes=11)
    with school.writing("athena") as session:
        session.execute(delete(Job).where(Job.task == attempting.TIME_OVER))
    work(school)
    assert standing(school)[0][0] == "running"
    night(school)
    assert standing(school) == [("graded", 200, False, True)]


def test_who_has_left_completes_nothing_by_it(school, theo, lena):
    id = quiz(theo, school, minutes="10", required=True, pass_percent="0")
    lena.post(f"/learn/{BREAD}/{LESSON}/not-done", data={"sure": "y"})
    keep(lena, school, id)
    lena.post(f"/courses/{BREAD}/leave")
    before = count(school, LessonEvent, kind=LessonEventKind.COMPLETED)
    later(school, minutes=11)
    work(school)
    assert (standing(school)[0][0], count(school, LessonEvent, kind=LessonEventKind.COMPLETED)) == ("graded", before)


@pytest.mark.parametrize(("questions", "points", "feedback"), [(ESSAY, ["1", "1"], "Say which gas."), (QUESTIONS, ["1", "1", "1", "1", "1"], "")])
def test_what_theo_has_graded_stays_whatever_comes_late(school, theo, lena, questions, points, feedback):
    id = quiz(theo, school, minutes="10", questions=questions)
    form = keep(lena, school, id, **{"a-0": "1"})
    later(school, minutes=11)
    work(school)
    page = f"/teach/courses/{course_id(school, BREAD)}/attempts/{attempts(school)[0].id}"
    given = {f"points-{at}": one for at, one in enumerate(points)}
    assert theo.post(page, data={**given, "feedback": feedback}).status_code == 303
    before = [(one.marks, one.points, one.feedback) for one in attempts(school)]
    answer = lena.post(f"{place(id)}/answers", data={**form, "a-1": "My second thought"})
    assert answer.status_code == 409
    assert standing(school) == [("graded", 100 * len(points), False, True)]
    assert [(one.marks, one.points, one.feedback) for one in attempts(school)] == before


def test_while_her_data_are_restricted_a_new_attempt_grades_nothing_either(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    keep(lena, school, id, **{"a-0": "1"})
    restrict_at(school, "Lena")
    later(school, minutes=11)
    assert sign_in(school, "lena").post(f"{place(id)}/start").status_code == 409
    assert standing(school) == [("running", None, False, False)]
