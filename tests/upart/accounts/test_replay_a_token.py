# SPDX-License-Identifier: MIT
"""A token opens one thing, once, here, for a while, and only while the key lives that made it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from people import NEW, PASSWORD, hidden, is_in, second_step, sign_in, stolen
from tokens import FOLLOWED, NEXT, TOKENS, keys_of, with_keys

from upart import clock
from upart.accounts.actions.tokens import LIVES
from upart.accounts.models import TokenPurpose
from upart.keys import KeyRing

FRESH_KEY = b"a key that was made a moment ago, 32+"


@pytest.fixture(params=TokenPurpose)
def purpose(request) -> TokenPurpose:
    """Every kind there is: a new one must say in tests/tokens.py how it comes about."""
    return request.param


def test_a_token_is_good_once(portal, purpose):
    held = TOKENS[purpose](portal)
    assert held.use(portal).status_code < 400
    with clock.shifted(timedelta(seconds=40)):
        again = held.use(portal)
    assert again.status_code == FOLLOWED.get(purpose, 410)
    assert "Set-Cookie" not in again.headers


def test_a_token_is_good_at_its_academy_alone(portal, purpose):
    held = TOKENS[purpose](portal)
    for other in {"athena", "orion", "platform"} - {held.at}:
        assert held.use(portal, at=other).status_code == 410
    assert held.use(portal).status_code < 400


def test_a_token_opens_nothing_but_what_it_is_for(portal, purpose):
    held = TOKENS[purpose](portal)
    ways = {
        "/sign-up/confirm",
        "/reset-password/new",
        "/account/email/confirm",
        "/invitation",
        "/sign-in/hand-off",
        "/sign-in/code",
        "/join",
        "/privacy/requests/confirm",
        "/privacy/requests/follow",
        "/privacy/choices/guardian",
    }
    for path in sorted(ways - {held.path.removesuffix("/go")}):
        data = {"token": held.token, "password": NEW, "name": "A thief", "email": "thief@example.org", "code": "123456"}
        assert portal.visitor(held.at).post(path, data=data).status_code == 410, path


def test_a_token_ends(portal, purpose):
    held = TOKENS[purpose](portal)
    with clock.shifted(LIVES[purpose] + timedelta(seconds=1)):
        assert held.use(portal).status_code == 410


def test_a_token_ends_with_its_key(portal, purpose):
    held = TOKENS[purpose](portal)
    dropped = with_keys(portal, FRESH_KEY)
    assert held.use(dropped).status_code == 410
    dropped.close()

    rotated = with_keys(portal, FRESH_KEY, *keys_of(portal))
    assert held.use(rotated).status_code < 400
    rotated.close()


def test_sessions_end_with_their_key_and_outlive_its_rotation(portal):
    lena = sign_in(portal, "lena", remember=True)
    rotated = with_keys(portal, FRESH_KEY, *keys_of(portal))
    assert is_in(stolen(rotated, lena, ("upart_session",)))
    remembered = stolen(rotated, lena, ("upart_remember",))
    assert is_in(remembered)
    rotated.close()

    dropped = with_keys(portal, b"yet another key, of 32 characters ...")
    assert not is_in(stolen(dropped, remembered))
    assert not is_in(stolen(dropped, lena))
    dropped.close()


def test_a_second_step_outlives_the_rotation_of_its_key_and_says_so_when_it_is_gone(portal):
    app, codes = second_step(portal, sign_in(portal, "lena"))
    for keys, code, status in (
        ((FRESH_KEY, *keys_of(portal)), lambda: app.at(clock.now() + NEXT), 303),
        ((FRESH_KEY, *keys_of(portal)), lambda: codes[0], 303),
        ((FRESH_KEY, *keys_of(portal)), lambda: codes[0], 422),
        ((FRESH_KEY,), lambda: app.at(clock.now() + NEXT), 503),
        ((FRESH_KEY,), lambda: codes[1], 422),
    ):
        restarted = with_keys(portal, *keys)
        browser = restarted.visitor("athena")
        page = browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
        assert browser.post("/sign-in/code", data={"token": hidden(page), "code": code()}).status_code == status
        restarted.close()


def test_a_rotated_key_still_opens_what_the_old_one_sealed():
    old, new = KeyRing((b"a" * 32,)), KeyRing((b"b" * 32, b"a" * 32))
    assert new.open("totp", old.seal("totp", "seed")) == "seed"
    assert new.signed("link", old.sign("link", "value")) == "value"
    assert KeyRing((b"b" * 32,)).signed("link", old.sign("link", "value")) is None
    assert new.signed("other purpose", new.sign("link", "value")) is None
