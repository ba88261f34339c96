# SPDX-License-Identifier: MIT
"""One's own pages: what was typed survives the end of a session, devices have names, and each act says that it is done."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from people import PASSWORD, idle, sign_in

from upart import clock
from upart.accounts.sessions import device_of

PROFILE = {"name": "Lena of the Hills", "zone": "Europe/Vienna"}
SECRET = "a quiet walk at noon"


def kept(fields: dict[str, str], path: str = "/account/profile") -> dict[str, str]:
    return {"next": path, "kept": "1", **{f"kept.{name}": value for name, value in fields.items()}}


def send(browser, page: str):
    """Press the button of the page that sends again what was kept."""
    assert f'action="/account/profile" data-send-at-once><input type="hidden" name="name" value="{PROFILE["name"]}">' in page
    return browser.post("/account/profile", data=PROFILE)


def test_lena_keeps_what_she_typed_when_her_session_has_ended(portal):
    lena = idle(sign_in(portal, "lena"))
    asked = lena.post("/account/profile", data=PROFILE)
    assert asked.status_code == 401
    assert f"<dd>{PROFILE['name']}</dd>" in asked.text

    wrong = lena.post("/sign-in", data={"email": "lena@example.org", "password": "not my password", **kept(PROFILE)})
    assert wrong.status_code == 422
    assert f'name="kept.name" value="{PROFILE["name"]}"' in wrong.text
    right = lena.post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD, **kept(PROFILE)})
    assert send(lena, right.text).headers["Location"] == "/account/?saved=profile"
    assert "Your name and time zone are saved." in lena.get("/account/?saved=profile").text


def test_it_also_survives_the_second_step(portal):
    lena = sign_in(portal, "lena")
    seed = lena.post("/account/two-step").text.partition("<code>")[2].partition("<")[0]
    lena.post("/account/two-step/on", data={"code": pyotp.TOTP(seed).at(clock.now())})
    page = idle(lena).post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD, **kept(PROFILE)}).text
    assert f'name="kept.name" value="{PROFILE["name"]}"' in page
    token = page.partition('name="token" value="')[2].partition('"')[0]
    with clock.shifted(timedelta(seconds=60)):
        done = lena.post("/sign-in/code", data={"token": token, "code": pyotp.TOTP(seed).at(clock.now()), **kept(PROFILE)})
    assert send(lena, done.text).status_code == 303


def test_no_page_carries_a_password_back(portal):
    lena = idle(sign_in(portal, "lena"))
    asked = lena.post("/account/password", data={"current": PASSWORD, "password": SECRET})
    assert asked.status_code == 401
    assert PASSWORD not in asked.text
    assert SECRET not in asked.text


def test_a_session_that_ends_between_two_pages_loses_nothing_either(portal):
    lena = portal.visitor("athena")
    asked = lena.post("/sign-in/again", data={"password": PASSWORD, **kept(PROFILE)})
    assert asked.status_code == 401
    assert f'name="kept.name" value="{PROFILE["name"]}"' in asked.text


def test_kept_fields_go_to_this_host_alone(portal):
    answer = portal.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD, **kept(PROFILE, "https://evil.example/")})
    assert 'action="/account/" data-send-at-once' in answer.text


def test_whoever_is_signed_in_is_not_asked_again(portal):
    assert sign_in(portal, "lena").get("/sign-in?next=/courses/").headers["Location"] == "/courses/"


def test_a_word_that_is_not_ours_says_nothing(portal):
    lena = sign_in(portal, "lena")
    assert 'role="status"' not in lena.get("/account/?saved=<b>You won</b>").text
    assert 'role="status"' in lena.get("/account/?saved=profile").text


def test_sessions_that_have_ended_are_no_devices(portal):
    lena = sign_in(portal, "lena")
    sign_in(portal, "lena")
    assert lena.get("/account/devices").text.count('aria-label="Sign out Unknown browser"') == 2
    with clock.shifted(timedelta(minutes=31)):
        assert sign_in(portal, "lena").get("/account/devices").text.count('aria-label="Sign out Unknown browser"') == 1


def test_lena_is_told_of_sign_ins_that_failed_and_nobody_else_is(portal):
    for address in ("lena@example.org", "Lena@Example.org", "nobody@example.org"):
        portal.visitor("athena").post("/sign-in", data={"email": address, "password": "a wrong guess"})
    lena, theo = sign_in(portal, "lena"), sign_in(portal, "theo")

    assert "2 sign-ins with your address did not succeed since" in lena.get("/account/devices").text
    assert "did not succeed" not in theo.get("/account/devices").text


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("curl/8.1", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_devices_have_names_that_people_know(portal, agent, name):
    with portal.app.test_request_context("/", base_url="http://athena.localhost", headers={"User-Agent": agent}) as asked:
        assert device_of(asked.request) == name
