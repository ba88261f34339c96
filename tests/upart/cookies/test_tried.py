# SPDX-License-Identifier: MIT
"""What was tried against the filter and the question: odd lines, streams, a child's yes."""

from __future__ import annotations

import re

import pytest
from choosing import ask_for_link, who
from cookie_question import ANSWER, SHEET, chosen
from people import sign_in

from upart.consent.actions import say_age
from upart.consent.models import Band
from upart.errors import UpartError


def set_any(browser, line: str, **options) -> list[str]:
    return browser.get("/jar/set", query_string={"line": line}, **options).headers.getlist("Set-Cookie")


ODD = {
    "jar_basket=1; jar_spy=2": ["jar_basket=1"], "\tjar_basket\t=1;;;": ["jar_basket=1"], "jar_basket=1; max-age=9; MAX-AGE=99999999": ["jar_basket=1"],
    "jar_basket=1; Domain=; SameParty; Priority=High": ["jar_basket=1"], "Jar_basket=1": [], "jar basket=1": [], "=jar_basket=1": [], "__host-jar_basket=1": [],
    "__Secure-jar_basket=1": [], "__Host-__Host-jar_basket=1": [],
}  # fmt: skip


@pytest.mark.parametrize(("line", "left"), ODD.items(), ids=list(ODD))
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_of_an_odd_line_leaves_what_is_declared_or_nothing(visit, line, left, scheme):
    found = set_any(visit(), line, base_url=f"{scheme}://athena.localhost")
    assert [one.partition(";")[0] for one in found] == left
    assert all(re.search(r"; Path=/; SameSite=Lax$", one) and "Domain" not in one and "9999" not in one for one in found)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_neither_a_head_nor_an_answer_from_memory_brings_one(visit, method):
    vic = visit()
    known = {"If-None-Match": vic.get("/courses/").headers["ETag"]}
    answer = vic.open("/courses/", method=method, headers=known, environ_overrides={"jar.everywhere": "jar_spy"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (304, False)


def test_a_stream_that_asks_too_late_is_told_so_and_no_cache_has_kept_it(visit):
    vic, other = visit(), visit()
    vic.post(ANSWER, data={"choice": "accept"})
    with pytest.raises(UpartError, match="an answer that has begun"):
        vic.get("/jar/stream")
    assert [browser.get("/jar/stream?first=y").text for browser in (vic, other, vic)] == ["measured", "not measured", "measured"]


def test_a_child_is_not_asked_and_its_yes_is_none(portal, jar):
    lena = sign_in(portal, "lena")
    with portal.app.test_request_context(), portal.writing("athena") as session:
        say_age(who(session), Band.CHILD)
    portal.app.extensions["upart_plugins"].core[0].cookies.extend(jar.state.plugins.get("jar").cookies[1:])
    assert "display: block" in portal.visitor("athena").get(SHEET).text
    assert lena.get(SHEET).text == ""
    assert "too young to agree to them alone" in lena.get("/privacy/choices").text
    assert lena.post(ANSWER, data={"choice": "accept"}).status_code == 303
    assert chosen(lena).startswith("preferences:0.measure:0.")


def test_on_the_page_of_a_mailed_link_an_answer_leads_to_a_page_that_opens(portal):
    token, vic = ask_for_link(portal, "vic@example.org"), portal.visitor("athena")
    page = vic.get(f"/privacy/choices/mailed?token={token}").text
    assert set(re.findall(r'name="next" value="([^"]*)"', page)) == {"/privacy/choices"}
