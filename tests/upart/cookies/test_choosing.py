# SPDX-License-Identifier: MIT
"""Vic answers about optional cookies, changes her mind, and is asked again only when there is something new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cookie_question import ANSWER, SHEET, chosen, section
from people import sign_in

from upart import clock
from upart.academies import custody
from upart.hooks.records import Cookie


def is_asked(browser, **options) -> bool:
    """Is the question on the page, and does the style sheet of this browser show it?"""
    assert 'action="/privacy/choices/cookies"' in browser.get("/").text
    return "display: block" in browser.get(SHEET, **options).text


@pytest.mark.parametrize(("data", "says"), [
    ({"choice": "accept"}, "preferences:1.measure:1"), ({"choice": "reject"}, "preferences:0.measure:0"),
    ({"choice": "choose"}, "preferences:0.measure:0"), ({"choice": "choose", "category": "measure"}, "preferences:0.measure:1"),
])  # fmt: skip
def test_one_press_is_an_answer_and_it_is_kept_for_180_days(visit, data, says):
    vic = visit()
    assert is_asked(vic)
    answer = vic.post(ANSWER, data={**data, "next": "/courses/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/courses/")
    assert f"{says}.known:" in chosen(vic)
    assert answer.headers["Set-Cookie"].partition("; ")[2].startswith(f"Max-Age={180 * 86400 - 1}; HttpOnly; Path=/; SameSite=Lax")
    assert not is_asked(vic)


def test_the_cookie_says_what_was_chosen_and_is_the_same_for_everybody_who_chose_it(visit):
    one, other = visit(), visit()
    for browser in (one, other):
        browser.post(ANSWER, data={"choice": "reject"})
    assert chosen(one) == chosen(other)
    assert f"on:{clock.now():%Y%m%d}" in chosen(one)


def test_before_an_answer_no_cookie_is_needed_and_none_is_set(visit):
    vic = visit()
    for path in ("/", SHEET, "/courses/", "/privacy", "/.well-known/gpc.json", "/sign-in"):
        assert "Set-Cookie" not in vic.get(path).headers


def test_pages_are_the_same_bytes_for_everybody(visit):
    fresh, answered = visit(), visit()
    answered.post(ANSWER, data={"choice": "accept"})
    pages = [browser.get("/courses/") for browser in (fresh, answered)] + [visit().get("/courses/", headers={"Sec-GPC": "1"})]
    assert len({page.data for page in pages}) == 1
    assert {page.headers["Cache-Control"] for page in pages} == {"public, no-cache"}


def test_who_has_answered_is_served_from_memory_like_everybody(jar, visit, monkeypatch):
    vic = visit()
    vic.post(ANSWER, data={"choice": "accept"})
    pages = {path: vic.get(path).data for path in ("/", "/jar/known")}
    monkeypatch.setattr(jar.state.cache, "app", None)
    assert {path: vic.get(path).data for path in pages} == pages


def test_where_no_cookie_is_optional_nobody_is_asked(jar, visit):
    vic = visit("orion")
    assert "cookie-question" not in vic.get("/").text
    assert vic.post(ANSWER, data={"choice": "accept"}).status_code == 303
    assert vic.cookie("upart_choices") is None
    assert vic.get(SHEET).text == ""


@pytest.mark.parametrize("data", [{}, {"choice": ""}, {"choice": "maybe"}, {"category": "measure"}])
def test_what_is_no_answer_sets_nothing(visit, data):
    vic = visit()
    answer = vic.post(ANSWER, data=data)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (422, False)
    assert "neither yes nor no" in answer.text


def test_unknown_and_necessary_categories_are_no_matter_of_choice(visit):
    vic = visit()
    vic.post(ANSWER, data={"choice": "choose", "category": ["necessary", "everything", "embed"]})
    assert chosen(vic).startswith("preferences:0.measure:0.known:")


def test_no_other_site_can_answer_for_her_nor_send_her_elsewhere(visit):
    vic = visit()
    assert vic.post(ANSWER, data={"choice": "accept"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert vic.get(ANSWER).status_code == 405
    assert vic.cookie("upart_choices") is None
    assert vic.post(ANSWER, data={"choice": "reject", "next": "//evil.example"}).headers["Location"] == "/account/"


def test_who_changes_her_mind_loses_the_cookies_at_once(visit):
    vic = visit()
    vic.post(ANSWER, data={"choice": "accept"})
    vic.get("/jar/taste")
    vic.keep("other_software", "1")
    assert vic.cookie("jar_taste") == "sweet"
    vic.post(ANSWER, data={"choice": "reject"})
    assert vic.cookie("jar_taste") is None
    assert vic.cookie("other_software") == "1"


def test_a_cookie_of_a_plugin_that_was_switched_off_goes_with_the_next_answer(visit, jar):
    vic = visit()
    vic.keep("jar_taste", "sour")
    vic.post(ANSWER, data={"choice": "reject"})
    assert vic.cookie("jar_taste") is None


def another(jar, monkeypatch, *cookies: Cookie) -> None:
    """The plugin comes in another version."""
    monkeypatch.setattr(jar.state.plugins.get("jar"), "cookies", list(cookies))


@pytest.mark.parametrize(("change", "asks"), [
    ({}, False), ({"lifetime": timedelta(days=90)}, True), ({"category": "measure"}, True), ({"purpose": "Tells others what you like."}, True), ({"name": "jar_new"}, True),
])  # fmt: skip
def test_what_was_not_asked_about_is_asked_again_and_off_until_then(jar, visit, monkeypatch, change, asks):
    vic, (basket, taste, count) = visit(), jar.state.plugins.get("jar").cookies
    vic.post(ANSWER, data={"choice": "accept"})
    another(jar, monkeypatch, basket, replace(taste, **change), count)
    assert is_asked(vic) is asks
    name = change.get("name", "jar_taste")
    assert ("Set-Cookie" in vic.get("/jar/set", query_string={"line": f"{name}=1"}).headers) is not asks
    assert "Set-Cookie" in vic.get("/jar/set", query_string={"line": "jar_count=1"}).headers


def test_a_cookie_that_is_gone_asks_nobody_again(jar, visit, monkeypatch):
    vic, (basket, taste, _count) = visit(), jar.state.plugins.get("jar").cookies
    vic.post(ANSWER, data={"choice": "accept"})
    another(jar, monkeypatch, basket, taste)
    assert not is_asked(vic)


@pytest.mark.parametrize(("days", "asked"), [(0, False), (179, False), (181, True), (-2, True)])
def test_an_answer_counts_for_180_days(visit, monkeypatch, days, asked):
    vic, now = visit(), clock.now()
    vic.post(ANSWER, data={"choice": "accept"})
    kept = chosen(vic)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=days))
    vic.keep("upart_choices", kept)
    assert is_asked(vic) is asked
    assert ("Set-Cookie" in vic.get("/jar/taste").headers) is not asked


@pytest.mark.parametrize(
    "value",
    ["", "preferences:1", "preferences:1.known:zzzzzz.on:20261126", "preferences:1.on:yesterday", "." * 999, "1" * 3500, "preferences:1.known:" + "a" * 6],
)
def test_a_choice_that_nobody_made_counts_for_nothing(visit, value):
    vic = visit()
    vic.keep("upart_choices", value)
    assert is_asked(vic)
    assert "Set-Cookie" not in vic.get("/jar/set", query_string={"line": "jar_taste=1"}).headers


def test_the_page_of_choices_explains_each_cookie_and_shows_what_was_chosen(jar, visit):
    vic = visit()
    before = section(jar, vic)
    for cookie in (one for plugin in jar.state.plugins.everything() for one in plugin.cookies):
        assert f"<code>{cookie.name}</code>" in before
        assert cookie.purpose in before
    assert before.count("checked") == 0
    vic.post(ANSWER, data={"choice": "choose", "category": "measure"})
    after = section(jar, vic)
    assert 'value="measure" checked' in after
    assert after.count("checked") == 1
    assert f"You answered on {clock.now():%-d %B %Y}" in after


def test_where_there_is_nothing_to_choose_the_page_says_so(jar, visit):
    assert "There are no optional cookies here" in section(jar, visit("orion"), "orion")


def test_nobody_is_asked_at_the_demo_and_what_is_chosen_can_be_said_while_an_academy_is_paused(portal):
    assert "cookie-question" not in sign_in(portal, "lena").get("/account/").text
    with portal.everywhere() as session:
        custody.take(session, portal.academy("orion").id)
    odin = portal.visitor("orion")
    assert [odin.post(ANSWER, data={"choice": "reject"}).status_code, odin.get("/.well-known/gpc.json").status_code] == [303, 200]
    assert odin.get("/courses/").status_code == 503


def test_content_from_elsewhere_waits_until_all_of_its_kind_was_asked_about(jar, visit, monkeypatch):
    vic, (basket, taste, count) = visit(), jar.state.plugins.get("jar").cookies
    vic.post(ANSWER, data={"choice": "accept"})
    assert vic.get("/jar/video").text == "measured"
    another(jar, monkeypatch, basket, taste, count, replace(count, name="jar_other_host"))
    assert vic.get("/jar/video").text == "not measured"
    vic.post(ANSWER, data={"choice": "accept"})
    assert vic.get("/jar/video").text == "measured"
