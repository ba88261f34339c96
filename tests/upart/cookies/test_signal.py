# SPDX-License-Identifier: MIT
"""Global Privacy Control: a browser that sends `Sec-GPC: 1` is taken at its word, any other value is none, a later choice wins."""

from __future__ import annotations

import pytest
from cookie_question import ANSWER, SHEET, chosen, section

from upart.cookies.choice import Choice, read, remember
from upart.cookies.signals import allows, counted, personalised

SENT = {"HTTP_SEC_GPC": "1"}
HEADER = {"Sec-GPC": "1"}
OTHERS = ("0", "true", "2", "", "10", "yes", "1;q=1", "１", "01", "0, 1", "1, true")


def at(jar, **environ):
    """A request to Athena with this in its environ."""
    return jar.app.test_request_context("/", environ_overrides=environ)


def test_the_portal_says_that_it_hears_the_signal(visit):
    answer = visit().get("/.well-known/gpc.json")
    assert (answer.status_code, answer.mimetype, answer.json) == (200, "application/json", {"gpc": True, "lastUpdate": "2026-11-26"})


def test_with_it_nobody_is_asked_and_optional_cookies_measuring_and_content_from_elsewhere_are_off(jar, visit):
    vic = visit()
    assert vic.get(SHEET, headers=HEADER).text == ""
    with at(jar, **SENT), jar.reading("athena"):
        assert not any(allows(category) for category in ("preferences", "measure", "embed"))
        assert allows("necessary")
        assert not counted()
        assert not personalised()


def test_it_goes_before_a_yes_that_was_given_without_it(visit):
    vic = visit()
    vic.post(ANSWER, data={"choice": "accept"})
    assert "jar_taste" in vic.get("/jar/taste").headers["Set-Cookie"]
    assert vic.get("/jar/taste", headers=HEADER).text == "upart_choices"
    assert "Set-Cookie" not in vic.get("/jar/set", query_string={"line": "jar_taste=1"}, headers=HEADER).headers


def test_a_yes_that_is_given_despite_it_wins(visit):
    vic = visit()
    vic.post(ANSWER, data={"choice": "choose", "category": "preferences"}, headers=HEADER)
    assert chosen(vic).startswith("preferences:2.measure:0.")
    for headers in (HEADER, {}):
        assert "jar_taste" in vic.get("/jar/taste", headers=headers).headers["Set-Cookie"]


@pytest.mark.parametrize("value", OTHERS)
def test_any_other_value_is_none(jar, visit, value):
    vic = visit()
    assert "display: block" in vic.get(SHEET, environ_overrides={"HTTP_SEC_GPC": value}).text
    with at(jar, HTTP_SEC_GPC=value):
        assert counted()
        assert personalised()


def test_sent_twice_it_counts_once(jar):
    with at(jar, HTTP_SEC_GPC="1, 1"):
        assert not counted()


def test_the_page_of_choices_says_that_it_was_heard(jar, visit):
    assert "Global Privacy Control" in section(jar, visit(), **SENT)
    assert "Global Privacy Control" not in section(jar, visit())


@pytest.mark.parametrize(
    ("value", "plain", "signalled"),
    [("", True, False), ("visits:0", False, False), ("visits:1", True, False), ("visits:2", True, True), ("visits:9", True, False)],
)
def test_being_counted_ends_with_a_no_or_the_signal(jar, value, plain, signalled):
    environ = {"HTTP_COOKIE": f"upart_choices={value}", "wsgi.url_scheme": "http"}
    assert (counted(environ), counted({**environ, **SENT})) == (plain, signalled)


def test_an_answer_about_visits_leaves_those_about_cookies_as_they_are(jar):
    with at(jar, HTTP_COOKIE="upart_choices=preferences:1.known:aaaaaa.on:20990101"):
        assert str(remember({"visits": False})) == "visits:0"
    with at(jar, HTTP_COOKIE="upart_choices=visits:0.personalise:1", **SENT):
        assert str(remember({"personalise": True})) == "visits:0.personalise:2"
        with pytest.raises(ValueError, match="Nobody is asked about weather"):
            remember({"weather": True})


def test_behind_tls_the_choice_is_read_from_the_cookie_that_is_bound_to_the_host():
    header = "upart_choices=visits:1; __Host-upart_choices=visits:0"
    assert read({"HTTP_COOKIE": header, "wsgi.url_scheme": "https"}).answers == {"visits": "0"}
    assert read({"HTTP_COOKIE": header, "wsgi.url_scheme": "http"}).answers == {"visits": "1"}
    assert read({}) == Choice()


def test_a_page_that_looks_at_the_choice_is_kept_by_no_cache(visit):
    vic, other = visit(), visit()
    vic.post(ANSWER, data={"choice": "accept"})
    assert [browser.get("/jar/video").text for browser in (vic, other, vic)] == ["measured", "not measured", "measured"]
    assert other.get("/jar/video").headers["Cache-Control"] == "private, no-store"
