# SPDX-License-Identifier: MIT
"""The same question for everybody, no birth date; and with people under 18 some things are not done."""

from __future__ import annotations

import pytest
from choosing import ask_for_link, choose, order_news, stands, who
from people import sign_in
from sqlalchemy import select

from upart.consent.actions import choose as agree
from upart.consent.actions import say_age
from upart.consent.gate import may_use
from upart.consent.models import AgeBand, Band
from upart.errors import Problem


def test_it_is_asked_before_the_first_yes_and_once(portal):
    lena = sign_in(portal, "lena")
    answer = choose(lena, "personalise|")
    assert (answer.status_code, "Say first how old you are" in answer.text) == (422, True)
    assert 'value="personalise|" checked' in answer.text
    assert choose(lena).status_code == 303  # a no needs no age
    assert choose(lena, "personalise|", age="adult").status_code == 303
    assert "How old are you?" not in lena.get("/privacy/choices").text
    assert choose(lena, "personalise|", "newsletter|email").status_code == 303


@pytest.mark.parametrize("age", ["young", "child"])
def test_under_18_nothing_of_it_is_on_however_it_is_sent(portal, age):
    lena = sign_in(portal, "lena")
    assert choose(lena, "personalise|", "newsletter|email", age=age).status_code == 303
    assert stands(portal) == dict.fromkeys(stands(portal), "refused")
    page = lena.get("/privacy/choices").text
    assert page.count("Only for people who are 18 or older.") == 4
    assert choose(lena, "personalise|").status_code == 422
    with portal.writing("athena") as session, pytest.raises(Problem, match="18 or older"):
        agree(who(session), "newsletter", "email", True, "test")


def test_who_turns_out_to_be_young_gets_no_more_and_all_of_it_expires(portal):
    order_news(portal, sign_in(portal, "lena"))
    with portal.writing("athena") as session:
        say_age(who(session), Band.YOUNG)
        assert not may_use(who(session), "newsletter", "email")
    assert stands(portal)["newsletter|email"] == "expired"


def test_who_has_turned_18_says_so(portal):
    lena = sign_in(portal, "lena")
    choose(lena, age="young")
    assert "If that is no longer so, say it here" in lena.get("/privacy/choices").text
    choose(lena, "personalise|", age="adult")
    with portal.reading("athena") as session:
        assert may_use(who(session), "personalise")
        assert [row.band for row in session.scalars(select(AgeBand))] == [Band.ADULT]


def test_a_young_guest_leaves_nothing_behind(portal):
    token = ask_for_link(portal, "vic@example.org")
    choose(portal.visitor("athena"), "newsletter|email", age="young", token=token, path="/privacy/choices/mailed")
    with portal.reading("athena") as session:
        assert session.scalars(select(AgeBand)).all() == []
