# SPDX-License-Identifier: MIT
"""Guessing: at most ten tries reach the hash, on every route that takes a secret, per account, per network, in parallel."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from credentials import COMPARED, WAYS, WRONG, credential_routes, takes_secrets
from flask import request
from people import NEW, PASSWORD, is_in, mails, sign_in, sign_up, token_in
from sqlalchemy import event

from upart import clock
from upart.accounts import limits, passwords
from upart.accounts.actions import changing
from upart.accounts.forms import CodeForm
from upart.db import engine

TIMES = 1000 if os.environ.get("UPART_DEEP") else 40


@pytest.fixture
def reached(portal, monkeypatch):
    """How many secrets have been compared since: passwords hashed, codes computed."""
    made, codes, compare = portal.app.extensions["upart_passwords"], [], changing.code_step
    monkeypatch.setattr(changing, "code_step", lambda *values: codes.append(1) or compare(*values))
    before = [0]

    def count(*, again: bool = False) -> int:
        before[0] = made.hashed + len(codes) if again else before[0]
        return made.hashed + len(codes) - before[0]

    return count


def test_every_route_that_takes_a_secret_is_tried_here(portal):
    assert credential_routes(portal) == set(WAYS)


def test_a_new_route_that_takes_a_secret_would_be_noticed():
    def by_its_work():
        return passwords.fits(None, "x")

    def by_its_field():
        return request.form["pin"]

    def by_its_form():
        return CodeForm.posted()

    def by_nothing():
        return request.form["title"]

    assert [takes_secrets(view) for view in (by_its_work, by_its_field, by_its_form, by_nothing)] == [True, True, True, False]


@pytest.mark.parametrize("networks", [1, TIMES], ids=["one network", "many networks"])
@pytest.mark.parametrize("endpoint", WAYS)
def test_ten_tries_at_most_reach_the_hash(portal, reached, endpoint, networks):
    path, data, *browser = WAYS[endpoint](portal)
    reached(again=True)
    statuses = set()
    for number in range(TIMES):
        asking = browser[0] if browser else portal.visitor("athena")
        address = f"10.{number % networks // 250}.{number % networks % 250}.7"
        statuses.add(asking.post(path, data=data, environ_overrides={"REMOTE_ADDR": address}).status_code)

    assert (1 if endpoint in COMPARED else 0) <= reached() <= limits.FAILURES
    assert statuses <= {200, 303, 410, 422, 429, *({400} if endpoint == "oauth.token" else ())}  # RFC 6749, 5.2


@pytest.mark.parametrize(("path", "more", "times"), [("/sign-in", {}, 1000), ("/sign-up", {"name": "Somebody"}, TIMES)])
def test_a_thousand_accounts_tried_from_one_network_reach_the_hash_ten_times(portal, reached, path, more, times):
    reached(again=True)
    data = [{"email": f"somebody{number}@example.org", "password": "a guess that is long", **more} for number in range(times)]
    answers = [portal.visitor("athena").post(path, data=one).status_code for one in data]

    assert reached() == limits.FAILURES
    assert set(answers[limits.FAILURES :]) == {429}


def test_tries_at_the_same_time_are_counted_one_by_one(portal, reached):
    reached(again=True)

    def guess(number: int) -> int:
        return portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": f"guess {number}"}).status_code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(160)))
    assert reached() <= limits.FAILURES
    assert answers.count(429) == 160 - limits.FAILURES


def test_after_a_quarter_of_an_hour_one_may_try_again(portal):
    browser = portal.visitor("athena")
    for _ in range(11):
        answer = browser.post("/sign-in", data={"email": "lena@example.org", "password": WRONG})
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    with clock.shifted(limits.WINDOW + timedelta(seconds=1)):
        assert is_in(sign_in(portal, "lena"))


def test_tries_are_counted_even_when_the_request_is_rolled_back(portal):
    browser = portal.visitor("athena")
    for _ in range(5):
        assert browser.post("/sign-in", data={"email": "lena@example.org", "password": WRONG}).status_code == 422
    assert is_in(sign_in(portal, "lena"))
    for _ in range(5):
        browser.post("/sign-in", data={"email": "lena@example.org", "password": WRONG})
    assert browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 429


def test_a_class_of_thirty_signs_up_and_in_from_one_room(portal):
    for number in range(30):
        pupil = sign_up(portal, f"Pupil {number}", f"pupil{number}@example.org")
        token = token_in(mails(portal, f"pupil{number}@")[-1])
        assert pupil.post("/sign-up/confirm", data={"token": token, "password": NEW}).status_code == 303
        assert is_in(pupil)


EQUAL = {  # what is asked, of an address that is known and of one that is not
    "signing in": ("/sign-in", {"password": WRONG}),
    "signing up": ("/sign-up", {"name": "Mara", "password": NEW}),
    "a forgotten password": ("/reset-password", {}),
}


@pytest.mark.parametrize("asked", EQUAL)
def test_known_and_unknown_addresses_cost_the_same_work_and_get_the_same_answer(portal, reached, asked):
    path, data = EQUAL[asked]
    portal.visitor("athena").post(path, data={"email": "first@example.org", **data})  # whatever is made once is made
    answers = []
    for email in ("lena@example.org", "nobody@example.org"):
        reached(again=True)
        with statements(portal) as sent:
            answer = portal.visitor("athena").post(path, data={"email": email, **data})
        text = answer.text.replace(email, "")
        answers.append((answer.status_code, sorted(answer.headers.items(), key=str), text, reached(), sent))

    assert without_length(answers[0]) == without_length(answers[1])
    assert answers[0][4] == answers[1][4]


def without_length(answer):
    return [answer[0], [header for header in answer[1] if header[0] != "Content-Length"], *answer[2:4]]


@contextmanager
def statements(portal):
    """The statements of the block, as texts, without values."""
    sent = []
    with portal.app.app_context():
        watched = engine()

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    event.listen(watched, "before_cursor_execute", note)
    yield sent
    event.remove(watched, "before_cursor_execute", note)
