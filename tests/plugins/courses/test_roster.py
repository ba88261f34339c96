# SPDX-License-Identifier: MIT
"""Theo sees who learns in his courses and how far they have come, and nothing else about them."""

from __future__ import annotations

import os
import re

import pytest
from classroom import BREAD, MUSIC, course_id, crowd
from people import sign_in
from sqlalchemy import event

from upart.db import engine

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


def test_a_large_roster_needs_no_more_statements_than_a_small_one(school):
    theo, path, sent = sign_in(school, "theo"), f"/teach/courses/{course_id(school, MUSIC)}/learners", []
    with school.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))

    def needed() -> list[str]:
        sent.clear()
        assert theo.get(path).status_code == 200
        return list(sent)

    crowd(school, MUSIC, 60)
    small = needed()
    crowd(school, MUSIC, LARGE)
    assert needed() == small
    assert len([statement for statement in small if statement.startswith("SELECT")]) <= 6
    assert not any("count(" in statement for statement in small)


def test_the_list_of_courses_counts_learners_by_one_statement(portal):
    crowd(portal, MUSIC, 30)
    page = sign_in(portal, "ada").get("/teach/courses/").text
    assert re.search(r"Music theory from zero.*?>31<", page, re.S)
