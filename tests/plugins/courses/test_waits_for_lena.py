# SPDX-License-Identifier: MIT
"""While Lena's data are restricted nothing is decided about her; what was left out is made up for when that ends."""

from __future__ import annotations

import pytest
from classroom import NUMBERS, STEPS, course_id, happen, happened
from people import sign_in, work
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.models import Certificate, Enrolment

from upart.jobs.actions import IS_RESTRICTED
from upart.jobs.models import Job
from upart.privacy.taxonomy import Purpose
from upart.rights.restricting.actions import lift
from upart.rights.restricting.models import Restriction, Scope

NARROW = {"scope": Scope.TABLE, "name": "courses_enrolment"}


@pytest.fixture
def begun(school):
    """Lena has done three of four lessons of Ada's course."""
    lena, ada = sign_in(school, "lena"), sign_in(school, "ada")
    lena.post(f"/courses/{NUMBERS}/enrol")
    for name in "ABC":
        happen(school, lena, ada, "done", name)
    work(school)
    return lena, ada


def place(school):
    """Her place in the course, and whether she has its certificate."""
    with school.reading("athena") as session:
        id = course_id(school, NUMBERS)
        row = session.scalars(select(Enrolment).where(Enrolment.course_id == id)).one()
        return row.completed_at is not None, session.scalars(select(Certificate.id).where(Certificate.course_id == id)).first() is not None


def waits(school) -> list[str]:
    """Why jobs wait."""
    with school.reading("athena") as session:
        return list(session.scalars(select(Job.problem).where(Job.problem != "")))


def end(school, restriction) -> None:
    """The restriction ends, and a worker looks."""
    with school.app.app_context(), school.writing("athena") as session:
        lift(session.scalars(select(Restriction).where(Restriction.id == restriction)).one(), told=True)
    work(school)


@pytest.mark.parametrize("more", [{}, {"scope": Scope.PURPOSE, "name": Purpose.LEARN.value}, NARROW])
def test_a_lesson_goes_and_she_finishes_when_her_restriction_ends(school, begun, more):
    lena, ada = begun
    restriction = restrict_at(school, "Lena", **more)
    happen(school, lena, ada, "delete", "D")
    happen(school, lena, ada, "publish")
    work(school)
    assert (place(school), waits(school)) == ((False, False), [IS_RESTRICTED])
    end(school, restriction)
    assert (place(school), waits(school)) == ((True, True), [])
    assert happened(school, "courses.completed") == 1


def test_who_says_that_her_own_use_goes_on_finishes_at_once(school, begun):
    lena, ada = begun
    restrict_at(school, "Lena", goes_on=True)
    happen(school, lena, ada, "optional", "D")
    happen(school, lena, ada, "publish")
    work(school)
    assert (place(school), waits(school)) == ((True, True), [])


def test_her_certificate_is_issued_when_her_restriction_ends(school, begun):
    lena, ada = begun
    desk = f"/teach/courses/{course_id(school, NUMBERS)}/certificates/issuing"
    ada.post(desk, data={"to": "stop"})
    happen(school, lena, ada, "done", "D")
    restriction = restrict_at(school, "Lena")
    for _twice in range(2):
        ada.post(desk, data={"to": "issue"})
        work(school)
    assert (place(school), waits(school)) == ((True, False), [IS_RESTRICTED])
    end(school, restriction)
    assert (place(school), waits(school)) == ((True, True), [])


def test_of_many_the_others_do_not_wait_for_her(school, begun, monkeypatch):
    monkeypatch.setattr("upart_courses.actions.learning.BATCH", 1)
    lena, ada = begun
    ada.post(f"/courses/{NUMBERS}/enrol")
    for name in "ABC":
        assert ada.post(f"/learn/{NUMBERS}/{STEPS[name]}/done").status_code == 303
    restrict_at(school, "Lena")
    happen(school, lena, ada, "delete", "D")
    happen(school, lena, ada, "publish")
    work(school)
    with school.reading("athena") as session:
        rows = session.scalars(select(Enrolment).where(Enrolment.course_id == course_id(school, NUMBERS)).order_by(Enrolment.id)).all()
        assert [(row.learner.name, row.completed_at is not None) for row in rows] == [("Lena", False), ("Ada", True)]
