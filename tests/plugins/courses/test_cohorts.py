# SPDX-License-Identifier: MIT
"""Theo's learners take a course in groups: each begins on a day, takes so many people, and all of it opens to them together."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

from classroom import MUSIC, NUMBERS, count, course_id, erase
from people import sign_in
from sqlalchemy import select
from tabling import act, send
from upart_courses import public
from upart_courses.models import Cohort, Course, Enrolment, Section

from upart import clock
from upart.accounts.models import Person
from upart.db import uuid7
from upart.errors import Problem

FIRST = "seven-nights"
LOCKED = "doubt-a-headline"


def today() -> date:
    return clock.now().date()


def group(school, who="ada", slug=NUMBERS, **typed) -> str:
    """Let somebody make a group; returns its path."""
    browser, path = sign_in(school, who), f"/teach/courses/{course_id(school, slug)}/cohorts"
    data = {"name": "Spring", "starts_on": today() + timedelta(days=30), "choosable": "y", "once": str(once := uuid4()), **typed}
    answer = browser.post(f"{path}/new", data=data)
    assert answer.status_code == 303, answer.text
    return f"{path}/{once}"


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def uuid_of(path: str) -> UUID:
    return UUID(id_of(path))


def mine(school, slug=NUMBERS) -> Enrolment:
    with school.reading("athena") as session:
        return session.scalars(select(Enrolment).where(Enrolment.course_id == course_id(school, slug))).one()


def is_open(browser, lesson=LOCKED, slug=NUMBERS) -> bool:
    return browser.get(f"/learn/{slug}/{lesson}").status_code == 200


def test_lena_chooses_a_group_and_nothing_opens_before_it_begins(portal):
    spring, lena = group(portal, places="5"), sign_in(portal, "lena")
    page = lena.get(f"/courses/{NUMBERS}").text
    assert ("Spring" in page, "5 places left" in page, "On my own" in page) == (True, True, True)
    assert lena.post(f"/courses/{NUMBERS}/enrol", data={"group": id_of(spring)}).status_code == 303
    assert "Your group: Spring" in lena.get(f"/courses/{NUMBERS}").text
    assert not is_open(lena)
    assert lena.post(f"/learn/{NUMBERS}/{LOCKED}/done").status_code == 409
    with clock.shifted(timedelta(days=31)):
        assert is_open(sign_in(portal, "lena"))


def test_days_of_the_plan_count_from_the_day_on_which_the_group_begins(portal):
    spring, lena = group(portal, starts_on=today() + timedelta(days=10)), sign_in(portal, "lena")
    with portal.writing("athena") as session:
        session.scalars(select(Section).where(Section.course_id == course_id(portal, NUMBERS)).order_by(Section.position.desc())).first().release = {
            "kind": "days", "days": 7,
        }  # fmt: skip
    lena.post(f"/courses/{NUMBERS}/enrol", data={"group": id_of(spring)})
    opened = []
    for days in (8, 11, 16, 18):
        with clock.shifted(timedelta(days=days)):
            opened.append((is_open(sign_in(portal, "lena"), FIRST), is_open(sign_in(portal, "lena"))))
    assert opened == [(True, False), (True, False), (True, False), (True, True)]


def test_everything_is_opened_to_one_group_alone_and_closed_again(portal):
    spring, lena, ada = group(portal), sign_in(portal, "lena"), sign_in(portal, "ada")
    lena.post(f"/courses/{NUMBERS}/enrol", data={"group": id_of(spring)})
    seen = []
    for to in ("open", "plan"):
        ada.post(f"{spring}/open-all", data={"to": to})
        seen.append((is_open(lena), LOCKED in lena.get("/api/v1/lessons?fields=slug,body&limit=100").text))
    bodies = {one["slug"]: one["body"] for one in lena.get("/api/v1/lessons?fields=slug,body&limit=100").json["data"]}
    assert (seen, bodies[LOCKED]) == ([(True, True), (False, True)], None)


def test_the_last_place_goes_to_one_of_twenty(school):
    spring = group(school, places="1")
    with school.writing("athena") as session:
        ids = [uuid7() for _ in range(20)]
        session.add_all(Person(id=id, name=f"Guest {n}") for n, id in enumerate(ids))

    def enrol(id) -> str:
        try:
            with school.app.test_request_context(), school.writing("athena") as session:
                course = session.scalars(select(Course).where(Course.slug == NUMBERS)).one()
                public.enrol(session.scalars(select(Person).where(Person.id == id)).one(), course, group=cohort)
        except Problem as problem:
            return problem.code
        return "in"

    cohort = uuid_of(spring)
    with ThreadPoolExecutor(20) as pool:
        came = list(pool.map(enrol, ids))
    assert (came.count("in"), came.count("full")) == (1, 19)
    assert count(school, Enrolment, cohort_id=cohort) == count(school, Enrolment, course_id=course_id(school, NUMBERS)) == 1


def test_a_course_that_asks_for_a_group_takes_nobody_without_one(portal):
    spring, ada, lena = group(portal, places="1"), sign_in(portal, "ada"), sign_in(portal, "lena")
    ada.post(f"{spring.rpartition('/')[0]}/needed", data={"to": "yes"})
    assert lena.post(f"/courses/{NUMBERS}/enrol").status_code == 409
    assert "On my own" not in lena.get(f"/courses/{NUMBERS}").text
    ada.post(spring, data={"name": "Spring", "starts_on": today() - timedelta(days=9), "ends_on": today() - timedelta(days=1), "choosable": "y"})
    assert "No group is open at the moment" in lena.get(f"/courses/{NUMBERS}").text
    assert lena.post(f"/courses/{NUMBERS}/enrol", data={"group": id_of(spring)}).status_code == 409
    assert lena.post(f"/courses/{NUMBERS}/enrol", data={"group": "no id"}).status_code == 422
    assert count(portal, Enrolment, course_id=course_id(portal, NUMBERS)) == 0


def test_theo_moves_lena_and_deletes_a_group_with_her_in_it(portal):
    first, second = group(portal, "theo", MUSIC), group(portal, "theo", MUSIC, name="Autumn", places="1")
    theo, lena = sign_in(portal, "theo"), mine(portal, MUSIC).id
    there = f"/teach/courses/{course_id(portal, MUSIC)}/learners"
    assert theo.post(f"{there}/{lena}/group", data={"group": id_of(first)}).status_code == 303
    assert [len(re.findall("<span>Lena</span>", theo.get(f"{there}?group={id_of(path)}").text)) for path in (first, second)] == [1, 0]
    assert "One person is in it" in theo.get(f"{first}/delete").text
    assert theo.post(f"{first}/delete", data={"group": id_of(second)}).status_code == 303
    assert (mine(portal, MUSIC).cohort_id, count(portal, Cohort)) == (uuid_of(second), 1)
    theo.post(f"{second}/delete", data={"group": ""})
    assert (mine(portal, MUSIC).cohort_id, "Lena" in theo.get(there).text) == (None, True)
    assert is_open(sign_in(portal, "lena"), "spell-ten-chords", MUSIC)


def test_what_cannot_be_of_a_group_is_refused_in_words(portal):
    theo, path = sign_in(portal, "theo"), group(portal, "theo", MUSIC)
    theo.post(f"/teach/courses/{course_id(portal, MUSIC)}/learners/{mine(portal, MUSIC).id}/group", data={"group": id_of(path)})
    good = {"name": "Autumn", "starts_on": today(), "once": str(uuid4())}
    for typed, said in (
        ({"name": "Spring"}, "Another group of this course has this name"),
        ({"ends_on": today() - timedelta(days=1)}, "It would end before it begins"),
        ({"starts_on": ""}, "Choose a day"),
        ({"places": "-3"}, "Give a number of places"),
    ):
        answer = theo.post(f"{path.rpartition('/')[0]}/new", data={**good, **typed})
        assert (answer.status_code, said in answer.text) == (422, True), typed
    for name in ("lena", "odin"):
        assert sign_in(portal, name).get(path).status_code == 404


def test_erasing_lena_leaves_how_many_there_were_and_whoever_leaves_frees_a_place(portal):
    spring, lena = group(portal, places="1"), sign_in(portal, "lena")
    for _ in range(2):
        lena.post(f"/courses/{NUMBERS}/enrol", data={"group": id_of(spring)})
        assert mine(portal).cohort_id == uuid_of(spring)
        lena.post(f"/courses/{NUMBERS}/leave", data={"sure": "y"})
        assert mine(portal).cohort_id is None
    lena.post(f"/courses/{NUMBERS}/enrol", data={"group": id_of(spring)})
    erase(portal, "Lena")
    with portal.reading("athena") as session:
        assert session.scalars(select(Cohort.joined)).one() == 3
    page = sign_in(portal, "ada").get(spring.rpartition("/")[0]).text
    assert ("0 of 1" in page, "3 in all so far" in page, "Lena" in page) == (True, True, False)


def test_programs_make_groups_and_put_people_into_them(portal):
    theo, headers = sign_in(portal, "theo"), {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    body = {"course_id": str(course_id(portal, MUSIC)), "name": "Spring", "starts_on": "2027-03-01", "places": 2}
    made = theo.open("/api/v1/cohorts", method="POST", headers=headers, json=body).json
    place = f"/api/v1/cohorts/{made['id']}"
    assert theo.open(f"{place}/actions/put", method="POST", headers=headers, json={"enrolment_id": str(mine(portal, MUSIC).id)}).status_code == 200
    assert theo.get(f"/api/v1/enrolments?filter[cohort_id]={made['id']}").json["data"][0]["cohort_id"] == made["id"]
    assert theo.open(place, method="PATCH", headers=headers, json={"ends_on": "2027-01-01"}).status_code == 422
    assert theo.open("/api/v1/cohorts", method="POST", headers=headers, json=body).status_code == 409
    assert theo.open(place, method="DELETE", headers=headers).status_code == 204
    assert mine(portal, MUSIC).cohort_id is None


def test_a_table_names_the_group_and_undoing_it_frees_the_place(portal):
    spring, ada = group(portal), sign_in(portal, "ada")
    path = send(ada, f"email,name,course,group\nx@example.org,X,{NUMBERS},spring\ny@example.org,Y,{NUMBERS},autumn\n")
    assert "has no group of this name" in ada.get(path).text
    act(portal, ada, path)
    assert mine(portal).cohort_id == uuid_of(spring)
    act(portal, ada, path, "undo")
    assert count(portal, Enrolment, course_id=course_id(portal, NUMBERS)) == 0


def test_ada_adds_lena_with_her_group(school):
    ada, lena = sign_in(school, "ada"), {"email": "lena@example.org"}
    spring, over = group(school, places="1"), group(school, name="Over", starts_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=2))
    page, others = f"/teach/courses/{course_id(school, NUMBERS)}/learners/add", group(school, "theo", MUSIC)
    asked = ada.get(page).text
    assert ("Spring (one place left)" in asked, "Over" in asked, id_of(others) in asked) == (True, False, False)
    for chosen, words in ((over, "is over. Choose another group"), (others, "e-group")):
        answer = ada.post(page, data={**lena, "group": id_of(chosen)})
        assert (answer.status_code, words in answer.text, 'value="lena@example.org"' in answer.text) == (422, True, True)
    assert count(school, Enrolment, course_id=course_id(school, NUMBERS)) == 0
    assert ada.post(page, data={**lena, "group": id_of(spring)}).status_code == 303
    assert mine(school).cohort_id == uuid_of(spring)
    full = ada.post(page, data={"email": "theo@example.org", "group": id_of(spring)})
    assert (full.status_code, "No place is left in “Spring”." in full.text, count(school, Enrolment, course_id=course_id(school, NUMBERS))) == (422, True, 1)
    assert ada.post(page, data=lena).status_code == 303
    assert mine(school).cohort_id == uuid_of(spring), "who is in one stays there"
