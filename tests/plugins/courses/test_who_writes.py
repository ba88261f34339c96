# SPDX-License-Identifier: MIT
"""Teachers write their own courses, managers all; everybody else is told that nothing is there."""

from __future__ import annotations

from uuid import uuid4

from classroom import BREAD, NUMBERS, STARS, count, course_id, happened, lesson_ids
from drafting import words
from furnishing import furnish
from people import sign_in
from playing import put_package, saying
from reaching import given
from sqlalchemy import select, update
from upart_courses.models import Certificate, Course, Enrolment, Lesson, Review, Section

from upart.accounts.models import Person

ELSEWHERE = ("teach_courses.courses_", "teach_tables.bring_")
"""Doors with the id of something that belongs to no course."""


def test_theo_writes_his_courses_and_ada_all(portal):
    theo, ada, lena = (sign_in(portal, name) for name in ("theo", "ada", "lena"))
    adas, his = (f"/teach/courses/{course_id(portal, slug)}" for slug in (NUMBERS, BREAD))
    assert "Statistics" not in theo.get("/teach/courses/").text
    assert "sourdough" in ada.get("/teach/courses/").text
    assert [theo.get(adas).status_code, ada.get(his).status_code, lena.get(his).status_code, lena.get("/teach/courses/").status_code] == [404, 200, 404, 404]
    assert theo.post(f"{adas}/archive").status_code == theo.post(f"{adas}/delete").status_code == 404
    assert "Draft" in theo.get("/teach/courses/?state=draft").text


def test_a_lesson_is_reached_through_its_own_course_only(portal):
    theo, his, adas = sign_in(portal, "theo"), course_id(portal, BREAD), next(iter(lesson_ids(portal, NUMBERS).values()))
    path = f"/teach/courses/{his}/lessons/{adas}"
    assert theo.get(path).status_code == theo.get(f"{path}/delete").status_code == theo.post(f"{path}/delete").status_code == 404
    assert theo.post(path, data={"title": "Taken over"}).status_code == 404
    assert theo.post(f"/teach/courses/{his}/move", data={"id": adas}).status_code == 303
    assert count(portal, Lesson, course_id=course_id(portal, NUMBERS)) == 4


def test_odin_gets_404_on_every_page_of_a_teacher(portal):
    lesson, odin = next(iter(lesson_ids(portal, BREAD).values())), sign_in(portal, "odin")
    ids = {"id": course_id(portal, BREAD), "lesson": lesson, "section": uuid4(), "block": "00000001"}
    with portal.reading("athena") as session:
        ids["enrolment"] = session.scalars(select(Enrolment.id).where(Enrolment.course_id == ids["id"])).one()
    pages = [rule for rule in portal.app.url_map.iter_rules() if rule.endpoint.startswith("teach_") and "id" in rule.arguments]
    assert len(pages) >= 19
    for rule in pages:
        path = rule.build({name: ids.get(name) or uuid4() for name in rule.arguments})[1]
        answer = odin.open(path, method="GET") if "GET" in rule.methods else odin.post(path, data={"title": "Mine now", "order": str(ids["lesson"])})
        assert answer.status_code == 404, rule
        assert "sourdough" not in answer.text
    assert odin.get(f"/teach/courses/{course_id(portal, STARS, 'orion')}").status_code == 200


def test_ada_gives_a_course_to_another_teacher(portal, ada, theo):
    numbers, asked = f"/teach/courses/{course_id(portal, NUMBERS)}", f"/teach/courses/{course_id(portal, NUMBERS)}/teacher"
    assert "Ada" in words(portal.visitor("athena"), f"/courses/{NUMBERS}")
    assert [theo.get(numbers).status_code, theo.get(asked).status_code, theo.post(asked, data={"email": "theo@example.org"}).status_code] == [404, 404, 404]
    for typed, told in (("nobody@example.org", "Nobody of the academy"), ("lena@example.org", "They may not teach here")):
        answer = ada.post(asked, data={"email": typed})
        assert (answer.status_code, told in answer.text, typed in answer.text) == (422, True, True)
    assert [ada.post(asked, data={"email": "Theo@example.org"}).status_code for _press in range(2)] == [303, 303]
    assert (theo.get(numbers).status_code, "Theo" in words(ada, f"{numbers}/facts"), happened(portal, "courses.handed_over")) == (200, True, 1)
    assert "Theo" in words(portal.visitor("athena"), f"/courses/{NUMBERS}")
    assert ada.post(asked, data={"email": ""}).status_code == 303
    assert (theo.get(numbers).status_code, "belongs to the academy" in words(ada, f"{numbers}/facts")) == (404, True)


def test_theo_gets_404_at_every_door_of_courses_that_are_adas_by_now(portal, theo, ada, lena):
    furnish(portal)
    assert saying(lena, put_package(portal)) == 204
    lena.post(f"/courses/{BREAD}/review", data={"stars": "4", "text": "It rose."})
    ada.post(f"/teach/courses/{course_id(portal, BREAD)}/cohorts/new", data={"name": "Early birds", "starts_on": "2027-01-04"})
    with portal.writing("athena") as session:
        writer = session.scalars(select(Person.id).where(Person.name == "Ada")).one()
        session.execute(update(Course).values(author_id=writer))
    doors = list(_doors(portal))
    assert {rule.endpoint: (theo.get if method == "GET" else theo.post)(path).status_code for rule, method, path in doors} == {
        rule.endpoint: 404 for rule, *_ in doors
    }
    assert {rule.endpoint: status for rule, method, path in doors if method == "GET" and (status := ada.get(path).status_code) != 200} == {}


def _doors(portal):
    """Each door of the pages about a course, with ids of what is there."""
    known, course = given(portal), course_id(portal, BREAD)
    with portal.reading("athena") as session:
        ids = {table: session.scalars(select(table.id).where(table.course_id == course)).first() for table in (Lesson, Section, Enrolment, Certificate, Review)}
    here = {"id": course, **{table.__name__.lower(): id for table, id in ids.items()}}
    for rule in portal.app.url_map.iter_rules():
        if rule.endpoint.startswith("teach_") and "id" in rule.arguments and not rule.endpoint.startswith(ELSEWHERE):
            yield rule, "GET" if "GET" in rule.methods else "POST", rule.build((known.get(rule.endpoint) or [here])[0])[1]
