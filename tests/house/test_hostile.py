# SPDX-License-Identifier: MIT
"""Hostile values at every door: an answer in words, and what was typed stays; never a fault of ours."""

from __future__ import annotations

import pytest
from crawling import ADA_THERE, crawler
from people import PASSWORD
from sqlalchemy import delete

from upart.accounts.models import Attempt
from upart.testing.doors import Doors
from upart.testing.hostile import encoded, hostile_bodies, hostile_values
from upart.testing.pages import forms

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def doors(portal):
    """Every POST route with its form, as somebody who may use it finds it."""
    crawled = crawler(portal, ("ada", "theo", "lena", "vic", ADA_THERE))
    crawl, athena = crawled.crawl, portal.academy("athena").id
    crawl.viewers.sort(key=lambda viewer: viewer.name != "vic")
    return Doors(portal, crawl.addresses, crawl.viewers, PASSWORD, athena).look(crawled.hosts[athena])


def test_every_field_of_every_form(portal, doors):
    faults = []
    for door in doors.values():
        with portal.rewound():
            for name in door.fields:
                for number, value in enumerate(hostile_values):
                    if number % 9 == 0:
                        forget_tries(portal)
                    answer = send(portal, door, encoded(({**door.fields, name: value}).items()), number)
                    faults += [f"{door.endpoint}, {name}={value[:40]!r}: {what}" for what in wrong(answer, door, name, value)]
    assert faults == [], "\n".join(faults)


def test_every_body_at_every_door(portal, doors):
    faults = []
    for door in doors.values():
        with portal.rewound():
            for number, (what, kind, body) in enumerate(hostile_bodies(door.fields)):
                if number % 9 == 0:
                    forget_tries(portal)
                answer = send(portal, door, body, number, kind)
                faults += [f"{door.endpoint}, {what}: {fault}" for fault in wrong(answer, door)]
    assert faults == [], "\n".join(faults)


def forget_tries(portal) -> None:
    with portal.everywhere() as session:
        session.execute(delete(Attempt))


def send(portal, door, body, number, kind=FORM):
    """Post a body, each time from another network, so that the limits let it pass."""
    address = {"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.1"}
    return door.browser(portal).post(door.path, data=body, content_type=kind or None, environ_overrides=address)


def wrong(answer, door, name="", value=""):
    """What is wrong with an answer: a fault, no words, a password shown, or a field that has lost what was typed."""
    if answer.status_code >= 500:
        yield answer.status
    elif answer.status_code >= 400 and ("<h1" not in answer.text or answer.mimetype != "text/html"):
        yield f"{answer.status_code} without words"
    kind = door.types.get(name, "")
    if kind == "password" and len(value) > 20 and value in answer.text:
        yield "the password is shown"
    if answer.status_code == 422 and kind in ("text", "email", "textarea", "number") and value.isprintable():
        shown = [form.fields[name] for form in forms(answer) if name in form.fields]
        if shown and value.strip().casefold() not in [one.strip().casefold() for one in shown]:
            yield f"what was typed is lost: {shown[0][:40]!r}"
