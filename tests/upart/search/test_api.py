# SPDX-License-Identifier: MIT
"""Programs search: they find what their person may read, as the page does, and are told what they asked wrongly."""

from __future__ import annotations

import pytest
from people import sign_in
from sqlalchemy import select
from upart_courses.models import Course

from upart.search.finding import PAGE


def found(browser, q: str, **more: str):
    return browser.get("/api/v1/search", query_string={"q": q, **more})


def test_vic_finds_courses_with_the_place_where_it_stands(portal):
    vic = portal.visitor("athena")
    hit = next(one for one in found(vic, "sourdough").json["data"] if one["kind"] == "courses")

    assert vic.get(f"/api/v1/courses/{hit['id']}").json["title"] == hit["title"]
    assert "".join(piece["text"] for piece in hit["title_pieces"]) == hit["title"]
    assert [piece["text"].lower() for piece in (*hit["title_pieces"], *hit["snippet"]) if piece["hit"]][0] == "sourdough"
    assert vic.get(hit["url"]).status_code == 200


@pytest.mark.parametrize("who", ["vic", "lena", "theo", "odin"])
def test_everybody_finds_what_the_page_finds(portal, who):
    browser = portal.visitor("athena") if who == "vic" else sign_in(portal, who)
    for word in ("flour", "the", "theory", "telescope"):
        answer, page = found(browser, word), browser.get("/search", query_string={"q": word}).text
        assert answer.headers.get("Cache-Control") == "private, no-store"
        for hit in answer.json["data"]:
            assert f'href="{hit["url"]}"' in page, (word, hit["url"])
            if hit["kind"] == "courses":
                assert browser.get(f"/api/v1/courses/{hit['id']}").status_code == 200


def test_a_draft_is_found_by_its_writer_alone_and_a_cache_keeps_nothing(portal):
    vic, theo = portal.visitor("athena"), sign_in(portal, "theo")
    assert found(vic, "sourdough", kind="courses").json["data"]
    with portal.writing("athena") as session:
        session.scalars(select(Course).where(Course.slug == "your-first-sourdough")).one().state = "draft"

    assert found(vic, "sourdough", kind="courses").json["data"] == []
    assert len(found(theo, "sourdough", kind="courses").json["data"]) == 1


def test_one_kind_goes_on_by_pages_and_each_hit_comes_once(portal):
    vic, ids, path = portal.visitor("athena"), [], "/api/v1/search?q=the&kind=lessons&locale=en"
    while path:
        answer = vic.get(path)
        ids += [one["id"] for one in answer.json["data"]]
        path = answer.json["page"]["next"]
        assert (path is None) == ("Link" not in answer.headers)
    assert len(ids) == len(set(ids)) > 0
    assert len(vic.get("/api/v1/search?q=the&kind=lessons").json["data"]) <= PAGE


WRONG = {"": "q", "q=": "q", "q=%22%22": "q", "q=a&in=courses": "in", "q=a&kind=people": "kind", "q=a&page=2": "page", "q=a&kind=courses&page=11": "page",
         "q=a&kind=courses&page=-1": "page", "q=a&kind=courses&page=x": "page", "q=a&q=b": "q", "q=%00": "q", f"q={'a' * 201}": "q",
         "q=a&limit=5": "limit", "q=a&sort=title": "sort"}  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_what_is_asked_wrongly_is_told(portal, query):
    answer = portal.visitor("athena").get(f"/api/v1/search?{query}")

    assert (answer.status_code, answer.json["code"]) == (400, "parameter")
    assert [one["pointer"] for one in answer.json["errors"]] == [WRONG[query]]
