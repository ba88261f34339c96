# SPDX-License-Identifier: MIT
"""Front ends on other origins: registered, let in by a person, signed out; and nobody else's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from calling import BACK, ORIGIN, asked, bearer, code_for, exchanged, me, refreshed, registered, signed_in_there, told
from people import NEW, PASSWORD, idle, mails, sign_in
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person, SessionKind, UserSession
from upart.tokens.models import FrontEnd


def test_lena_signs_in_at_a_front_end_that_ada_has_registered(portal):
    key = registered(portal)
    lena = sign_in(portal, "lena")
    page = lena.get("/oauth/authorize", query_string=asked(key))
    assert page.status_code == 200
    assert "See your name, e-mail address, roles and time zone" in page.text
    assert "form-action 'self' https://www.example.org;" in page.headers["Content-Security-Policy"]
    back = lena.post("/oauth/authorize", data={**asked(key), "act": "allow"})
    assert back.headers["Location"].startswith(f"{BACK}&code=")
    assert (told(back)["state"], told(back)["iss"]) == ("kept by the front end", "http://athena.localhost")
    tokens = exchanged(portal, key, told(back)["code"]).json
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 900, "core:me:read")
    assert me(portal, tokens["access_token"], Origin=ORIGIN).json["name"] == "Lena"
    assert "signed in at Athena's garden" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()


def test_she_may_say_no(portal):
    answer = sign_in(portal, "lena").post("/oauth/authorize", data={**asked(registered(portal)), "act": "deny"})
    assert told(answer)["error"] == "access_denied"
    assert "code" not in told(answer)


def test_the_password_is_asked_for_first_and_what_was_asked_is_not_lost(portal):
    key, lena = registered(portal), idle(sign_in(portal, "lena", remember=True))
    answer = lena.get("/oauth/authorize", query_string=asked(key))
    assert told(answer)["next"].startswith(f"/oauth/authorize?client_id={key}&code_challenge=")
    assert lena.post("/oauth/authorize", data={**asked(key), "act": "allow"}).status_code == 401


STRANGE = {
    "another front end": {"client_id": "upart_pub_nobody"}, "another address": {"redirect_uri": "https://evil.example/"},
    "the address with something behind it": {"redirect_uri": BACK + "&more=1"}, "the address without its query": {"redirect_uri": BACK.partition("?")[0]},
    "an address in capitals": {"redirect_uri": BACK.upper()}, "no address": {"redirect_uri": ""}, "an endless address": {"redirect_uri": BACK + "a" * 900},
    "a client that no database holds": {"client_id": "a\0b"},
}  # fmt: skip


def test_nobody_is_sent_to_where_nobody_has_registered(portal):
    key, lena = registered(portal), sign_in(portal, "lena")
    for kind, sent in STRANGE.items():
        asking = lena.get("/oauth/authorize", query_string=asked(key, **sent))
        for answer in (asking, lena.post("/oauth/authorize", data={**asked(key, **sent), "act": "allow"})):
            assert answer.status_code == 400, kind
            assert "Location" not in answer.headers, kind


WRONG = {
    "no challenge": ({"code_challenge": ""}, "invalid_request"), "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "a token at once": ({"response_type": "token"}, "unsupported_response_type"), "more than Ada has allowed": ({"scope": "core:me:write"}, "invalid_scope"),
    "all there is": ({"scope": "*"}, "invalid_scope"),
}  # fmt: skip


def test_a_front_end_that_asks_wrongly_is_told_what_is_wrong(portal):
    key, lena = registered(portal), sign_in(portal, "lena")
    for kind, (sent, error) in WRONG.items():
        asking = lena.get("/oauth/authorize", query_string=asked(key, **sent))
        for answer in (asking, lena.post("/oauth/authorize", data={**asked(key, **sent), "act": "allow"})):
            assert told(answer)["error"] == error, kind
            assert "code" not in told(answer), kind


NOT_HERS = {
    "another verifier": {"code_verifier": "b" * 43}, "no verifier": {"code_verifier": ""}, "the challenge itself": {"code_verifier": asked("")["code_challenge"]},
    "another address": {"redirect_uri": ORIGIN}, "another front end": {"client_id": "upart_pub_nobody"},
}  # fmt: skip


def test_whoever_has_caught_a_code_gets_nothing_for_it(portal):
    key, lena = registered(portal), sign_in(portal, "lena")
    for kind, sent in NOT_HERS.items():
        code = code_for(portal, key, browser=lena)
        answer = exchanged(portal, key, code, **sent)
        assert (answer.status_code, answer.json) == (400, {"error": "invalid_grant"}), kind
        used_up = exchanged(portal, key, code).status_code == 400
        assert used_up is (kind != "another front end"), kind


def test_what_cannot_be_read_is_answered_in_the_form_of_the_protocol(portal):
    for name in ("code", "client_id", "refresh_token"):
        for kind in ("authorization_code", "refresh_token"):
            answer = portal.visitor("athena").post("/oauth/token", data={"grant_type": kind, "refresh_token": f"upart_refresh_{'a' * 32}_x", name: "\0"})
            assert (answer.status_code, answer.json) == (400, {"error": "invalid_request"}), (name, kind)


def test_a_code_is_good_for_a_minute_at_its_own_academy_and_once(portal):
    key = registered(portal)
    code = code_for(portal, key)
    assert exchanged(portal, key, code, at="orion").json == {"error": "invalid_grant"}
    with clock.shifted(timedelta(seconds=61)):
        assert exchanged(portal, key, code).json == {"error": "invalid_grant"}
    code = code_for(portal, key)
    tokens = exchanged(portal, key, code).json
    assert exchanged(portal, key, code).json == {"error": "invalid_grant"}
    assert me(portal, tokens["access_token"]).status_code == 401, "two had the code, so neither keeps what it got"


def test_an_access_token_ends_after_a_quarter_of_an_hour_and_is_renewed(portal):
    key = registered(portal)
    first = signed_in_there(portal, key)
    with clock.shifted(timedelta(minutes=15, seconds=1)):
        assert me(portal, first["access_token"]).status_code == 401
        second = refreshed(portal, key, first["refresh_token"]).json
        assert me(portal, second["access_token"]).status_code == 200
        assert second["refresh_token"] != first["refresh_token"]


def test_a_refresh_token_that_comes_twice_ends_the_sign_in_for_both(portal):
    key = registered(portal)
    first = signed_in_there(portal, key)
    second = refreshed(portal, key, first["refresh_token"]).json
    assert refreshed(portal, key, first["refresh_token"]).json == {"error": "invalid_grant"}
    assert refreshed(portal, key, second["refresh_token"]).json == {"error": "invalid_grant"}
    assert me(portal, second["access_token"]).status_code == 401


def test_another_front_end_cannot_use_a_refresh_token_and_a_page_cannot_use_it_as_access(portal):
    key, tokens = registered(portal), None
    other = registered(portal)
    tokens = signed_in_there(portal, key)
    assert refreshed(portal, other, tokens["refresh_token"]).json == {"error": "invalid_grant"}
    assert me(portal, tokens["refresh_token"]).status_code == 401
    assert refreshed(portal, key, tokens["access_token"]).json == {"error": "invalid_grant"}
    assert refreshed(portal, key, tokens["refresh_token"]).status_code == 200


def signed_out_there(portal, lena):
    with portal.reading("athena") as session:
        family = session.scalars(select(UserSession.family).where(UserSession.kind == SessionKind.APP)).one()
    assert lena.post(f"/account/devices/{family}/sign-out").status_code == 303


def new_password(portal, lena):
    assert lena.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303


def suspended(portal, lena):
    with portal.reading("athena") as session:
        id = session.scalars(select(Person.id).where(Person.name == "Lena")).one()
    assert sign_in(portal, "ada").post(f"/manage/people/{id}/suspend").status_code == 303


def removed(portal, lena):
    with portal.reading("athena") as session:
        id = session.scalars(select(FrontEnd.id)).one()
    assert sign_in(portal, "ada").post(f"/manage/api/{id}/remove").status_code == 303


def everywhere(portal, lena):
    assert lena.post("/account/devices/sign-out").status_code == 303


@pytest.mark.parametrize("ends", [signed_out_there, new_password, suspended, removed, everywhere])
def test_what_ends_a_browser_ends_a_front_end_at_once(portal, ends):
    key = registered(portal)
    tokens, lena = signed_in_there(portal, key), sign_in(portal, "lena")
    assert "Athena&#39;s garden" in lena.get("/account/devices").text
    ends(portal, lena)
    assert me(portal, tokens["access_token"]).status_code == 401
    assert refreshed(portal, key, tokens["refresh_token"]).json == {"error": "invalid_grant"}


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_front_end_signs_her_out_with_either_token(portal, which):
    key = registered(portal)
    tokens = signed_in_there(portal, key)
    for _ in range(2):
        assert portal.visitor("athena").post("/oauth/revoke", data={"token": tokens[which]}).status_code == 200
    assert me(portal, tokens["access_token"]).status_code == 401
    assert refreshed(portal, key, tokens["refresh_token"]).json == {"error": "invalid_grant"}


def test_only_registered_origins_read_the_api_and_only_the_api(portal):
    registered(portal)
    vic, own = portal.visitor("athena"), {"Origin": ORIGIN}
    answer = vic.get("/api/v1/me", headers=own)
    assert (answer.headers["Access-Control-Allow-Origin"], answer.headers["Vary"]) == (ORIGIN, "Origin, Accept-Language")
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for origin in ("https://evil.example", "null", ORIGIN + ".evil.example", ORIGIN.upper(), "http://www.example.org", ""):
        assert "Access-Control-Allow-Origin" not in vic.get("/api/v1/me", headers={"Origin": origin}).headers
    for path in ("/", "/courses/", "/account/", "/oauth/authorize", "/api/v1x"):
        assert "Access-Control-Allow-Origin" not in vic.get(path, headers=own).headers
    assert "Access-Control-Allow-Origin" not in portal.visitor("orion").get("/api/v1/me", headers=own).headers


def test_a_browser_asks_first_and_is_told(portal):
    registered(portal)
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    own, evil = (
        portal.visitor("athena").open("/api/v1/tokens", method="OPTIONS", headers={"Origin": origin, **wanted}) for origin in (ORIGIN, "https://evil.example")
    )
    assert (own.status_code, own.headers["Access-Control-Allow-Origin"], own.headers["Vary"]) == (204, ORIGIN, "Origin")
    assert "Authorization" in own.headers["Access-Control-Allow-Headers"]
    assert not [name for name, _value in evil.headers if name.startswith("Access-Control")]


NO_ADDRESS = {
    "origins": (
        "", "http://www.example.org", "https://*.example.org", "https://user@example.org", "*", "null", "https://www.example.org/path", "javascript:alert(1)",
        "https://a.example:99999", "https://[", "https://a.example?b", "https://a.example#b", "ftp://a.example", "https://", "https://a\u00e9.example",
    ),
    "redirects": ("https://a.example/#x", "http://a.example/", "a.example", "https://a.example\\@evil.example/", "//a.example/", "https://a.example/ b", "data:,a"),
    "scopes": ("everything",),
}  # fmt: skip


def test_what_is_no_address_of_a_front_end_is_not_registered(portal):
    ada = sign_in(portal, "ada")
    for name, value in [(name, value) for name, values in NO_ADDRESS.items() for value in values]:
        answer = ada.post("/manage/api/new", data={"name": "a", "origins": ORIGIN, "redirects": "", name: value})
        assert answer.status_code == 422, value
        assert "another look" in answer.text, value


def test_only_owners_of_this_academy_register_and_see_front_ends(portal):
    key = registered(portal)
    with portal.reading("athena") as session:
        id = session.scalars(select(FrontEnd.id)).one()
    for name in ("theo", "lena", "odin", "pia"):
        browser = sign_in(portal, name)
        there = portal.academy("athena").host
        assert browser.get(f"/manage/api/{id}").status_code == 404, there
        for path in ("", "/key", "/remove"):
            assert browser.post(f"/manage/api/{id}{path}", data={"name": "a", "origins": ORIGIN}).status_code == 404
    assert portal.visitor("athena").get("/api/v1/me", headers=bearer(key)).json["code"] == "sign_in"
