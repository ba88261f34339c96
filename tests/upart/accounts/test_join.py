# SPDX-License-Identifier: MIT
"""Be in several academies, none of which learns of another."""

from __future__ import annotations

from people import PASSWORD, is_in, sign_in
from sqlalchemy import select

from upart.accounts.models import Person


def test_lena_joins_orion_and_neither_learns_of_the_other(portal):
    lena = portal.visitor("orion")
    page = lena.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
    assert "not in this academy" in page
    token = page.partition('name="token" value="')[2].partition('"')[0]
    assert lena.post("/join", data={"token": token}).status_code == 303
    assert is_in(lena)
    with portal.reading("orion") as session:
        assert session.scalar(select(Person.name).where(Person.email == "lena@example.org")) == "Lena"


def test_from_the_platform_one_goes_to_an_academy_with_a_token_that_works_once(portal):
    ada = sign_in(portal, "ada", remember=True)
    platform = portal.visitor("platform")
    page = platform.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD}).text
    platform.post("/join", data={"token": page.partition('name="token" value="')[2].partition('"')[0]})
    listed = platform.get("/account/academies").text
    assert "Athena" in listed
    assert "Orion" not in listed
    path = listed.partition('action="/account/academies/')[2].partition('"')[0]
    handed = platform.post(f"/account/academies/{path}")
    token = handed.text.partition('name="token" value="')[2].partition('"')[0]
    assert "http://athena.localhost/sign-in/hand-off" in handed.headers["Content-Security-Policy"]
    browser = portal.visitor("athena")
    assert "ada@example.org" in browser.post("/sign-in/hand-off", data={"token": token}, headers={"Sec-Fetch-Site": "same-site"}).text
    assert not is_in(browser)
    assert browser.post("/sign-in/hand-off/go", data={"token": token}).status_code == 303
    assert is_in(browser)
    assert portal.visitor("athena").post("/sign-in/hand-off", data={"token": token}).status_code == 410
    assert is_in(ada)
