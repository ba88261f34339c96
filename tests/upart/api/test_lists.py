# SPDX-License-Identifier: MIT
"""Lists for programs: pages, filters, orders, what comes along, and nothing that nobody asked for."""

from __future__ import annotations

import pytest
from calling import bearer, made
from people import sign_in
from sqlalchemy import event

from upart.db import engine


def titles(answer):
    return [course["title"] for course in answer.json["data"]]


def all_pages(browser, path):
    """The rows of all pages, going forward."""
    rows = []
    while path:
        answer = browser.get(path)
        assert answer.status_code == 200, answer.text
        rows += answer.json["data"]
        path = answer.json["page"]["next"]
    return rows


def test_vic_reads_the_courses_page_by_page_and_back(portal):
    vic = portal.visitor("athena")
    first = vic.get("/api/v1/courses?limit=2&count=exact")
    second = vic.get(first.json["page"]["next"])
    back = vic.get(second.json["page"]["prev"])

    assert first.json["page"] == {"next": first.json["page"]["next"], "prev": None, "count": 3}
    assert 'rel="next"' in first.headers["Link"]
    assert len(titles(first)) == 2
    assert len(titles(second)) == 1
    assert second.json["page"]["next"] is None
    assert back.json["data"] == first.json["data"]
    assert back.json["page"]["prev"] is None


def test_each_order_shows_every_course_once(portal):
    vic = portal.visitor("athena")
    for sort in ("position", "-position", "title", "-title", "-changed_at"):
        rows = all_pages(vic, f"/api/v1/courses?limit=1&sort={sort}")
        values = [row[sort.removeprefix("-")] for row in rows]
        assert values == sorted(values, reverse=sort.startswith("-"))
        assert len({row["id"] for row in rows}) == 3


def test_vic_finds_what_he_filters_for(portal):
    vic = portal.visitor("athena")
    one = vic.get("/api/v1/courses?filter[slug]=your-first-sourdough&fields=title,lesson_count")
    several = vic.get("/api/v1/courses?filter[slug][in]=your-first-sourdough,music-theory-from-zero")
    none = vic.get("/api/v1/courses?filter[published_at][gt]=2100-01-01T00:00:00Z")
    empty = vic.get("/api/v1/courses?filter[published_at][empty]=true")

    assert one.json["data"] == [{"title": "Your first sourdough", "lesson_count": one.json["data"][0]["lesson_count"]}]
    assert len(titles(several)) == 2
    assert none.json["data"] == empty.json["data"] == []


def test_what_comes_along_costs_one_statement_each(portal):
    vic, sent = portal.visitor("athena"), []
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda *about: sent.append(about[2]))
    vic.get("/api/v1/courses")
    numbers = []
    for path in (
        "limit=1",
        "limit=3",
        "limit=1&include=lessons.section",
        "limit=3&include=lessons.section",
        "limit=3&include=lessons.section,sections&count=exact",
    ):
        sent.clear()
        answer = vic.get(f"/api/v1/courses?{path}")
        numbers.append(len([one for one in sent if one.startswith("SELECT")]))

    assert numbers == [1, 1, 3, 3, 5]
    assert answer.json["data"][0]["lessons"][0]["section"]["id"] in {one["id"] for one in answer.json["data"][0]["sections"]}


@pytest.mark.parametrize(("who", "needed"), [("nobody", 1), ("a token", 2), ("a person", 2)])
def test_a_list_takes_one_statement_and_one_more_to_know_who_asks(portal, who, needed):
    token = made(portal, scopes="courses:courses:read") if who == "a token" else ""
    browser, sent = sign_in(portal, "lena") if who == "a person" else portal.visitor("athena"), []
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda *about: sent.append(about[2]))
    for limit in (1, 2, 3):
        sent.clear()
        assert browser.get(f"/api/v1/courses?limit={limit}", headers=bearer(token) if token else {}).status_code == 200
        assert limit == 1 or len([one for one in sent if one.startswith("SELECT")]) == needed


def test_lena_learns_of_a_wrong_address_all_that_is_wrong_at_once(portal):
    lena = sign_in(portal, "lena")
    answer = lena.get("/api/v1/courses?foo=1&limit=101&filter[author_id]=1&fields=id,secret&sort=author_id&include=learners&count=all")

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert {fault["pointer"] for fault in answer.json["errors"]} == {"foo", "limit", "filter[author_id]", "fields", "sort", "include", "count"}
    assert answer.json["code"] == "parameter"
    assert answer.json["request_id"]


BROKEN = (
    "limit=0", "limit=-1", "limit=1e3", "limit=", "limit=%D9%A3", "limit=2&limit=3", "cursor=x", "cursor=.", "cursor=%F0%9F%A6%84.x", "sort=", "sort=--title",
    "filter[published_at]=yesterday", "filter[published_at]=2026-01-01T00:00:00", "filter[published_at][gt]=0001-01-01T00:00:00%2B14:00",
    "filter[level]=expert", "filter[id]=1", "filter[id][gt]=01a21774-b50f-7d99-ba73-38081e802988", "filter[slug][empty]=true", "filter[slug]=%00",
    "include=lessons.section.course", "include=lessons.nothing", "filter[slug][in]=" + "a," * 200, "include=" + ",".join(["lessons"] * 1000), "fields=",
    "%FF=1", "&".join(f"x{n}=1" for n in range(60)), "filter[slug]=a&filter[slug]=b", "locale=xx", "a" * 3000,
)  # fmt: skip


def test_no_address_breaks_a_list(portal):
    vic = portal.visitor("athena")
    answers = {query: vic.get(f"/api/v1/courses?{query}") for query in BROKEN}

    assert {query: answer.status_code for query, answer in answers.items() if answer.status_code != 400} == {}
    assert all(answer.mimetype == "application/problem+json" and (answer.json["errors"] or answer.json["code"] == "cursor") for answer in answers.values())


def test_a_cursor_is_good_for_one_person_one_list_one_filter_and_one_order(portal):
    vic, lena, orion = portal.visitor("athena"), sign_in(portal, "lena"), portal.visitor("orion")
    cursor = vic.get("/api/v1/courses?limit=1").json["page"]["next"].rpartition("cursor=")[2]
    tries = [
        (vic, f"courses?limit=2&cursor={cursor}", 200), (lena, f"courses?cursor={cursor}", 400), (orion, f"courses?cursor={cursor}", 400),
        (vic, f"sections?cursor={cursor}", 400), (vic, f"courses?sort=-position&cursor={cursor}", 400), (vic, f"courses?filter[level]=beginner&cursor={cursor}", 400),
        (vic, f"courses?cursor=A{cursor}", 400), (vic, f"courses?cursor={cursor[:-1]}", 400),
    ]  # fmt: skip

    assert [browser.get(f"/api/v1/{path}").status_code for browser, path, _status in tries] == [status for _browser, _path, status in tries]


def test_what_every_visitor_reads_comes_from_memory_until_somebody_changes_it(portal):
    vic, theo, sent = portal.visitor("athena"), sign_in(portal, "theo"), []
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda *about: sent.append(about[2]))
    first = vic.get("/api/v1/courses")
    sent.clear()
    again = vic.get("/api/v1/courses")
    assert (again.json, again.headers["ETag"], sent) == (first.json, first.headers["ETag"], [])
    origin = vic.get("/api/v1/courses", headers={"Authorization": "Bearer x"})
    assert sent != []
    course = next(row for row in theo.get("/api/v1/courses").json["data"] if row["slug"] == "your-first-sourdough")
    place = f"/api/v1/courses/{course['id']}"
    tag = theo.get(place).headers["ETag"]
    changed = theo.open(place, method="PATCH", headers={"Sec-Fetch-Site": "same-origin", "If-Match": tag}, json={"title": "Bread"})

    assert (changed.status_code, origin.status_code) == (200, 401)
    assert "Bread" in titles(vic.get("/api/v1/courses", headers={"If-None-Match": first.headers["ETag"]}))
    assert not [name for answer in (first, again, origin) for name, _value in answer.headers if name.startswith("X-Upart")]
