# SPDX-License-Identifier: MIT
"""API tokens: made by somebody who gave the password, shown once, good for what was ticked, ended at once."""

from __future__ import annotations

from datetime import timedelta

from calling import READ_ME, bearer, made, me, registered
from people import NEW, PASSWORD, idle, mails, sign_in
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.rights.actions.asking import ask_to_erase
from upart.tokens.minting import PERSONAL, SHAPE, is_whole, mint
from upart.tokens.models import ApiToken


def test_lena_makes_a_token_and_her_program_is_lena(portal):
    token = made(portal)
    answer = me(portal, token)
    assert answer.json["name"] == "Lena"
    assert (answer.headers["Cache-Control"], answer.mimetype) == ("private, no-store", "application/json")
    told = mails(portal, "lena")[-1].get_body(("plain",)).get_content()
    assert "made a token called “My calendar”" in told
    assert "<" not in told


def test_a_token_is_shown_once_and_kept_nowhere(portal):
    lena = sign_in(portal, "lena")
    token = made(portal, browser=lena)
    assert token not in lena.get("/account/tokens").text
    assert not [row for rows in portal.contents().values() for row in rows if token in row]
    assert not [mail for mail in mails(portal) if token in mail.as_string()]


def test_the_password_is_asked_for_before_a_token_is_made(portal):
    lena = idle(sign_in(portal, "lena", remember=True))
    assert lena.post("/account/tokens", data={"name": "Mine", "scopes": READ_ME, "days": "90"}).status_code == 401
    asked = lena.post("/api/v1/tokens", json={"name": "Mine", "scopes": [READ_ME]})
    assert (asked.status_code, asked.json["code"], asked.mimetype) == (401, "again", "application/problem+json")


def test_a_script_of_the_portal_makes_a_token(portal):
    answer = sign_in(portal, "lena").post("/api/v1/tokens", json={"name": "Mine", "scopes": [READ_ME], "days": 7})
    assert answer.status_code == 201
    assert me(portal, answer.json["token"]).status_code == 200


def test_a_token_for_nothing_or_for_ever_is_not_made(portal):
    lena, fine = sign_in(portal, "lena"), {"name": "a", "scopes": [READ_ME]}
    for body in ({"name": ""}, {"name": "a" * 81}, {"scopes": []}, {"scopes": ["x"]}, {"days": 366}, {"days": 0}, {"days": -1}, {"more": 1}, {"scopes": "x"}):
        answer = lena.post("/api/v1/tokens", json={**fine, **body})
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), body


def test_a_token_makes_no_token_and_opens_nothing_that_it_was_not_made_for(portal):
    token = made(portal)
    answer = portal.visitor("athena").post("/api/v1/tokens", json={"name": "Mine", "scopes": [READ_ME]}, headers=bearer(token))
    assert (answer.status_code, answer.json["code"]) == (403, "scope")


def test_a_token_without_the_scope_is_refused(portal):
    token = made(portal)
    with portal.writing("athena") as session:
        session.scalars(select(ApiToken)).one().scopes = ["core:consents:read"]
    assert (me(portal, token).status_code, me(portal, token).json["code"]) == (403, "scope")


WRONG = {
    "nothing": "", "another scheme": "Basic bGVuYTpsZW5h", "a typing error": "", "one that was never made": mint(PERSONAL), "half a token": "upart_abc",
    "a row of a": "upart_" + "a" * 5000, "bytes": "upart_\xff", "a public key": mint("upart_pub_"), "a code": mint("upart_code_"),
}  # fmt: skip


def test_all_that_is_no_token_gets_the_same_answer(portal):
    token = made(portal)
    typed = {"nothing": "Bearer", "another scheme": WRONG["another scheme"], "a typing error": f"Bearer {token[:-1]}{'x' if token[-1] != 'x' else 'y'}"}
    for kind, value in WRONG.items():
        answer = portal.visitor("athena").get("/api/v1/me", headers={"Authorization": typed.get(kind, f"Bearer {value}")})
        assert (answer.status_code, answer.json["code"]) == (401, "invalid_token"), kind
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="athena.localhost", error="invalid_token"', kind


def test_athenas_token_opens_nothing_at_orion_and_odins_nothing_at_athena(portal):
    for name, there in (("lena", "orion"), ("odin", "athena")):
        answer = me(portal, made(portal, name), there)
        assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def test_odin_cannot_revoke_lenas_token_nor_can_ada(portal):
    token = made(portal)
    with portal.reading("athena") as session:
        id = session.scalars(select(ApiToken.id)).one()
    for name in ("odin", "ada"):
        assert sign_in(portal, name).post(f"/account/tokens/{id}/revoke").status_code == 404
    assert me(portal, token).status_code == 200
    assert sign_in(portal, "lena").post(f"/account/tokens/{id}/revoke").status_code == 303
    assert me(portal, token).status_code == 401


def test_a_token_ends_with_its_day_with_a_suspension_and_with_its_person(portal):
    token, lena = made(portal), None
    with clock.shifted(timedelta(days=90, seconds=1)):
        assert me(portal, token).status_code == 401
    with portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        lena.suspended_at = clock.now()
    assert me(portal, token).status_code == 401
    with portal.app.test_request_context(), portal.writing("athena") as session:
        lena = session.scalars(select(Person).where(Person.name == "Lena")).one()
        lena.suspended_at = None
        ask_to_erase(lena)
    assert me(portal, token).status_code == 401


def test_a_new_password_leaves_programs_running_and_her_mail_says_so(portal):
    lena = sign_in(portal, "lena")
    token = made(portal, browser=lena)
    assert lena.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303
    assert me(portal, token).status_code == 200
    assert "/account/tokens" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()


def test_a_token_is_nobody_on_pages_and_cookies_are_nobody_beside_a_token(portal):
    token = made(portal)
    assert portal.visitor("athena").get("/account/", headers=bearer(token)).status_code == 303
    ada = sign_in(portal, "ada")
    assert ada.get("/api/v1/me", headers=bearer(token)).json["name"] == "Lena"
    assert ada.get("/api/v1/me", headers=bearer(mint(PERSONAL))).status_code == 401


def test_another_site_cannot_use_her_cookies(portal):
    answer = sign_in(portal, "lena").post("/api/v1/tokens", json={"name": "a", "scopes": [READ_ME]}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json["code"]) == (403, "cross_site")


def test_when_it_was_used_is_written_once_a_minute(portal):
    token, seen = made(portal), []
    for seconds in (0, 30, 61):
        with clock.shifted(timedelta(seconds=seconds)):
            assert me(portal, token).status_code == 200
        with portal.reading("athena") as session:
            seen.append(session.scalars(select(ApiToken.seen_at)).one())
    assert seen[0] == seen[1] < seen[2]
    assert "Last used" in sign_in(portal, "lena").get("/account/tokens").text


def test_a_public_key_reads_what_visitors_may_and_changes_nothing(portal):
    key = registered(portal)
    vic = portal.visitor("athena")
    assert vic.get("/api/v1/me", headers=bearer(key)).status_code == 401
    assert vic.post("/api/v1/tokens", json={}, headers=bearer(key)).json["code"] == "read_only"


def test_tokens_look_like_githubs(portal):
    token = mint(PERSONAL)
    assert is_whole(token)
    assert SHAPE.fullmatch(token)
    assert not is_whole(token[:-1] + ("0" if token[-1] != "0" else "1"))
    assert len({mint(PERSONAL) for _ in range(1000)}) == 1000
