# SPDX-License-Identifier: MIT
"""Theo sees who learns in his courses and how far they have come, and nothing else about them."""

from __future__ import annotations

import os
import re

import pytest
from classroom import BREAD, MUSIC, NUMBERS, count, course_id, crowd
from people import sign_in
from restricting import restrict_at
from sqlalchemy import event, select
from tabling import send
from upart_courses import public
from upart_courses.models import Enrolment, Entitlement

from upart import clock
from upart.accounts.models import Person
from upart.db import engine, uuid7

LARGE = 20_000 if os.environ.get("UPART_DEEP") else 2_000


def test_theo_sees_lena_and_no_address(portal):
    page = sign_in(portal, "theo").get(f"/teach/courses/{course_id(portal, MUSIC)}/learners").text
    assert "Lena" in page
    assert "5 of 10" in page
    assert "@example.org" not in page
    assert "Finished" in sign_in(portal, "theo").get(f"/teach/courses/{course_id(portal, BREAD)}/learners").text


@pytest.mark.parametrize("who", ["lena", "odin"])
def test_nobody_else_sees_them(portal, who):
    answer = sign_in(portal, who).get(f"/teach/courses/{course_id(portal, MUSIC)}/learners")
    assert answer.status_code == 404
    assert "5 of 10" not in answer.text


def test_whoever_has_left_is_not_on_it(portal):
    sign_in(portal, "lena").post(f"/courses/{MUSIC}/leave")
    page = sign_in(portal, "theo").get(f"/teach/courses/{course_id(portal, MUSIC)}/learners").text
    assert "Lena" not in page
    assert "Nobody yet" in page


def test_every_page_is_there_once_and_a_name_is_found(portal):
    crowd(portal, MUSIC, 120)
    theo, path, names = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, MUSIC)}/learners", []
    while path:
        page = theo.get(path).text
        names += re.findall(r"<span>((?:Learner \d+)|Lena)</span>", page)
        older = re.search(r'href="([^"]*after=[^"]*)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert names == ["Lena", *(f"Learner {n:05}" for n in range(120))]
    found = theo.get(f"/teach/courses/{course_id(portal, MUSIC)}/learners?q=00077").text
    assert re.findall(r"Learner \d+", found) == ["Learner 00077"]
    assert theo.get(f"/teach/courses/{course_id(portal, MUSIC)}/learners?after=nonsense").status_code == 400


@pytest.mark.parametrize("q", ["özlem", "ÖZLEM", "ZLE"])
def test_a_name_is_found_in_upper_and_lower_case_whatever_its_letters(school, q):
    ada, course = sign_in(school, "ada"), course_id(school, MUSIC)
    with school.writing("athena") as session:
        session.add(oezlem := Person(name="Özlem", email="oezlem@example.org"))
        session.flush()
        session.add(Enrolment(learner_id=oezlem.id, course_id=course))
    lists = (f"/teach/courses/{course}/learners", f"/teach/courses/{course}/grades", "/manage/people", "/manage/find")
    for path in lists:
        page = ada.get(path, query_string={"q": q}, follow_redirects=True).text
        assert ("Özlem" in page, "Lena" in page) == (True, False), path
    assert "Özlem" not in ada.get(lists[0], query_string={"q": "ö%m"}).text
    restrict_at(school, "Özlem")
    assert "Nobody" in ada.get(lists[0], query_string={"q": q}).text


def test_a_large_roster_needs_no_more_statements_than_a_small_one(school):
    theo, lena, course, sent = sign_in(school, "theo"), sign_in(school, "lena"), f"/teach/courses/{course_id(school, MUSIC)}", []
    with school.reading("athena") as session:
        mine = session.scalars(select(Enrolment.id).where(Enrolment.course_id == course_id(school, MUSIC))).one()
    pages = (
        (theo, f"{course}/learners"),
        (theo, f"{course}/learners?q=learner"),
        (theo, f"{course}/grades"),
        (theo, f"{course}/grades/waiting"),
        (theo, f"{course}/cohorts"),
        (theo, f"{course}/certificates"),
        (theo, f"{course}/reviews"),
        (theo, f"{course}/learners/{mine}"),
        (theo, "/teach/courses/"),
        (theo, course),
        (lena, "/learn/"),
        (lena, f"/courses/{MUSIC}"),
        (lena, "/courses/"),
    )
    with school.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))

    def needed(browser, path) -> list[str]:
        sent.clear()
        assert browser.get(path).status_code == 200
        return [statement for statement in sent if statement.startswith("SELECT")]

    crowd(school, MUSIC, 60)
    for page in pages:
        needed(*page)  # what is kept for an epoch is read once
    small = [needed(*page) for page in pages]
    crowd(school, MUSIC, LARGE)
    assert [needed(*page) for page in pages] == small
    assert len(small[0]) <= 6


def test_the_list_of_courses_counts_whoever_has_not_left(school):
    crowd(school, MUSIC, 60)
    sign_in(school, "lena").post(f"/courses/{MUSIC}/leave")
    music, bread, none = course_id(school, MUSIC), course_id(school, BREAD), uuid7()
    with school.reading("athena"):
        assert public.learners([music, bread, none]) == {music: 60, bread: 1, none: 0}


def test_the_roster_names_groups_and_counts_nobody(school):
    theo, course, sent = sign_in(school, "theo"), f"/teach/courses/{course_id(school, MUSIC)}", []
    assert theo.post(f"{course}/cohorts/new", data={"name": "Early birds", "starts_on": "2027-01-04"}).status_code == 303
    with school.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))
    assert "Early birds" in theo.get(f"{course}/learners").text
    assert [statement for statement in sent if "count(" in statement] == []


def test_ada_takes_in_nobody_who_is_suspended_not_by_a_table_or_a_program_either(portal):
    ada, page = sign_in(portal, "ada"), f"/teach/courses/{course_id(portal, NUMBERS)}/learners/add"
    with portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        lena.suspended_at, id = clock.now(), str(lena.id)
    asked = ada.post("/api/v1/entitlements", json={"learner_id": id, "course_id": str(course_id(portal, NUMBERS))})
    assert (asked.status_code, asked.json["errors"][0]["code"]) == (422, "suspended")
    answer = ada.post(page, data={"email": "lena@example.org"})
    assert (answer.status_code, "cannot be taken in at present" in answer.text) == (422, True)
    path = send(ada, f"email,name,course\nlena@example.org,Lena,{NUMBERS}\nlena@example.org,Lena,{MUSIC}\n")
    assert "cannot be taken in at present" in ada.get(path).text
    assert "<b>1</b><small>are here already</small>" in ada.get(path).text
    assert count(portal, Enrolment, course_id=course_id(portal, NUMBERS)) == 0


@pytest.mark.parametrize("goes_on", [False, True])
def test_theo_gives_no_right_to_somebody_whose_data_are_restricted(portal, goes_on):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, MUSIC)}"
    with portal.reading("athena") as session:
        mine = session.scalars(select(Enrolment.id).where(Enrolment.course_id == course_id(portal, MUSIC))).one()
    before = count(portal, Entitlement)
    restrict_at(portal, "Lena", goes_on=goes_on)
    answer = theo.post(f"{course}/learners/{mine}/grant")
    assert (answer.status_code, "restricted" in answer.text, count(portal, Entitlement)) == (409, True, before)
    with portal.reading("athena") as session:
        body = {"learner_id": str(session.scalars(select(Enrolment.learner_id).where(Enrolment.id == mine)).one()), "course_id": course.rpartition("/")[2]}
    assert theo.post("/api/v1/entitlements", json=body).json["code"] == "restricted"


def test_theo_gives_no_right_to_a_learner_who_is_suspended(portal):
    theo, course = sign_in(portal, "theo"), f"/teach/courses/{course_id(portal, MUSIC)}"
    with portal.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Lena")).one().suspended_at = clock.now()
        mine = session.scalars(select(Enrolment.id).where(Enrolment.course_id == course_id(portal, MUSIC))).one()
    before = count(portal, Entitlement)
    answer = theo.post(f"{course}/learners/{mine}/grant")
    assert (answer.status_code, "cannot be taken in at present" in answer.text) == (422, True)
    assert count(portal, Entitlement) == before
