# SPDX-License-Identifier: MIT
"""Every attack on sessions that was measured to work on others fails here; and would be seen if it worked."""

from __future__ import annotations

import pytest
from attacks import ATTACKS, Naive, Upart
from people import PASSWORD, is_in, sign_in, stolen

from upart import clock
from upart.accounts.sessions import FRESH


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_fails(portal, attack):
    assert not ATTACKS[attack](Upart(portal))


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_same_attack_is_seen_to_work_on_a_naive_site(attack):
    assert ATTACKS[attack](Naive(adopts=attack == "a planted session"))


def test_signing_in_again_ends_the_session_before(portal):
    lena = sign_in(portal, "lena")
    before = stolen(portal, lena)
    assert lena.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 303
    assert is_in(lena)
    assert not is_in(before)


def test_giving_the_password_makes_no_copy_fresh(portal):
    lena = sign_in(portal, "lena", remember=True)
    copied = stolen(portal, lena, ("upart_session",))
    with clock.shifted(FRESH + FRESH / 15):
        assert lena.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email"}).status_code == 303
        assert lena.get("/account/email").status_code == 200
        assert "lena@example.org" not in copied.get("/account/email").text


def test_somebody_suspended_is_told_so_at_every_door(portal):
    Upart(portal).suspend()
    answer = portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert "is suspended" in answer.text


@pytest.mark.parametrize("name", ["upart_session", "upart_remember"])
@pytest.mark.parametrize("value", ["", "x", "é", "." * 4000, "00000000-0000-0000-0000-000000000000.x", "\x7f", "a=b"])
def test_an_invented_cookie_is_nobodys(portal, name, value):
    vic = portal.visitor("athena")
    vic.keep(name, value)
    assert vic.get("/account/").status_code == 303
    assert vic.get("/").status_code == 200
