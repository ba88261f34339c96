# SPDX-License-Identifier: MIT
"""Theo gives Lena further attempts and extra minutes at a quiz: for her alone, also while she is answering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from building import address
from classroom import Forms, erase, happened
from people import mails, sign_in, work
from quizzing import attempts, begin, place, quiz, rows
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.actions import attempting
from upart_courses.actions.allowing import allow_more
from upart_courses.actions.passing import held
from upart_courses.models.assessed import Allowance, Attempt, Quiz

from upart.errors import Problem
from upart.jobs.models import Job


@pytest.fixture
def theo(school):
    return sign_in(school, "theo")


@pytest.fixture
def lena(school):
    return sign_in(school, "lena")


def page_of(school, id: str) -> str:
    """Where Theo sees what Lena did in the quiz."""
    return f"{address(school)}/tasks/{id}/learners/{attempts(school)[0].enrolment_id}"


def give(theo, school, id: str, **typed: str):
    """Open that page, type, save."""
    page = page_of(school, id)
    return theo.post(page, data={**Forms(theo.get(page).text).found[page], **typed})


def test_lena_has_used_all_attempts_and_gets_another_one(school, theo, lena):
    id = quiz(theo, school, attempts="1")
    lena.post(f"{place(id)}/answers", data=begin(lena, id, school))
    assert lena.post(f"{place(id)}/start").status_code == 409
    for _press in range(2):
        assert give(theo, school, id, more_attempts="1").status_code == 303
    work(school)
    assert ("1 attempt left" in lena.get(place(id)).text, happened(school, "courses.allowed")) == (True, 1)
    assert [one["Subject"] for one in mails(school, "lena")].count("More for you in: Know your starter") == 1
    lena.post(f"{place(id)}/answers", data=begin(lena, id, school))
    assert (lena.post(f"{place(id)}/start").status_code, len(attempts(school))) == (409, 2)


def test_more_minutes_hold_for_the_attempt_that_runs_and_the_next_and_no_saving_adds_them_twice(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    form = begin(lena, id, school)
    ends = attempts(school)[0].ends_at
    for minutes in ("5", "5", "0", "5", "0"):
        assert give(theo, school, id, more_minutes=minutes).status_code == 303
    assert attempts(school)[0].ends_at == ends + timedelta(minutes=5)
    assert rows(school, Allowance) == []
    give(theo, school, id, more_minutes="20")
    lena.post(f"{place(id)}/answers", data=form)
    begin(lena, id, school)
    assert attempts(school)[1].ends_at - attempts(school)[1].started_at == timedelta(minutes=30)


def test_the_job_that_closes_it_waits_for_the_new_end_and_her_open_page_hears_of_it(school, theo, lena):
    id = quiz(theo, school, minutes="10")
    form = begin(lena, id, school)
    with school.writing("athena") as session:
        attempt = session.scalars(select(Attempt)).one()
        attempt.started_at -= timedelta(minutes=10, seconds=20)
        attempt.ends_at -= timedelta(minutes=10, seconds=20)
    give(theo, school, id, more_minutes="30")
    with school.writing("athena") as session:
        for job in session.scalars(select(Job).where(Job.task == attempting.TIME_OVER)):
            job.run_at -= timedelta(minutes=11)
    work(school)
    assert attempts(school)[0].stage == "running"
    left = lena.post(f"{place(id)}/answers", data={**form, "do": "keep", "by_itself": "1", "touched": ""}).json["left"]
    assert 29 * 60 < left < 30 * 60
    with school.reading("athena") as session:
        assert [job.run_at > attempts(school)[0].ends_at for job in session.scalars(select(Job).where(Job.task == attempting.TIME_OVER))] == [True]


def test_of_two_teachers_the_second_is_shown_what_the_first_gave(school, theo, lena):
    id = quiz(theo, school, attempts="1", minutes="10")
    begin(lena, id, school)
    page, ada = page_of(school, id), sign_in(school, "ada")
    seen = Forms(ada.get(page).text).found[page]
    give(theo, school, id, more_attempts="2")
    assert ada.post(page, data={**seen, "more_attempts": "5"}).status_code == 409
    assert ada.post(page, data={**seen, "more_minutes": "15"}).status_code == 303
    assert [(one.more_attempts, one.more_minutes) for one in rows(school, Allowance)] == [(2, 15)]


@pytest.mark.parametrize(
    ("typed", "why"), [({"more_attempts": "-1"}, "from 0 to 100"), ({"more_minutes": "601"}, "from 0 to 600"), ({"more_attempts": ""}, "Give a whole number")]
)
def test_what_is_no_number_of_attempts_is_refused_and_others_give_nothing(school, theo, lena, typed, why):
    id = quiz(theo, school, attempts="1")
    begin(lena, id, school)
    answer = give(theo, school, id, **typed)
    assert (answer.status_code, why in answer.text) == (422, True)
    for name in ("lena", "odin"):
        assert sign_in(school, name).post(page_of(school, id), data={"more_attempts": "9", "more_minutes": "9"}).status_code == 404
    assert rows(school, Allowance) == []


def test_nobody_gives_more_while_her_data_are_restricted(school, theo, lena):
    id = quiz(theo, school, attempts="1")
    begin(lena, id, school)
    give(theo, school, id, more_attempts="1")
    path, place = page_of(school, id), attempts(school)[0].enrolment_id
    restrict_at(school, "Lena")
    assert theo.post(path, data={"more_attempts": "3", "more_minutes": "0"}).status_code == 404
    with pytest.raises(Problem) as refused, school.app.test_request_context(), school.writing("athena") as session:
        allow_more(held(place), session.scalars(select(Quiz).where(Quiz.block == id)).one(), 3, 0)
    assert (refused.value.code, [one.more_attempts for one in rows(school, Allowance)]) == ("restricted", [1])


def test_what_she_was_given_goes_with_her(school, theo, lena):
    id = quiz(theo, school, attempts="1")
    begin(lena, id, school)
    give(theo, school, id, more_attempts="1")
    assert len(rows(school, Allowance)) == 1
    erase(school, "Lena")
    assert rows(school, Allowance) == []
