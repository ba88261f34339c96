# SPDX-License-Identifier: MIT
"""Every cookie is explained: on the page about privacy, in the papers for operators, and as data for whoever writes a policy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from upart.accounts.sessions import IDLE, REMEMBER
from upart.cookies.choice import LASTS
from upart.cookies.showing import described, span

DOCS = Path(__file__).parents[3] / "docs" / "operators"


def cookies_of_the_core(jar):
    return [cookie for feature in jar.state.plugins.core for cookie in feature.cookies]


def test_every_cookie_of_the_core_is_documented(jar):
    docs = "\n".join(page.read_text() for page in DOCS.glob("*.md"))
    rows = {line.split("`")[1]: line for line in docs.splitlines() if line.startswith("| `upart_")}
    assert [cookie.name for cookie in cookies_of_the_core(jar) if cookie.name not in rows] == []
    assert all(span(cookie.lifetime) in rows[cookie.name] for cookie in cookies_of_the_core(jar))


def test_what_is_said_about_them_is_what_the_code_does(jar):
    session, remembered, choices = cookies_of_the_core(jar)
    assert f"after {IDLE.seconds // 60} minutes without a click" in session.purpose
    assert (session.lifetime, remembered.lifetime, choices.lifetime) == (None, REMEMBER, LASTS)


def test_an_academys_cookies_are_data_for_its_policy(jar):
    with jar.app.app_context(), jar.reading("athena"):
        at_athena = [(one.name, one.owner, one.category, one.lives, one.optional) for one in described()]
    with jar.app.app_context(), jar.reading("orion"):
        at_orion = [one.name for one in described()]
    assert at_orion == ["upart_session", "upart_remember", "upart_choices"]
    assert at_athena[3:] == [
        ("jar_basket", "jar", "necessary", "2 days", False), ("jar_taste", "jar", "preferences", "30 days", True),
        ("jar_count", "jar", "measure", "7 days", True),
    ]  # fmt: skip


@pytest.mark.parametrize(("slug", "says"), [("athena", "Only what is needed sets a cookie by itself."), ("orion", "Reading sets no cookie.")])
def test_the_page_about_privacy_claims_no_more_than_what_is_declared(jar, visit, slug, says):
    page = visit(slug).get("/privacy").text
    assert says in page
    assert ("jar_taste" in page) is (slug == "athena")
    assert all(cookie.name in page for cookie in cookies_of_the_core(jar))


@pytest.mark.parametrize(("lifetime", "words"), [
    (None, "until the browser is closed"), (timedelta(seconds=20), "1 minute"), (timedelta(minutes=90), "90 minutes"), (timedelta(hours=2), "2 hours"),
    (timedelta(hours=47), "47 hours"), (timedelta(days=2), "2 days"), (timedelta(days=400), "400 days"),
])  # fmt: skip
def test_how_long_a_cookie_stays_is_said_in_words(jar, lifetime, words):
    with jar.app.test_request_context("/"):
        assert span(lifetime) == words
