# SPDX-License-Identifier: MIT
"""Hostile values at every door: an answer in words, and what was typed stays; never a fault of ours."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from itertools import count, product
from urllib.parse import quote

import pytest
from crawling import crawler
from credentials import code_of
from furnishing import ADA_THERE
from people import PASSWORD, sign_in
from sqlalchemy import delete

from upart.accounts.models import Attempt
from upart.testing.doors import Doors
from upart.testing.hostile import MIB, encoded, hostile_bodies, hostile_cursors, hostile_headers, hostile_values
from upart.testing.pages import forms

FORM = "application/x-www-form-urlencoded"
SHARE = 1 if os.environ.get("UPART_DEEP") else 15


def some(values, turn):
    """Every fifteenth value, beginning with another one each time, so that each kind of field meets all of them; all in the long run."""
    return values[next(turn) % SHARE :: SHARE]


@pytest.fixture(scope="module")
def doors(_original_furnished, tmp_path_factory):
    """A portal, and every POST route of it with its form, as somebody who may use it finds it."""
    original, known = _original_furnished
    with original.copied(tmp_path_factory.mktemp("doors")) as portal:
        crawled = crawler(replace(known, portal=portal), ("vic", "ada", "theo", "lena", "odin", "pia", ADA_THERE))
        athena = portal.academy("athena").id
        yield portal, list(Doors(crawled.crawl, PASSWORD, athena).look(crawled.hosts[athena]).values())


def test_every_field_of_every_form(doors):
    portal, found = doors
    faults, turn = [], count()
    for door in found:
        with portal.rewound():
            for name in door.fields:
                for number, value in enumerate(some(hostile_values, turn)):
                    if number % 9 == 0:
                        forget_tries(portal)
                    answer = send(portal, door, encoded(({**door.fields, name: value}).items()), number)
                    faults += [f"{door.endpoint}, {name}={value[:40]!r}: {what}" for what in wrong(answer, door, name, value)]
    assert faults == [], "\n".join(faults)


def test_every_body_at_every_door(doors):
    portal, found = doors
    faults = []
    for door in found:
        with portal.rewound():
            for number, (what, kind, body) in enumerate(hostile_bodies(door.fields)):
                if number % 9 == 0:
                    forget_tries(portal)
                answer = send(portal, door, body, number, kind)
                faults += [f"{door.endpoint}, {what}: {fault}" for fault in wrong(answer, door)]
    assert faults == [], "\n".join(faults)


SHORT = tuple(value for value in hostile_values if len(value) < 2000)


def test_every_question_to_every_page(furnished):
    """Query strings; names that no page declares never reach one."""
    portal, crawled = furnished.portal, crawler(furnished, ("ada", "vic"))
    faults, turn = [], count()
    for viewer, address, browser in pages(portal, crawled):
        for name in asked_by(portal, address.endpoint):
            for value in (*some(SHORT, turn), *(hostile_cursors if name == "after" else ())):
                answer = browser.get(f"{address.path}?{encoded([(name, value)]).decode()}&{name}=again")
                faults += [f"{viewer.name}, {address.path}?{name}={value[:40]!r}: {what}" for what in wrong(answer)]
    assert faults == [], "\n".join(faults)


def test_every_name_in_every_path(furnished):
    portal, crawled = furnished.portal, crawler(furnished, ("ada", "vic"))
    faults, turn = [], count()
    for rule in crawled.crawl.addresses.rules():
        for method in sorted(rule.methods & {"GET", "POST"}) if rule.arguments else ():
            for viewer in crawled.crawl.viewers:
                browser = viewer.browser(portal, portal.academy("athena"))
                for value in some(SHORT, turn):
                    path = re.sub(r"<[^>]*>", quote(value.encode("utf-8", "surrogatepass"), safe=""), rule.rule)
                    answer = browser.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
                    faults += [f"{viewer.name}, {method} {rule.rule} with {value[:40]!r}: {what}" for what in wrong(answer)]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("name", sorted({name for name, _value in hostile_headers}))
def test_every_header_at_a_public_a_private_and_a_writing_page(portal, name):
    lena, vic = sign_in(portal, "lena", remember=True), portal.visitor("athena")
    faults = []
    for value in [value for header, value in hostile_headers if header == name]:
        for browser, method, path in (
            (vic, "GET", "/courses/"),
            (lena, "GET", "/account/devices"),
            (lena, "POST", "/account/profile"),
            (vic, "POST", "/sign-in"),
        ):
            environ = {"CONTENT_TYPE" if name == "Content-Type" else f"HTTP_{name.upper().replace('-', '_')}": value}
            if name in ("Content-Length", "Content-Type"):
                environ = {name.upper().replace("-", "_"): value}
            answer = browser.open(path, method=method, data=encoded([("name", "Lena")]), environ_overrides={"HTTP_SEC_FETCH_SITE": "same-origin", **environ})
            faults += [f"{method} {path}, {name}: {value[:40]!r}: {what}" for what in wrong(answer)]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("cookie", ["upart_session", "upart_remember", "upart_choices", "__Host-upart_session", "session"])
def test_every_cookie(portal, cookie):
    faults = []
    for value in SHORT:
        header = f"{cookie}={value}".encode("utf-8", "surrogatepass").decode("latin-1")
        for method, path in (("GET", "/account/"), ("GET", "/"), ("POST", "/sign-out")):
            environ = {"HTTP_COOKIE": header, "HTTP_SEC_FETCH_SITE": "same-origin"}
            answer = portal.visitor("athena").open(path, method=method, environ_overrides=environ)
            faults += [f"{method} {path}, {cookie}={value[:40]!r}: {what}" for what in wrong(answer)]
    assert faults == [], "\n".join(faults)


KINDS = (FORM, "multipart/form-data; boundary=zz", "application/json", "")


def test_a_body_in_pieces_without_a_length(doors):
    """As a server hands over what came chunked (RFC 9112, 7.1): no length, and an end that is known."""
    portal, found = doors
    faults, turn = [], count()
    for door in found:
        bodies = encoded(door.fields.items()), b"a" * (MIB + 1), b"[" * 5000
        for kind, body in some(list(product(KINDS, bodies)), turn):
            environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": kind}
            with portal.rewound():
                answer = door.browser(portal).open(door.path, method="POST", environ_overrides={**environ, "HTTP_SEC_FETCH_SITE": "same-origin"})
            faults += [f"{door.endpoint}: {what}" for what in wrong(answer)]
    assert faults == [], "\n".join(faults)


def asked_by(portal, endpoint) -> list[str]:
    """The query parameters of a page: of those that its blueprint declares the ones that its code names."""
    declared = portal.app.blueprints[endpoint.partition(".")[0]].queries
    named = {value for code in code_of(portal.app.view_functions[endpoint]) for value in code.co_consts if isinstance(value, str)}
    return sorted(declared & named)


def pages(portal, crawled):
    """Each GET page once for each viewer who gets more than a refusal there."""
    athena, orion = portal.academy("athena"), portal.academy("orion").id
    for viewer in crawled.crawl.viewers:
        browser, seen = viewer.browser(portal, athena), set()
        for address in crawled.crawl.addresses.at(athena.id, orion, "GET"):
            mine = address.policy.open is (viewer.name == "vic")
            wanted = mine and address.endpoint not in seen and "?" not in address.path and address.kind in ("no row", "a row of this academy")
            if wanted and browser.get(address.path).status_code == 200:
                seen.add(address.endpoint)
                yield viewer, address, browser


def forget_tries(portal) -> None:
    with portal.everywhere() as session:
        session.execute(delete(Attempt))


def send(portal, door, body, number, kind=FORM):
    """Post a body, each time from another network, so that the limits let it pass."""
    address = {"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.1"}
    return door.browser(portal).post(door.path, data=body, content_type=kind or None, environ_overrides=address)


def has_words(answer):
    """Does it say what happened: on a page, or to a program in a problem (RFC 9457)?"""
    if answer.request.path.startswith("/api/") and answer.mimetype == "application/problem+json":
        return bool(answer.json["detail"])
    return "<h1" in answer.text and answer.mimetype == "text/html"


def wrong(answer, door=None, name="", value=""):
    """What is wrong with an answer: a fault, no words, a password shown, or a field that has lost what was typed."""
    if answer.status_code >= 500:
        yield answer.status
    elif answer.mimetype == "application/json" and answer.status_code == 400 and "error" in answer.json:
        return  # what a front end reads (RFC 6749, 5.2)
    elif answer.status_code >= 400 and not has_words(answer):
        yield f"{answer.status_code} without words"
    kind = door.types.get(name, "") if door else ""
    if kind == "password" and len(value) > 20 and value in answer.text:
        yield "the password is shown"
    if answer.status_code == 422 and kind in ("text", "email", "textarea", "number") and value.isprintable():
        shown = [form.fields[name] for form in forms(answer) if name in form.fields]
        if shown and value.strip().casefold() not in [one.strip().casefold() for one in shown]:
            yield f"what was typed is lost: {shown[0][:40]!r}"
