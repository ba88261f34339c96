# SPDX-License-Identifier: MIT
"""Lena goes on where she was, if she wants to; nothing is remembered of anybody else."""

import pytest
from choosing import choose
from people import sign_in
from sqlalchemy import select

from upart.accounts.models import Person
from upart.visits.models import RecentPage

COURSES, LESSON = "/learn/", "/learn/music-theory-from-zero/three-notes-that-hold-together"
"""Pages that know Lena; one that is the same for everybody does not look who reads it."""


@pytest.fixture
def agreed(portal):
    """Lena has agreed to be remembered; nobody else has."""
    assert choose(sign_in(portal, "lena"), "personalise|", age="adult").status_code == 303


def remembered(portal):
    """What is kept, by name."""
    portal.state.counting.flush()
    with portal.reading("athena") as session:
        found = session.execute(select(Person.name, RecentPage.path).join(Person, Person.id == RecentPage.person_id)).all()
        return sorted((name, path) for name, path in found)


def test_nothing_is_remembered_of_somebody_who_has_not_agreed(portal):
    sign_in(portal, "lena").get(LESSON)

    assert remembered(portal) == []


def test_lena_who_has_agreed_continues_where_she_was(portal, agreed):
    lena, theo = sign_in(portal, "lena"), sign_in(portal, "theo")
    for browser in (lena, theo):
        for path in (LESSON, COURSES, LESSON, "/account/", "/privacy/mine", "/nothing"):
            browser.get(path)

    assert {path for name, path in remembered(portal)} >= {LESSON, COURSES}
    assert {name for name, _ in remembered(portal)} == {"Lena"}
    assert not any(path.startswith(("/account", "/privacy")) for _, path in remembered(portal))
    assert "Continue where you were" in lena.get("/account/").text
    assert LESSON in lena.get("/account/recent").text
    assert "Continue where you were" not in theo.get("/account/").text


def test_lena_clears_the_list(portal, agreed):
    lena = sign_in(portal, "lena")
    lena.get(LESSON)
    assert remembered(portal)

    assert lena.post("/account/recent/clear").status_code == 303
    assert remembered(portal) == []
    assert "Nothing is remembered" in lena.get("/account/recent").text


def test_only_the_newest_are_kept(portal, agreed, monkeypatch):
    monkeypatch.setattr("upart.visits.recent.MOST", 1)
    lena = sign_in(portal, "lena")
    for path in (LESSON, COURSES):
        assert lena.get(path).status_code == 200
        portal.state.counting.flush()

    assert remembered(portal) == [("Lena", COURSES)]


def test_a_browser_that_says_do_not_follow_me_leaves_no_page(portal, agreed):
    lena = sign_in(portal, "lena")
    lena.get(LESSON, headers={"Sec-GPC": "1"})

    assert (("Lena", LESSON)) not in remembered(portal)


def test_somebody_who_has_gone_meanwhile_is_not_remembered(portal, agreed):
    sign_in(portal, "lena").get(LESSON)
    opened = portal.state.counting.opened
    rows = opened.take()
    opened.put_back([type(row)(row.academy, portal.academy("athena").id, row.path, row.title, row.at) for row in rows])

    assert remembered(portal) == []
