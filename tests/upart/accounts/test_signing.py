# SPDX-License-Identifier: MIT
"""Signing up, in and out; every attack on a session that was measured on others is refused here."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from people import PASSWORD, idle, link_in, mails, sign_in, token_in
from sqlalchemy import select, update

from upart import clock
from upart.accounts.models import Account, Person

NEW = "a quiet walk at noon"


def sign_up(portal, name="Mara", email="mara@example.org", password=NEW, at="athena"):
    browser = portal.visitor(at)
    assert browser.post("/sign-up", data={"name": name, "email": email, "password": password, "next": "/courses/"}).status_code == 303
    return browser


def is_in(browser) -> bool:
    return browser.get("/account/").status_code == 200


def test_mara_signs_up_confirms_and_is_in(portal):
    mara = sign_up(portal)
    link = link_in(mails(portal, "mara")[0])
    assert not is_in(mara)
    for _ in range(2):
        assert mara.get(link).status_code == 200
        assert mara.open(link, method="HEAD").status_code == 200
    assert not is_in(mara)

    answer = mara.post("/sign-up/confirm", data={"token": link.partition("token=")[2], "password": NEW})
    assert answer.headers["Location"].endswith("/sign-in/check?next=/courses/")
    assert mara.get(answer.headers["Location"]).headers["Location"] == "/courses/"
    assert is_in(mara)
    assert mara.get(link).status_code == 410


def test_whoever_confirms_must_know_the_password_that_was_chosen(portal):
    sign_up(portal, password="chosen by somebody else")
    token, victim = token_in(mails(portal, "mara")[0]), portal.visitor("athena")
    answer = victim.post("/sign-up/confirm", data={"token": token, "password": NEW})
    assert answer.status_code == 422
    assert not is_in(victim)


def test_signing_up_with_a_known_address_looks_alike(portal):
    new, known = sign_up(portal), sign_up(portal, email="lena@example.org")
    assert new.get("/sign-up/sent").data == known.get("/sign-up/sent").data
    assert "have an account" in mails(portal, "lena")[0]["Subject"]


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


def stolen(portal, browser, names=("upart_session", "upart_remember"), at="athena"):
    thief = portal.visitor(at)
    for name in names:
        if value := browser.cookie(name):
            thief.keep(name, value)
    return thief


def test_a_copied_cookie_ends_with_signing_out(portal):
    lena = sign_in(portal, "lena", remember=True)
    thief = stolen(portal, lena)
    assert is_in(thief)
    lena.post("/sign-out")
    assert not is_in(stolen(portal, thief))
    assert not is_in(lena)


def test_a_copied_cookie_ends_with_a_new_password(portal):
    lena, other = sign_in(portal, "lena"), sign_in(portal, "lena", remember=True)
    assert lena.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303
    assert is_in(lena)
    assert not is_in(other)
    assert is_in(sign_in(portal, "lena", password=NEW))
    assert "password was changed" in mails(portal, "lena")[0].get_body(("plain",)).get_content()


def test_a_copied_cookie_ends_with_suspension(portal):
    lena, ada = sign_in(portal, "lena", remember=True), sign_in(portal, "ada")
    with portal.reading("athena") as session:
        id = session.scalar(select(Person.id).where(Person.name == "Lena"))
    assert ada.post(f"/manage/people/{id}/suspend").status_code == 303
    assert not is_in(lena)
    assert portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 403


def test_a_cookie_of_athena_opens_nothing_at_orion(portal):
    assert not is_in(stolen(portal, sign_in(portal, "ada", remember=True), at="orion"))


def test_a_session_that_somebody_planted_is_not_taken_over(portal):
    thief = portal.visitor("athena")
    thief.keep("upart_session", "planted-by-a-thief")
    assert thief.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 303
    assert thief.cookie("upart_session") != "planted-by-a-thief"
    before = thief.cookie("upart_session")
    thief.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD})
    assert thief.cookie("upart_session") != before
    assert not is_in(stolen(portal, type("old", (), {"cookie": lambda self, name: before if name == "upart_session" else None})()))


def test_a_remembered_browser_goes_on_and_its_token_changes_each_time(portal):
    lena = sign_in(portal, "lena", remember=True)
    first = lena.cookie("upart_remember")
    assert is_in(idle(lena))
    assert lena.cookie("upart_remember") != first


def test_two_tabs_may_wake_at_once(portal):
    lena = sign_in(portal, "lena", remember=True)
    second = stolen(portal, lena, ("upart_remember",))
    assert is_in(idle(lena))
    assert is_in(second)


@pytest.mark.parametrize("uses", [1, 2])
def test_a_stolen_remember_token_ends_the_whole_family(portal, uses):
    lena = sign_in(portal, "lena", remember=True)
    thief = stolen(portal, lena, ("upart_remember",))
    for _ in range(uses):
        assert is_in(idle(lena))
    with clock.shifted(timedelta(seconds=61)):
        assert not is_in(thief)
        assert not is_in(lena)


def test_a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(portal):
    lena = sign_in(portal, "lena")
    with clock.shifted(timedelta(minutes=31)):
        assert not is_in(lena)
    lena = sign_in(portal, "lena")
    for minutes in range(25, 13 * 60, 25):
        with clock.shifted(timedelta(minutes=minutes)):
            alive = is_in(lena)
    assert not alive


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


def test_recognised_but_not_fresh_shows_nothing_private_until_the_password_is_given(portal):
    lena = idle(sign_in(portal, "lena", remember=True))
    assert "lena@example.org" not in lena.get("/account/").text
    answer = lena.get("/account/email")
    assert answer.headers["Location"] == "/sign-in/again?next=/account/email"
    assert lena.post("/sign-in/again", data={"password": "wrong password", "next": "/account/email"}).status_code == 422
    assert lena.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email"}).headers["Location"] == "/account/email"
    assert "lena@example.org" in lena.get("/account/email").text


def test_what_was_typed_survives_the_end_of_a_session(portal):
    answer = portal.visitor("athena").post("/account/profile", data={"name": "Lena with a very long and carefully typed name, longer than sixty characters"})
    assert answer.status_code == 401
    assert "carefully typed name" in answer.text
    lena = idle(sign_in(portal, "lena", remember=True))
    kept = lena.post("/account/email", data={"email": "lena@new.example"})
    assert kept.status_code == 401
    sent = lena.post("/sign-in/again", data={"password": PASSWORD, "next": "/account/email", "kept": "1", "kept.email": "lena@new.example"})
    assert 'name="email" value="lena@new.example"' in sent.text


def test_a_forgotten_password_is_set_by_a_link_once_and_signs_out_everywhere(portal):
    lena, browser = sign_in(portal, "lena"), portal.visitor("athena")
    known = browser.post("/reset-password", data={"email": "lena@example.org"})
    unknown = browser.post("/reset-password", data={"email": "nobody@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert mails(portal, "nobody") == []
    token = token_in(mails(portal, "lena")[0])
    assert browser.get(f"/reset-password/new?token={token}").status_code == 200
    assert is_in(lena)
    assert browser.post("/reset-password/new", data={"token": token, "password": NEW}).status_code == 303
    assert not is_in(lena)
    assert browser.post("/reset-password/new", data={"token": token, "password": "another new one"}).status_code == 410
    assert is_in(sign_in(portal, "lena", password=NEW))


def test_an_address_changes_when_both_have_confirmed(portal):
    lena = sign_in(portal, "lena")
    lena.post("/account/email", data={"email": "lena@new.example"})
    old, new = token_in(mails(portal, "lena@example.org")[0]), token_in(mails(portal, "lena@new.example")[0])
    assert lena.get(f"/account/email/confirm?token={new}").status_code == 200
    lena.post("/account/email/confirm", data={"token": new})
    assert "lena@example.org" in lena.get("/account/email").text
    assert "has changed" in lena.post("/account/email/confirm", data={"token": old}).text
    assert "lena@new.example" in lena.get("/account/email").text


def test_a_second_step_is_asked_for_and_each_code_works_once(portal):
    lena = sign_in(portal, "lena")
    lena.post("/account/two-step")
    assert lena.get("/account/two-step/code.svg").mimetype == "image/svg+xml"
    with portal.everywhere() as session:
        sealed = session.scalar(select(Account.totp_seed).where(Account.email == "lena@example.org"))
    with portal.app.app_context():
        from upart.keys import ring

        totp = pyotp.TOTP(ring().open("totp", sealed))
    code = totp.at(clock.now())
    recovery = lena.post("/account/two-step/on", data={"code": code}).text
    assert "Recovery codes" in recovery

    browser = portal.visitor("athena")
    asked = browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
    token = asked.partition('name="token" value="')[2].partition('"')[0]
    assert browser.post("/sign-in/code", data={"token": token, "code": code}).status_code == 422
    with clock.shifted(timedelta(seconds=60)):
        assert browser.post("/sign-in/code", data={"token": token, "code": totp.at(clock.now())}).status_code == 303
        assert is_in(browser)
    other = portal.visitor("athena")
    asked = other.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
    token = asked.partition('name="token" value="')[2].partition('"')[0]
    spare = recovery.partition("<li><code>")[2].partition("<")[0]
    assert other.post("/sign-in/code", data={"token": token, "code": spare}).status_code == 303


def test_a_seed_is_not_readable_in_the_database(portal):
    lena = sign_in(portal, "lena")
    page = lena.post("/account/two-step").text
    seed = page.partition("<code>")[2].partition("<")[0]
    with portal.everywhere() as session:
        stored = session.scalar(select(Account.totp_seed).where(Account.email == "lena@example.org"))
    assert len(seed) >= 32
    assert seed.encode() not in stored


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


def test_closed_means_closed(portal):
    with portal.everywhere() as session:
        from upart.academies.actions import raise_epoch
        from upart.academies.models import AcademySetting

        session.add(AcademySetting(academy_id=portal.academy("athena").id, key="sign_up", value="invited"))
        raise_epoch(session, portal.academy("athena").id)
    browser = portal.visitor("athena")
    assert "by invitation" in browser.get("/sign-up").text
    assert browser.post("/sign-up", data={"name": "Mara", "email": "mara@example.org", "password": NEW}).status_code == 404


def test_old_tokens_open_nothing(portal):
    sign_up(portal)
    token = token_in(mails(portal, "mara")[0])
    with clock.shifted(timedelta(hours=25)):
        assert portal.visitor("athena").get(f"/sign-up/confirm?token={token}").status_code == 410
    assert portal.visitor("orion").get(f"/sign-up/confirm?token={token}").status_code == 410
    assert portal.visitor("athena").get(f"/reset-password/new?token={token}").status_code == 410


def test_ten_of_a_thousand_tries_reach_the_hash(portal):
    passwords, browser = portal.app.extensions["upart_passwords"], portal.visitor("athena")
    before = passwords.hashed
    answers = [browser.post("/sign-in", data={"email": "lena@example.org", "password": f"guess {n}"}).status_code for n in range(200)]
    answers += [browser.post("/sign-in", data={"email": f"somebody{n}@example.org", "password": "guess"}).status_code for n in range(800)]
    assert passwords.hashed - before <= 10
    assert set(answers[10:]) == {429}
    with clock.shifted(timedelta(minutes=16)):
        assert is_in(sign_in(portal, "lena"))


def test_tries_are_counted_even_when_the_request_is_rolled_back(portal):
    browser = portal.visitor("athena")
    for _ in range(5):
        assert browser.post("/sign-in", data={"email": "lena@example.org", "password": "wrong"}).status_code == 422
    assert is_in(sign_in(portal, "lena"))
    for _ in range(5):
        browser.post("/sign-in", data={"email": "lena@example.org", "password": "wrong"})
    assert browser.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 429


def test_a_rotated_key_still_opens_what_the_old_one_sealed(portal, tmp_path):
    from upart.keys import KeyRing

    old, new = KeyRing((b"a" * 32,)), KeyRing((b"b" * 32, b"a" * 32))
    assert new.open("totp", old.seal("totp", "seed")) == "seed"
    assert new.signed("link", old.sign("link", "value")) == "value"
    assert KeyRing((b"b" * 32,)).signed("link", old.sign("link", "value")) is None
    assert new.signed("other purpose", new.sign("link", "value")) is None


def test_an_account_that_is_suspended_cannot_sign_in_anywhere(portal):
    with portal.everywhere() as session:
        session.execute(update(Account).where(Account.email == "lena@example.org").values(suspended_at=clock.now()))
    assert portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).status_code == 422
