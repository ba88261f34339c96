# SPDX-License-Identifier: MIT
"""The same on both databases: orders, pages, filters, includes, counts, two writers."""

from __future__ import annotations

import itertools

import pytest
from people import PASSWORD, sign_in, stolen
from upart_courses.blocks import text_block
from upart_courses.models import Course, CourseState, Lesson, LessonKind, Level, Section

from upart import clock
from upart.accounts import passwords
from upart.accounts.models import Account, Person
from upart.testing.together import together

WORDS = ("Äpfel", "apfel", "Zoo", "zoo", "a b", "a-b", "", "ß", "ss")


@pytest.fixture
def school(installation):
    """Nine courses of two lessons, with titles that databases order each in their own way."""
    with installation.writing("athena") as session:
        for number, title in enumerate(WORDS):
            course = Course(
                slug=f"course-{number}", title=title, summary="s", lead="", description="", field="f", level=list(Level)[number % 2], language="en", cover="c",
                outcomes=["one"], state=CourseState.PUBLISHED if number else CourseState.DRAFT, published_at=clock.now() if number % 2 else None, position=number // 3,
            )  # fmt: skip
            session.add(course)
            session.flush()
            session.add(section := Section(course_id=course.id, title="One", position=1))
            session.flush()
            facts = {"course_id": course.id, "section_id": section.id, "kind": LessonKind.TEXT, "minutes": 1, "blocks": text_block("Text.")}
            session.add_all([Lesson(slug=f"l{n}", title=f"Lesson {n}", position=n, preview=n == 1, **facts) for n in (1, 2)])
    return installation


def rows(browser, path):
    while path:
        answer = browser.get(path)
        assert answer.status_code == 200, answer.text
        yield from answer.json["data"]
        path = answer.json["page"]["next"]


def test_each_order_shows_each_row_once_forwards_and_backwards(school):
    vic = school.visitor("athena")
    for sort, limit in itertools.product(("position", "-title", "changed_at"), (1, 3)):
        path = f"/api/v1/courses?sort={sort}&limit={limit}"
        found = [row["slug"] for row in rows(vic, path)]
        assert sorted(found) == [f"course-{number}" for number in range(1, 9)]
        last = list(pages(vic, path))[-1]
        back = [answer.json["data"] for answer in pages(vic, last.json["page"]["prev"], "prev")]
        assert [row["slug"] for page in reversed(back) for row in page] == found[: len(found) - len(last.json["data"])]


def pages(browser, path, way="next"):
    while path:
        answer = browser.get(path)
        yield answer
        path = answer.json["page"][way]


def test_filters_includes_and_counts(school):
    vic = school.visitor("athena")
    found = vic.get("/api/v1/courses?filter[level]=beginner&filter[published_at][empty]=true&include=lessons.section,sections&count=exact").json
    texts = list(rows(vic, "/api/v1/lessons?fields=body,preview,id&limit=5"))

    assert found["page"]["count"] == len(found["data"]) == 4
    assert [lesson["title"] for lesson in found["data"][0]["lessons"]] == ["Lesson 1", "Lesson 2"]
    assert found["data"][0]["lessons"][0]["section"]["id"] == found["data"][0]["sections"][0]["id"]
    assert len(texts) == 16
    assert all((row["body"] == "Text.") is row["preview"] for row in texts)
    assert (
        vic.get("/api/v1/courses?filter[published_at][lte]=2100-01-01T00:00:00Z&filter[slug][in]=course-1,course-2,course-0").json["data"][0]["slug"]
        == "course-1"
    )


def test_of_many_writers_at_once_one_wins_and_none_is_lost(school):
    with school.app.app_context():
        hashed = passwords.hash_password(PASSWORD)
    with school.everywhere() as session:
        session.add(account := Account(email="ada@example.org", password_hash=hashed))
        session.flush()
        session.add(Person(academy_id=school.academy("athena").id, account_id=account.id, name="Ada", email=account.email, roles=["owner"]))
    ada = sign_in(school, "ada")
    place = f"/api/v1/courses/{ada.get('/api/v1/courses').json['data'][0]['id']}"
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": ada.get(place).headers["ETag"]}
    browsers = [stolen(school, ada) for _ in range(6)]
    answers = together(6, lambda number: browsers[number].open(place, method="PATCH", headers=headers, json={"title": f"Writer {number}"}))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    won = next(answer.json["title"] for answer in answers if answer.status_code == 200)
    assert ada.get(place).json["title"] == won
    assert {answer.json["current"]["title"] for answer in answers if answer.status_code == 412} == {won}
