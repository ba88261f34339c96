# SPDX-License-Identifier: MIT
"""Ada reads how long things are kept, what goes next, what went, and what stays longer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from erasing import who
from people import sign_in, work

from upart import clock
from upart.rights.actions.retaining import retain
from upart.rights.models import Looked
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground

PAGE = "/manage/privacy/retention"


def looked(portal, name: str) -> None:
    """Somebody looked at this person's data two years ago; such lines are kept for 12 months."""
    with portal.writing("athena") as session:
        session.add(Looked(person_id=who(session, name).id, role="owner", page="people", categories=[], at=clock.now() - timedelta(days=730)))


def row(page: str, title: str) -> str:
    """A line of the table as text."""
    found = re.search(rf"<tr><th scope=\"row\">{title}</th>(.*?)</tr>", page, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", found[1])


def test_ada_sees_periods_and_that_nothing_has_gone_yet(portal):
    page = sign_in(portal, "ada").get(PAGE).text
    assert "the next run would delete nothing" in page
    assert "No run has deleted anything here so far" in page
    assert "12 months after it happened" in row(page, "Who looked at your data")
    assert "24 months after the last activity" in row(page, "Enrolments")
    assert PAGE in sign_in(portal, "ada").get("/manage/privacy/").text


def test_what_goes_next_is_counted_and_then_stands_among_the_runs(portal):
    looked(portal, "Theo")
    ada = sign_in(portal, "ada")
    assert re.search(r"happened +1 +–", row(ada.get(PAGE).text, "Who looked at your data"))
    with portal.app.app_context():
        retain()
    page = ada.get(PAGE).text
    assert "The last run that deleted something" in page
    assert "Who looked at your data: one line deleted" in page


def test_what_is_restricted_stays_and_is_counted(portal):
    looked(portal, "Lena")
    with portal.app.test_request_context(), portal.writing("athena") as session:
        restrict(who(session, "Lena"), Ground.CLAIMS)
    text = row(sign_in(portal, "ada").get(PAGE).text, "Who looked at your data")
    assert re.search(r"– +one for a request, a restriction", text)


def test_a_worker_that_does_not_run_is_told(portal):
    work(portal)
    ada = sign_in(portal, "ada")
    assert "Nobody has looked for a while" not in ada.get(PAGE).text
    with clock.shifted(timedelta(days=2)):
        assert "Nobody has looked for a while" in sign_in(portal, "ada").get(PAGE).text


@pytest.mark.parametrize("name", ["theo", "lena"])
def test_others_read_nothing_of_it(portal, name):
    assert sign_in(portal, name).get(PAGE).status_code == 404
