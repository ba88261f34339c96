# SPDX-License-Identifier: MIT
"""A browser that is recognised next time: its token changes with each use, and private things ask for the password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from people import PASSWORD, idle, is_in, sign_in, stolen

from upart import clock


def test_a_remembered_browser_goes_on_and_its_token_changes_each_time(portal):
    lena = sign_in(portal, "lena", remember=True)
    first = lena.cookie("upart_remember")
    assert is_in(idle(lena))
    assert lena.cookie("upart_remember") != first


def test_two_tabs_may_wake_at_once(portal):
    lena = sign_in(portal, "lena", remember=True)
    second = stolen(portal, lena, ("upart_remember",))
    assert is_in(idle(lena))
    assert is_in(second)


@pytest.mark.parametrize("uses", [1, 2])
def test_a_stolen_remember_token_ends_the_whole_family(portal, uses):
    lena = sign_in(portal, "lena", remember=True)
    thief = stolen(portal, lena, ("upart_remember",))
    for _ in range(uses):
        assert is_in(idle(lena))
    with clock.shifted(timedelta(seconds=61)):
        assert not is_in(thief)
        assert not is_in(lena)


def test_recognised_but_not_fresh_shows_nothing_private_until_the_password_is_given(portal):
    lena = idle(sign_in(portal, "lena", remember=True))
    assert "lena@example.org" not in lena.get("/account/").text
    answer = lena.get("/account/email")
    assert answer.headers["Location"] == "/sign-in/again?next=/account/email"
    assert lena.post("/sign-in/again", data={"password": "wrong password", "next": "/account/email"}).status_code == 422
    assert lena.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email"}).headers["Location"] == "/account/email"
    assert "lena@example.org" in lena.get("/account/email").text


def test_what_was_typed_survives_the_end_of_a_session(portal):
    answer = portal.visitor("athena").post("/account/profile", data={"name": "Lena with a very long and carefully typed name, longer than sixty characters"})
    assert answer.status_code == 401
    assert "carefully typed name" in answer.text
    lena = idle(sign_in(portal, "lena", remember=True))
    kept = lena.post("/account/email", data={"email": "lena@new.example"})
    assert kept.status_code == 401
    sent = lena.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email", "kept": "1", "kept.email": "lena@new.example"})
    assert 'name="email" value="lena@new.example"' in sent.text
