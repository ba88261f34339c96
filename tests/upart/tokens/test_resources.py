# SPDX-License-Identifier: MIT
"""What a program that acts for somebody reads and does: who they are, what is held, what they agreed to, their requests."""

from __future__ import annotations

from calling import bearer, made, me, registered, signed_in_there
from people import idle, mails, sign_in
from sqlalchemy import select

from upart.accounts.models import Person
from upart.consent.actions import say_age
from upart.consent.models import Band

ALL = ("core:me:read", "core:holdings:read", "core:consents:read", "core:consents:write", "core:rights-requests:read", "core:rights-requests:write")


def program(portal, name: str = "lena", scopes=ALL):
    """`call(path)`, `call(path, body)`: what a program of this person gets."""
    token, browser = made(portal, name, list(scopes)), portal.visitor("athena")

    def call(path: str, body=None):
        headers = bearer(token)
        return browser.get(f"/api/v1/{path}", headers=headers) if body is None else browser.post(f"/api/v1/{path}", json=body, headers=headers)

    return call


def test_private_data_need_the_password_in_a_browser_and_the_scope_in_a_program(portal):
    lena = idle(sign_in(portal, "lena", remember=True))
    assert (lena.get("/api/v1/me").status_code, lena.get("/api/v1/me").json["code"]) == (401, "again")
    assert sign_in(portal, "lena").get("/api/v1/me").json["email"] == "lena@example.org"
    assert program(portal)("me").json["email"] == "lena@example.org"
    assert "lena@example.org" not in program(portal, scopes=["core:consents:read"])("me").text


def test_a_program_is_told_how_much_is_held(portal):
    held = program(portal)("me/holdings").json
    assert held["lines"] > 10
    assert {"title", "lines", "reasons", "periods"} == set(held["parts"][0])
    assert "lena@example.org" not in str(held)


def consent(call, purpose: str) -> dict:
    return next(one for one in call("consents").json["data"] if (one["purpose"], one["channel"]) == (purpose, "email"))


def test_news_by_mail_wait_for_the_mailbox_and_end_at_once(portal):
    call = program(portal)
    asked = {"purpose": "newsletter", "channel": "email", "agrees": True, "version": 1}
    assert call("consents", asked).json["code"] == "age"
    with portal.writing("athena") as session:
        say_age(session.scalars(select(Person).where(Person.name == "Lena")).one(), Band.ADULT)
    answer = call("consents", asked)
    assert (answer.status_code, answer.json["agrees"], answer.json["waits"]) == (201, False, True)
    assert "/privacy/choices/confirm" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()
    assert call("consents", {**asked, "agrees": False}).json["waits"] is False
    assert consent(call, "newsletter")["agrees"] is False
    assert "by a program that acts for you" in sign_in(portal, "lena").get("/privacy/choices").text


def test_a_yes_to_another_text_or_to_nothing_is_none(portal):
    call = program(portal)
    for body, pointer in (({"purpose": "newsletter", "channel": "email", "version": 7}, "/version"), ({"purpose": "x"}, "/purpose")):
        answer = call("consents", {"agrees": True, **body})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_program_asks_for_a_copy_and_does_not_get_it(portal):
    call = program(portal)
    first, again = call("rights-requests", {"kind": "access"}), call("rights-requests", {"kind": "access"})
    assert (first.status_code, first.json["kind"], again.json["id"]) == (201, "access", first.json["id"])
    assert [one["id"] for one in call("rights-requests").json["data"]] == [first.json["id"]]
    assert call("rights-requests", {"kind": "erase"}).status_code == 422
    assert "/privacy/archive" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()


def test_each_sees_only_their_own(portal):
    program(portal)("rights-requests", {"kind": "access"})
    assert program(portal, "theo")("rights-requests").json["data"] == []
    assert program(portal, "theo")("me").json["name"] == "Theo"


def test_reading_alone_changes_nothing(portal):
    call = program(portal, scopes=["core:consents:read", "core:rights-requests:read"])
    for path, body in (
        ("consents", {"purpose": "newsletter", "agrees": False}),
        ("rights-requests", {"kind": "access"}),
        ("tokens", {"name": "a", "scopes": [ALL[0]]}),
    ):
        assert (call(path, body).status_code, call(path, body).json["code"]) == (403, "scope")


def test_a_front_end_does_what_lena_let_it_do(portal):
    key = registered(portal)
    tokens = signed_in_there(portal, key)
    assert me(portal, tokens["access_token"]).json["name"] == "Lena"
    assert portal.visitor("athena").get("/api/v1/consents", headers=bearer(tokens["access_token"])).json["code"] == "scope"


def test_courses_are_read_with_a_public_key_and_with_none_alike(portal):
    key, vic = registered(portal), portal.visitor("athena")
    with_key, without = (vic.get("/api/v1/courses", headers=headers) for headers in (bearer(key), {}))
    assert (with_key.status_code, with_key.json) == (200, without.json)
    assert "X-Upart-Knows" not in with_key.headers
    assert vic.get("/api/v1/courses", headers=bearer("upart_nobody")).status_code == 401
