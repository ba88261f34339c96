# SPDX-License-Identifier: MIT
"""No cookie leaves that is not declared, enabled and, if it is optional, agreed to; what leaves is as declared."""

from __future__ import annotations

import logging

import pytest

from upart.cookies.rules import CookieRefused
from upart.testing import Client


def lines(answer) -> list[str]:
    return answer.headers.getlist("Set-Cookie")


def ask(browser, *wanted: str, **options):
    """Let the jar set these lines."""
    return browser.get("/jar/set", query_string={"line": list(wanted)}, **options)


def test_a_declared_necessary_cookie_arrives_as_declared(visit):
    assert lines(ask(visit(), "jar_basket=plum; Max-Age=3600; HttpOnly")) == ["jar_basket=plum; Max-Age=3600; HttpOnly; Path=/; SameSite=Lax"]


def test_an_optional_one_waits_for_consent(visit):
    vic = visit()
    assert lines(ask(vic, "jar_taste=sweet; Max-Age=60")) == []
    vic.post("/privacy/choices/cookies", data={"choice": "choose", "category": "preferences"})
    assert [line.partition("=")[0] for line in lines(ask(vic, "jar_taste=sweet; Max-Age=60", "jar_count=1"))] == ["jar_taste"]


@pytest.mark.parametrize(
    "line", ["jar_spy=1", "jar_spy=1; Max-Age=99", "=1", "jar_basket", "JAR_BASKET=1", "__Host-jar_basket=1", " =; x", "jar_spy=1; Expires=never"]
)
def test_an_undeclared_one_is_dropped(visit, line):
    assert [one for one in lines(ask(visit(), line)) if not one.startswith("jar_basket=;")] == []


def test_one_of_a_plugin_that_is_off_is_dropped(visit):
    athena, orion = (visit(slug).get("/", environ_overrides={"jar.everywhere": "jar_basket"}) for slug in ("athena", "orion"))
    assert len(lines(athena)) == 1
    assert lines(orion) == []


@pytest.mark.parametrize(("path", "status"), [("/nothing/here", 404), ("/jar/set?line=%00", 200), ("/account/", 303), ("/theme.css", 200)])
def test_pages_of_others_and_error_pages_pass_it_too(visit, path, status):
    answer = visit().get(path, environ_overrides={"jar.everywhere": "jar_spy"})
    assert answer.status_code == status
    assert lines(answer) == []


def test_an_answer_made_while_every_page_fails_passes_it_too(jar, visit, monkeypatch):
    def broken(response):
        response.set_cookie("jar_spy", "1")
        raise RuntimeError("the lid is stuck")

    monkeypatch.setitem(jar.app.after_request_funcs, None, [broken])
    answer = visit().get("/courses/")
    assert (answer.status_code, lines(answer)) == (500, [])


def test_it_is_named_in_the_log_once_and_its_value_nowhere(visit, caplog):
    with caplog.at_level(logging.WARNING, "upart.cookies"):
        for _ in range(3):
            ask(visit(), "jar_loud=lena@example.org; Max-Age=9")
    assert [record.getMessage() for record in caplog.records] == [
        "the cookie 'jar_loud' is declared by nobody. Declare it in upart_cookies: Cookie(name=\"jar_loud\", category=…, purpose=…, lifetime=…)."
    ]


CORRECTED = {
    "longer than declared": ("jar_basket=1; Max-Age=9999999", "jar_basket=1; Max-Age=172800; Path=/; SameSite=Lax"),
    "longer by a date": ("jar_basket=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "jar_basket=1; Max-Age=172800; Path=/; SameSite=Lax"),
    "a domain": ("jar_basket=1; Domain=localhost", "jar_basket=1; Path=/; SameSite=Lax"),
    "for other sites": ("jar_basket=1; SameSite=None; Partitioned", "jar_basket=1; Path=/; SameSite=Lax"),
    "below a path": ("jar_basket=1; Path=/jar", "jar_basket=1; Path=/; SameSite=Lax"),
    "strict stays strict": ("jar_basket=1; SameSite=strict", "jar_basket=1; Path=/; SameSite=Strict"),
    "a number that is none": ("jar_basket=1; Max-Age=soon", "jar_basket=1; Path=/; SameSite=Lax"),
    "a number beyond all time": ("jar_basket=1; Max-Age=" + "9" * 40, "jar_basket=1; Path=/; SameSite=Lax"),
    "taking it away": ("jar_basket=1; Max-Age=0", "jar_basket=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax"),
}


@pytest.mark.parametrize(("line", "left"), CORRECTED.values(), ids=CORRECTED)
def test_what_leaves_is_corrected(visit, line, left):
    assert lines(ask(visit(), line)) == [left]


def test_behind_tls_it_is_secure_and_may_be_bound_to_the_host(visit):
    answer = ask(visit(), "jar_basket=1", "__Host-jar_basket=2", base_url="https://athena.localhost")
    assert sorted(lines(answer)) == ["__Host-jar_basket=2; Secure; Path=/; SameSite=Lax", "jar_basket=1; Secure; Path=/; SameSite=Lax"]


def test_taking_a_cookie_away_is_always_possible(visit):
    assert len(lines(ask(visit("athena"), "jar_left_over=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "jar_taste=; Max-Age=-1"))) == 2


@pytest.mark.parametrize(("line", "why"), [
    ("jar_spy=1", "is declared by nobody. Declare it in upart_cookies"), ("jar_taste=1", 'has not agreed to it. Ask first: if allows("preferences")'),
    ("jar_basket=1; Domain=localhost", "names a domain"), ("jar_basket=1; Max-Age=9999999", "longer than declared: 2 days are declared"),
])  # fmt: skip
def test_in_a_test_it_raises_and_says_what_to_do(jar, line, why):
    with pytest.raises(CookieRefused, match="The cookie 'jar_") as refused:
        ask(jar.visitor("athena"), line)
    assert why in str(refused.value)


def test_in_a_test_one_of_a_plugin_that_is_off_raises(jar):
    with pytest.raises(CookieRefused, match="belongs to plugin 'jar', which is not enabled here"):
        jar.visitor("orion").get("/", environ_overrides={"jar.everywhere": "jar_basket"})


def test_no_request_can_ask_to_raise(jar):
    assert ask(Client(jar.app, "athena.localhost", strict=False), "jar_spy=1", headers={"Upart.strict_cookies": "1"}).status_code == 200


def test_a_page_that_sets_a_cookie_is_kept_by_no_cache(jar, visit):
    for line in ("jar_basket=plum", "jar_spy=1"):
        first, second = (ask(visit(), line) for _ in range(2))
        assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "private, no-store"
        assert lines(first) == lines(second)
    assert visit().get("/jar/set").headers["Cache-Control"] == "public, no-cache"


def test_what_is_not_declared_or_not_agreed_to_is_not_read_either(visit):
    vic = visit()
    for name in ("jar_taste", "jar_basket", "other_software", "jar_count"):
        vic.keep(name, "1")
    assert vic.get("/jar/taste").text == "jar_basket"
    vic.post("/privacy/choices/cookies", data={"choice": "choose", "category": "preferences"})
    assert vic.get("/jar/taste").text == "jar_basket jar_taste upart_choices"


def test_clear_site_data_passes(jar, visit, monkeypatch):
    def clears(response):
        response.headers["Clear-Site-Data"] = '"cookies"'
        return response

    monkeypatch.setitem(jar.app.after_request_funcs, None, [clears])
    assert visit().get("/jar/set", query_string={"line": "jar_spy=1"}).headers["Clear-Site-Data"] == '"cookies"'


def test_a_thousand_names_are_counted_and_no_more(jar, visit):
    vic = visit()
    for start in range(0, 1100, 100):
        ask(vic, *(f"jar_{start + n}=1" for n in range(100)))
    assert len(gate_of(jar).dropped) == 1000


def gate_of(jar):
    """The filter of an application, found in the chain of what answers before it."""
    layer = jar.app.wsgi_app
    while not hasattr(layer, "dropped"):
        layer = layer.app
    return layer
