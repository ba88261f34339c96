# SPDX-License-Identifier: MIT
"""Lists, counts, filters, orders, includes and cursors tell nobody what they may not read: compared with plain loops over all rows."""

from __future__ import annotations

import itertools
import json

import pytest
from people import sign_in, work
from restricting import restrict_at
from sqlalchemy import select
from upart_courses.models import Course, CourseState, Enrolment, Lesson, Visibility

from upart import clock
from upart.accounts.models import Person
from upart.rights.actions.asking import ask_to_erase
from upart.testing.markers import mark

TABLES = {"courses": "courses_course", "sections": "courses_section", "lessons": "courses_lesson", "enrolments": "courses_enrolment"}
COLUMNS = {"lesson_count": "lessons"}
FILTERS = {
    "courses": ("id", "slug", "field", "level", "language", "state", "published_at"), "sections": ("id", "course_id"),
    "lessons": ("id", "course_id", "section_id", "slug", "preview"), "enrolments": ("id", "learner_id", "course_id"),
}  # fmt: skip
SORTS = {"courses": ("position", "title", "changed_at"), "sections": ("position",), "lessons": ("position",), "enrolments": ("id",)}
INCLUDES = {
    "courses": "lessons.section,sections.lessons", "sections": "course.lessons,lessons.course", "lessons": "course.sections,section.course",
    "enrolments": "course.lessons,course.sections",
}  # fmt: skip


@pytest.fixture
def school(portal):
    """Drafts of Theo and Ada, a course that is archived and in which Lena is, and Vera, who has left a course of Theo's."""
    with portal.writing("athena") as session:
        people = {person.name: person for person in session.scalars(select(Person))}
        session.add(vera := Person(name="Vera", email="vera@example.org", roles=["learner"]))
        bread = session.scalars(select(Course).where(Course.slug == "your-first-sourdough")).one()
        bread.state = CourseState.ARCHIVED
        facts = {"summary": "", "lead": "", "description": "", "field": "x", "level": bread.level, "language": "en", "cover": "x", "outcomes": []}
        session.add_all([Course(slug=f"draft-{name}", title=f"Draft of {name}", author_id=people[name].id, **facts) for name in ("Theo", "Ada")])
        session.flush()
        session.add(Enrolment(learner_id=vera.id, course_id=bread.id, left_at=clock.now()))
    return portal


def visible(marked, who, person):
    """The rows of each resource that somebody sees, by plain loops: `who` is a name of the cast, `person` their id or None."""
    here = next(row["id"] for row in marked.rows["academy"].values() if row["slug"] == "athena")
    rows = {name: {id: row for id, row in marked.rows[table].items() if row["academy_id"] == here} for name, table in TABLES.items()}
    mine = {row["course_id"] for row in rows["enrolments"].values() if row["learner_id"] == person and row["left_at"] is None}
    own = {id for id, row in rows["courses"].items() if person and row["author_id"] == person and who == "theo"}
    rights = [row for row in marked.rows["courses_entitlement"].values() if person and row["learner_id"] == person and row["revoked_at"] is None]
    rightful = {row["course_id"] for row in rights if row["starts_at"] <= clock.now() and (row["ends_at"] is None or row["ends_at"] > clock.now())}
    shown = {Visibility.PUBLIC, *((Visibility.MEMBERS,) if person else ()), *(Visibility if who == "theo" else ())}
    seen = {
        id for id, row in rows["courses"].items()
        if who == "ada" or id in own or (row["state"] is not CourseState.DRAFT and id in mine)
        or (row["state"] is CourseState.PUBLISHED and (row["visibility"] in shown or id in rightful))
    }  # fmt: skip
    enrolled = {
        id for id, row in rows["enrolments"].items()
        if person and (row["learner_id"] == person or (row["left_at"] is None and (who == "ada" or row["course_id"] in own)))
    }  # fmt: skip
    return rows, {
        "courses": seen, "enrolments": enrolled, "sections": {id for id, row in rows["sections"].items() if row["course_id"] in seen},
        "lessons": {id for id, row in rows["lessons"].items() if row["course_id"] in seen and row["published"]},
    }  # fmt: skip


def plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else str(value).lower() if isinstance(value, bool) else str(getattr(value, "value", value))


def every_id(value):
    """The ids of all objects in an answer, also of those that came along."""
    if isinstance(value, dict):
        return {value["id"]} if "id" in value and isinstance(value["id"], str) else set(), *map(every_id, value.values())
    return tuple(map(every_id, value)) if isinstance(value, list) else set()


def flat(sets):
    return sets if isinstance(sets, set) else set().union(*map(flat, sets))


@pytest.mark.parametrize("who", ["vic", "odin", "lena", "theo", "ada"])
def test_somebody_sees_exactly_what_is_theirs(school, who):
    browser = sign_in(school, who) if who in ("lena", "theo", "ada") else school.visitor("athena")
    if who == "odin":
        browser.keep("upart_session", sign_in(school, who).cookie("upart_session"))
    marked = mark(school)
    person = next(
        (row["id"] for row in marked.rows["person"].values() if row["account_id"] and who in ("lena", "theo", "ada") and is_of(marked, row, who)), None
    )
    rows, seen = visible(marked, who, person)
    allowed = set().union(*seen.values())
    for name in TABLES:
        first = browser.get(f"/api/v1/{name}?limit=100&count=exact")
        if name == "enrolments" and person is None:
            assert first.status_code == 401
            continue
        assert {row["id"] for row in first.json["data"]} == {str(id) for id in seen[name]}
        assert first.json["page"]["count"] == len(seen[name])
        for query in queries(name, rows[name], browser):
            answer = browser.get(f"/api/v1/{name}?limit=100&count=exact&{query[0]}")
            expected = {str(id) for id in seen[name] if query[1](rows[name][id])}
            assert answer.status_code == 200, (query[0], answer.text)
            assert {row["id"] for row in answer.json["data"]} == expected, query[0]
            assert answer.json["page"]["count"] == len(expected)
            assert flat(every_id(answer.json["data"])) <= {str(id) for id in allowed}, query[0]
            assert told(marked, answer.text, allowed, who) == set(), query[0]
        for id in rows[name]:
            assert browser.get(f"/api/v1/{name}/{id}").status_code == (200 if id in seen[name] or is_found(marked, name, id) else 404)


def is_found(marked, name, id):
    """Is it there for whoever has its address, though no list names it? So is a course that is unlisted, and what its page shows."""
    row = marked.rows[TABLES[name]][id]
    course = row if name == "courses" else marked.rows["courses_course"][row["course_id"]]
    if name == "lessons" and not row["published"]:
        return False
    return name != "enrolments" and (course["state"], course["visibility"]) == (CourseState.PUBLISHED, Visibility.UNLISTED)


def is_of(marked, row, who):
    return row["roles"] == {"ada": ["owner"], "theo": ["teacher"], "lena": ["learner"]}[who] and row["academy_id"] == athena(marked)


def athena(marked):
    return next(row["id"] for row in marked.rows["academy"].values() if row["slug"] == "athena")


def queries(name, rows, browser):
    """Addresses with filters by values of all rows, also of hidden ones, with orders and includes; each with the plain condition that they mean."""
    for sort in SORTS[name]:
        yield f"sort=-{sort}&include={INCLUDES[name]}", lambda row: True
    for field in FILTERS[name]:
        values = list(dict.fromkeys(row[COLUMNS.get(field, field)] for row in rows.values()))
        for value in itertools.islice((value for value in values if value is not None), 3):
            text = plain(value).replace("+", "%2B")
            yield f"filter[{field}]={text}&include={INCLUDES[name]}", lambda row, field=field, value=value: row[field] == value
            yield f"filter[{field}][in]={text}", lambda row, field=field, value=value: row[field] == value


def told(marked, text, allowed, who):
    """What stands in an answer and belongs to a row that they may not see, or is the text of a lesson that they may not read."""
    found = {marker for marker in marked.found_in(text) if not marker.is_id and marker.table in TABLES.values()}
    return {str(marker) for marker in found if marker.row not in allowed}


def test_a_restricted_learner_is_gone_from_lists_counts_and_304_at_once(school):
    ada = sign_in(school, "ada")
    before = ada.get("/api/v1/enrolments?count=exact")
    one = f"/api/v1/enrolments/{before.json['data'][0]['id']}"
    tag = ada.get(one).headers["ETag"]
    restrict_at(school, "Lena")
    after = ada.get("/api/v1/enrolments?count=exact", headers={"If-None-Match": before.headers["ETag"]})

    assert before.json["page"]["count"] == 2
    assert (after.status_code, after.json["data"], after.json["page"]["count"]) == (200, [], 0)
    assert ada.get(one, headers={"If-None-Match": tag}).status_code == 404
    assert ada.post(f"{one}/actions/leave").status_code == 404
    assert ada.get("/api/v1/enrolments?fields=id").json["data"] == []
    assert sign_in(school, "lena").get("/api/v1/enrolments?count=exact").json["page"]["count"] == 2


def test_an_erased_learner_is_gone_at_once(school):
    ada = sign_in(school, "ada")
    before = ada.get("/api/v1/enrolments?count=exact")
    with school.app.test_request_context(), school.writing("athena") as session:
        ask_to_erase(session.scalars(select(Person).where(Person.name == "Lena")).one())
    work(school)
    after = ada.get("/api/v1/enrolments?count=exact", headers={"If-None-Match": before.headers["ETag"]})

    assert (after.status_code, after.json["data"], after.json["page"]["count"]) == (200, [], 0)
    assert ada.get(f"/api/v1/enrolments/{before.json['data'][0]['id']}").status_code == 404


def test_the_text_of_a_lesson_is_for_whoever_may_read_it(school):
    bodies = {}
    for who in ("vic", "lena", "theo"):
        browser = sign_in(school, who) if who != "vic" else school.visitor("athena")
        listed = [row for name in ("music-theory-from-zero", "statistics-with-your-own-numbers") for row in lessons_of(browser, name)]
        bodies[who] = {(row["preview"], row["body"] is not None, row["course_id"]) for row in listed}
        assert json.dumps(listed)
        assert all(row["body"] == browser.get(f"/api/v1/lessons/{row['id']}").json["body"] for row in listed[:3])

    assert all(read == preview for preview, read, _course in bodies["vic"])
    assert {read for _preview, read, _course in bodies["theo"]} == {True}
    assert {(preview, read) for preview, read, _course in bodies["lena"]} == {(True, True), (False, True), (False, False)}


def lessons_of(browser, slug):
    course = browser.get(f"/api/v1/courses?filter[slug]={slug}").json["data"][0]["id"]
    return browser.get(f"/api/v1/lessons?limit=100&filter[course_id]={course}&fields=id,course_id,preview,body").json["data"]


def test_lessons_of_a_course_are_in_its_order(school):
    with school.reading("athena") as session:
        expected = session.scalars(
            select(Lesson.title).join(Course, Course.id == Lesson.course_id).where(Course.slug == "music-theory-from-zero").order_by(Lesson.position)
        ).all()
    course = school.visitor("athena").get("/api/v1/courses?filter[slug]=music-theory-from-zero&include=lessons").json["data"][0]
    assert [lesson["title"] for lesson in course["lessons"]] == list(expected)
