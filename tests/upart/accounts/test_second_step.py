# SPDX-License-Identifier: MIT
"""A code besides the password: asked for everywhere, good once, its seed readable by nobody."""

from __future__ import annotations

from datetime import timedelta

from people import PASSWORD, hidden, is_in, mails, second_step, sign_in, token_in
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Account


def test_a_second_step_is_asked_for_and_each_code_works_once(portal):
    lena, begun = sign_in(portal, "lena"), clock.now()
    app, codes = second_step(portal, lena)
    assert len(codes) == 10
    assert lena.get("/account/two-step/code.svg").status_code == 404

    browser, asked = asked_for_a_code(portal)
    assert browser.post("/sign-in/code", data={"token": asked, "code": app.at(begun)}).status_code == 422
    with clock.shifted(timedelta(seconds=60)):
        assert browser.post("/sign-in/code", data={"token": asked, "code": app.at(clock.now())}).status_code == 303
        assert is_in(browser)
    other, asked = asked_for_a_code(portal)
    assert other.post("/sign-in/code", data={"token": asked, "code": codes[0]}).status_code == 303
    third, asked = asked_for_a_code(portal)
    assert third.post("/sign-in/code", data={"token": asked, "code": codes[0]}).status_code == 422


def asked_for_a_code(portal):
    """A browser in which Lena has given her password, and the token of the page that asks for the code."""
    browser = portal.visitor("athena")
    return browser, hidden(browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text)


def test_the_seed_is_shown_as_a_picture_while_it_is_set_up(portal):
    lena = sign_in(portal, "lena")
    lena.post("/account/two-step")
    assert lena.get("/account/two-step/code.svg").mimetype == "image/svg+xml"


def test_a_seed_is_not_readable_in_the_database(portal):
    lena = sign_in(portal, "lena")
    page = lena.post("/account/two-step").text
    seed = page.partition("<code>")[2].partition("<")[0]
    with portal.everywhere() as session:
        stored = session.scalar(select(Account.totp_seed).where(Account.email == "lena@example.org"))
    assert len(seed) >= 32
    assert seed.encode() not in stored


def test_a_recovery_code_that_is_renewed_is_no_good_any_more(portal):
    lena = sign_in(portal, "lena")
    _app, codes = second_step(portal, lena)
    assert lena.post("/account/two-step/codes").status_code == 200
    browser, asked = asked_for_a_code(portal)
    assert browser.post("/sign-in/code", data={"token": asked, "code": codes[0]}).status_code == 422


def test_setting_the_second_step_up_again_does_not_switch_it_off(portal):
    lena = sign_in(portal, "lena")
    second_step(portal, lena)
    assert lena.post("/account/two-step").status_code == 409
    assert "Second step" in portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text


def test_an_invitation_asks_for_the_second_step_too(portal):
    second_step(portal, sign_in(portal, "odin"))
    sign_in(portal, "ada").post("/manage/people/invite", data={"name": "Odin", "email": "odin@example.org", "roles": "teacher"})
    browser = portal.visitor("athena")
    asked = browser.post("/invitation", data={"token": token_in(mails(portal, "odin")[-1]), "password": PASSWORD})
    assert "Second step" in asked.text
    assert not is_in(browser)
