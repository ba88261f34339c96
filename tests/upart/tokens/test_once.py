# SPDX-License-Identifier: MIT
"""Idempotency-Key: a program that asks again is answered again, and nothing is done twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from calling import READ_ME
from people import PASSWORD, sign_in
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.academies.actions import renew_pages
from upart.accounts.models import Account, Person
from upart.accounts.passwords import hash_password
from upart.testing.together import together
from upart.tokens import repeating
from upart.tokens.models import ApiAnswer, ApiToken

BODY = {"name": "My calendar", "scopes": [READ_ME]}


def ask(browser, key: str = "a key that is new each time", body=BODY, **options):
    return browser.post("/api/v1/tokens", json=body, headers={"Idempotency-Key": key}, **options)


def how_many(installation, model=ApiToken) -> int:
    with installation.reading("athena") as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def lena(installation):
    """Lena's browser, on each database."""
    with installation.app.app_context():
        hashed = hash_password(PASSWORD)
    with installation.everywhere() as session:
        session.add(account := Account(email="lena@example.org", password_hash=hashed))
        session.flush()
        session.add(Person(academy_id=installation.academy("athena").id, account_id=account.id, name="Lena", email="lena@example.org"))
    return sign_in(installation, "lena")


def test_fifty_at_once_have_one_effect(installation, lena):
    cookie = lena.cookie("upart_session")

    def one(number: int):
        browser = installation.visitor("athena")
        browser.keep("upart_session", cookie)
        return ask(browser)

    answers = together(50, one)
    assert how_many(installation) == 1
    assert set(Counter(answer.status_code for answer in answers)) <= {201, 409, 503}
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
    assert ask(lena).status_code == 201
    assert how_many(installation) == 1


def test_whoever_asks_again_gets_the_answer_but_no_secret_twice(portal):
    lena = sign_in(portal, "lena")
    first, again = ask(lena), ask(lena)
    assert "token" in first.json
    assert (again.status_code, again.json, again.headers["Idempotent-Replayed"]) == (201, {}, "true")
    assert how_many(portal) == 1


def test_a_token_that_may_do_less_gets_no_answer_that_was_made_for_another(portal):
    theo = sign_in(portal, "theo")
    fit, narrow = (
        {
            "Authorization": f"Bearer {theo.post('/api/v1/tokens', json={'name': 'a', 'scopes': [scope]}, headers={'Sec-Fetch-Site': 'same-origin'}).json['token']}"
        }
        for scope in ("courses:courses:write", "core:me:read")
    )
    course = {"title": "Not for everybody", "field": "Music theory"}
    first, again, other = (
        portal.visitor("athena").post("/api/v1/courses", json=course, headers={**bearer, "Idempotency-Key": "the same"}) for bearer in (fit, fit, narrow)
    )
    assert (first.status_code, again.status_code, again.json["id"]) == (201, 201, first.json["id"])
    assert (other.status_code, other.json["code"]) == (403, "scope")


def test_an_answer_without_a_secret_is_given_in_full_until_somebody_may_be_gone(portal, monkeypatch):
    monkeypatch.setattr("upart.tokens.api.shown_once", lambda: None)
    lena = sign_in(portal, "lena")
    first, again = ask(lena), ask(lena)
    assert again.json == first.json
    with portal.writing("athena"):
        renew_pages()
    assert ask(lena).json == {}
    with portal.reading("athena") as session:
        assert first.json["token"].encode() not in session.scalars(select(ApiAnswer.answer)).one()


def test_a_key_is_good_for_one_request(portal):
    lena = sign_in(portal, "lena")
    ask(lena)
    other = ask(lena, body={**BODY, "name": "Another"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key")
    assert how_many(portal) == 1


def test_two_people_may_make_up_the_same_key(portal):
    assert [ask(sign_in(portal, name)).status_code for name in ("lena", "theo")] == [201, 201]
    assert how_many(portal) == 2


def test_a_refusal_is_not_kept(portal):
    lena = sign_in(portal, "lena")
    assert ask(lena, body={**BODY, "scopes": ["x"]}).status_code == 422
    assert how_many(portal, ApiAnswer) == 0
    assert ask(lena).status_code == 201


def test_what_fails_at_the_commit_is_not_kept_either(portal, monkeypatch):
    lena = sign_in(portal, "lena")

    def full(claim, response):
        raise OperationalError("COMMIT", None, Exception("disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(repeating.Claim, "keep", full)
        assert ask(lena).status_code == 507
    assert (how_many(portal), how_many(portal, ApiAnswer)) == (0, 0)


def test_a_request_whose_process_died_may_be_done_after_a_minute(portal):
    lena = sign_in(portal, "lena")
    ask(lena)
    with portal.writing("athena") as session:
        row = session.scalars(select(ApiAnswer)).one()
        row.status, row.answer = None, None
    waiting = ask(lena)
    assert (waiting.status_code, waiting.json["code"], waiting.headers["Retry-After"]) == (409, "in_flight", "1")
    with clock.shifted(repeating.LEASE + timedelta(seconds=1)):
        assert ask(lena).status_code == 201
    assert how_many(portal) == 2


def test_after_a_day_a_key_is_new(portal):
    with clock.shifted(-repeating.LIVES - timedelta(minutes=1)):
        ask(sign_in(portal, "lena"))
    assert "token" in ask(sign_in(portal, "lena")).json


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "\x01", "\xff"])
def test_a_key_that_nobody_should_make_up(portal, key):
    answer = ask(sign_in(portal, "lena"), key)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key")


def test_a_page_takes_no_notice_of_a_key(portal):
    answer = portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}, headers={"Idempotency-Key": "a"})
    assert answer.status_code == 303
