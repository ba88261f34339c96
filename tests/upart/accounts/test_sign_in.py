# SPDX-License-Identifier: MIT
"""Sign in, stay in for a while, be told when the browser keeps no cookie."""

from __future__ import annotations

from datetime import timedelta

from people import PASSWORD, is_in, sign_in
from sqlalchemy import update

from upart import clock
from upart.accounts.models import Account


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(portal):
    browser = portal.visitor("athena")
    wrong = browser.post("/sign-in", data={"email": "lena@example.org", "password": "not this one"})
    unknown = browser.post("/sign-in", data={"email": "nemo@example.org", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace("lena", "nemo") == unknown.text
    assert 'value="lena@example.org"' in wrong.text


def test_cookies_carry_a_random_token_and_stay_away_from_scripts(portal):
    answer = portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD, "remember": "y"})
    for header in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header
        assert "Domain" not in header


def test_a_browser_without_cookies_is_told_so_in_plain_words(portal):
    browser = portal.visitor("athena")
    browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD})
    browser.forget("upart_session")
    assert "blocks cookies" in browser.get("/sign-in/check").text


def test_a_form_of_another_site_is_refused(portal):
    lena = sign_in(portal, "lena")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": ""},
    ):
        assert lena.post("/sign-out", headers=headers).status_code == 403
    assert is_in(lena)
    assert lena.post("/account/profile", data={"name": "L"}, headers={"Sec-Fetch-Site": "", "Origin": "http://athena.localhost"}).status_code == 303


def test_a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(portal):
    lena = sign_in(portal, "lena")
    with clock.shifted(timedelta(minutes=31)):
        assert not is_in(lena)
    lena = sign_in(portal, "lena")
    for minutes in range(25, 13 * 60, 25):
        with clock.shifted(timedelta(minutes=minutes)):
            alive = is_in(lena)
    assert not alive


def test_an_account_that_is_suspended_cannot_sign_in_anywhere(portal):
    with portal.everywhere() as session:
        session.execute(update(Account).where(Account.email == "lena@example.org").values(suspended_at=clock.now()))
    assert portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 422
