# SPDX-License-Identifier: MIT
"""A plugin says who is asking: for this request, under the rules that hold for everybody, and nobody when it fails."""

from __future__ import annotations

from uuid import uuid4

import pytest
from people import PASSWORD, sign_in
from sqlalchemy import select
from upart_opener import hooks

from upart import clock
from upart.accounts.models import Account, Person
from upart.db import session

THEO = {"X-Person": "theo@example.org"}


@pytest.fixture
def known(opened):
    """The opener knows people by a header."""
    hooks.ACTS["authenticate"] = lambda request: session.scalars(select(Person.account_id).where(Person.email == request.headers.get("X-Person", ""))).first()
    return opened


def test_theo_is_known_without_a_cookie_and_gets_none(known):
    vic = known.visitor("athena")
    assert vic.get("/opener/who").text == "a visitor"
    answer = vic.get("/opener/who", headers=THEO)
    assert (answer.text, answer.headers["Cache-Control"], answer.headers.get("Set-Cookie")) == ("Theo", "private, no-store", None)
    assert vic.get("/opener/who").text == "a visitor"


def test_private_data_ask_for_the_password_and_giving_it_is_a_sign_in(known):
    vic = known.visitor("athena")
    asked = vic.get("/account/email", headers=THEO)
    assert (asked.status_code, "theo@example.org" in asked.text) == (303, False)
    answer = vic.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email"}, headers=THEO)
    assert (answer.status_code, vic.cookie("upart_session") is not None) == (303, True)
    assert "theo@example.org" in vic.get("/account/email").text


@pytest.mark.parametrize("what", ["suspended here", "account suspended", "no account", "of another academy"])
def test_whoever_may_not_enter_stays_outside(known, what):
    with known.everywhere() as opened:
        theo = opened.scalars(select(Person).where(Person.name == "Theo")).one()
        if what == "suspended here":
            theo.suspended_at = clock.now()
        elif what == "account suspended":
            opened.get(Account, theo.account_id).suspended_at = clock.now()
        elif what == "no account":
            theo.account_id = None
        else:
            odin = opened.scalars(select(Person.account_id).where(Person.name == "Odin")).one()
            hooks.ACTS["authenticate"] = lambda request: odin
    assert known.visitor("athena").get("/opener/who", headers=THEO).text == "a visitor"


@pytest.mark.parametrize("answer", [lambda request: 1 / 0, lambda request: "theo@example.org", lambda request: uuid4()])
def test_an_error_or_another_answer_makes_a_visitor(known, answer, caplog):
    hooks.ACTS["authenticate"] = answer
    assert known.visitor("athena").get("/opener/who", headers=THEO).text == "a visitor"
    assert known.visitor("athena").get("/account/", headers=THEO).status_code == 303


def test_it_is_asked_neither_where_it_is_off_nor_of_whoever_has_signed_in(known):
    assert known.visitor("platform").get("/account/", headers=THEO).status_code == 303
    assert sign_in(known, "lena").get("/opener/who", headers=THEO).text == "Lena"


def test_a_form_of_another_site_is_refused_though_no_cookie_came_along(known):
    sent = known.visitor("athena").open("/account/profile", method="POST", data={"name": "Eve"}, headers=THEO)
    assert sent.status_code == 403
