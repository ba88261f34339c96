# SPDX-License-Identifier: MIT
"""Many people sign in at once: each is let in or told when to come back, and nobody else notices."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from people import sign_in
from served import pages, serving, waits

from upart.accounts import passwords
from upart.cli.demo import PASSWORD


def test_pages_open_while_200_people_sign_in_from_many_networks(portal):
    with serving(portal.state.config.instance, trusted_proxies="127.0.0.1") as server, ThreadPoolExecutor(200) as crowd:
        kinds = {kind: request for kind, request in pages(server.sign_in("lena")).items() if kind != "form"}
        idle = waits(server, kinds)
        forms = [{"email": f"somebody{n}@example.org", "password": "a guess that costs its time"} for n in range(200)]
        storm = [crowd.submit(server.ask, "POST", "/sign-in", form, X_Forwarded_For=f"10.1.{n}.7") for n, form in enumerate(forms)]
        held_up = {kind: wait for kind, wait in waits(server, kinds, 3).items() if wait > 0.25 + 2 * idle[kind]}
        answers = [one.result() for one in storm]
        assert server.sign_in("theo")

    assert held_up == {}
    assert {answer.status for answer in answers} <= {422, 503}
    assert all("retry-after" in answer.headers and "Try again" in answer.text for answer in answers if answer.status == 503)


@pytest.fixture
def busy(portal, monkeypatch):
    """Other people's passwords are being checked, and that takes until it is called."""
    monkeypatch.setattr(passwords, "SECONDS", 0.05)
    release, threads = threading.Event(), portal.app.extensions["upart_passwords"]._threads
    for _ in range(threads._max_workers):
        threads.submit(release.wait)

    def over() -> None:
        monkeypatch.setattr(passwords, "SECONDS", 60)
        release.set()

    yield over
    release.set()


def test_who_is_turned_away_keeps_what_was_typed_and_has_not_used_up_a_try(portal, busy):
    browser = portal.visitor("athena")
    for _ in range(12):
        answer = browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Many people are signing in" in answer.text
        assert 'value="lena@example.org"' in answer.text
    busy()
    sign_in(portal, "lena")


def test_after_too_many_tries_the_answer_says_how_long_to_wait(portal):
    browser = portal.visitor("athena")
    answers = [browser.post("/sign-in", data={"email": "lena@example.org", "password": "wrong"}) for _ in range(11)]
    assert answers[-1].status_code == 429
    assert 14 * 60 < int(answers[-1].headers["Retry-After"]) <= 15 * 60
    assert "Wait 15 minutes" in answers[-1].text
