# SPDX-License-Identifier: MIT
"""Lena has her data restricted from her own page, and lets it end."""

from __future__ import annotations

import re

from people import mails, sign_in
from sqlalchemy import select

from upart.rights.models import RequestKind, RequestState, RightsRequest


def names_seen(portal, name="ada") -> str:
    """What the page of people shows to somebody of the staff."""
    return sign_in(portal, name).get("/manage/people/").text


def restricted(portal, **more):
    lena = sign_in(portal, "lena")
    answer = lena.post("/privacy/mine/restrict", data={"ground": "accuracy", "words": "My date is wrong.", **more})
    assert answer.status_code == 303, answer.text
    return lena, answer.headers["Location"]


def test_others_see_nothing_of_lena_until_she_ends_it(portal):
    assert "lena@example.org" in names_seen(portal)
    lena, page = restricted(portal, goes_on="y")
    assert "Done" in lena.get(page).text
    assert "lena@example.org" not in names_seen(portal)
    assert "restrict" in mails(portal, "lena")[-1]["Subject"].lower()
    [path] = re.findall(r'action="(/privacy/mine/restrict/[^"]+/lift)"', lena.get("/privacy/mine/restrict").text)
    assert sign_in(portal, "theo").post(path).status_code == 404
    assert lena.post(path).status_code == 303
    assert "lena@example.org" in names_seen(portal)


def test_without_going_on_she_is_signed_out_and_can_come_back_to_her_rights(portal):
    lena, where = restricted(portal)
    assert where.startswith("/sign-in")
    assert lena.get("/privacy/mine").status_code in (302, 303)
    assert "lena@example.org" in sign_in(portal, "lena").get("/privacy/mine").text


def test_what_was_typed_stays_and_a_ground_is_needed(portal):
    lena = sign_in(portal, "lena")
    answer = lena.post("/privacy/mine/restrict", data={"ground": "whim", "words": "Because."})
    assert answer.status_code == 422
    assert "Because." in answer.text
    with portal.reading("athena") as session:
        assert session.scalars(select(RightsRequest)).all() == []


def test_the_seventy_two_hours_before_an_erasure_hide_lena_and_taking_it_back_shows_her_again(portal):
    lena = sign_in(portal, "lena")
    path = lena.post("/privacy/mine/erase", data={"sure": "y"}).headers["Location"]
    assert "lena@example.org" not in names_seen(portal)
    assert "lena@example.org" in lena.get("/privacy/mine").text
    assert "until that begins nobody else sees them" in lena.get("/privacy/mine/restrict").text
    assert lena.post(f"{path}/cancel").status_code == 303
    assert "lena@example.org" in names_seen(portal)
    with portal.reading("athena") as session:
        assert {row.kind: row.state for row in session.scalars(select(RightsRequest))} == {RequestKind.ERASE: RequestState.CANCELLED}
