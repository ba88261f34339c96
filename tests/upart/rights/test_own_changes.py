# SPDX-License-Identifier: MIT
"""What Lena changes about herself reaches whoever received it, as a correction by request does (GDPR art. 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from erasing import given_to
from people import link_in, mails, sign_in, work
from sqlalchemy import select

from upart import clock
from upart.disclosure.models import DisclosureNotice

LATER = timedelta(minutes=5)


def notices(school, slug="athena") -> list[tuple]:
    with school.reading(slug) as session:
        return [(row.recipient, row.fields, row.addresses, row.state.value) for row in session.scalars(select(DisclosureNotice))]


def test_the_league_learns_the_name_that_lena_types_into_her_profile(school, league):
    lena = sign_in(school, "lena")
    assert lena.post("/account/profile", data={"name": "Lena Zell", "zone": "Europe/Vienna"}).status_code == 303
    work(school)
    assert [person["name"] for person in league.people.values()] == ["Lena Zell", "Theo"]
    lena.post("/account/profile", data={"name": "Lena Zell", "zone": "Europe/Rome"})
    assert [fields for _name, fields, *_ in notices(school)] == [["person.name"]], "the league never had her time zone"


@pytest.mark.parametrize("way", ["refuse", "garbage"])
def test_while_the_league_is_down_her_name_waits_and_then_arrives_by_itself(school, league, way):
    league.fails(way)
    sign_in(school, "lena").post("/account/profile", data={"name": "Lena Zell", "zone": "Europe/Vienna"})
    work(school)
    assert [state for *_, state in notices(school)] == ["failed"]
    league.fails("")
    with clock.shifted(LATER):
        work(school)
    assert [state for *_, state in notices(school)] == ["done"]
    assert [person["name"] for person in league.people.values()] == ["Lena Zell", "Theo"]


def test_her_new_address_reaches_the_league_with_the_old_one_and_nobody_at_orion(school, league):
    lena = sign_in(school, "lena")
    lena.post("/account/email", data={"email": "zell@example.org"})
    for name in ("lena", "zell"):
        lena.post("/account/email/confirm", data={"token": link_in(mails(school, name)[-1]).partition("token=")[2]})
    assert notices(school) == [("Quiz League", ["person.email"], ["lena@example.org"], "waiting")]
    assert notices(school, "orion") == []
    work(school)
    assert [person["email"] for person in league.people.values()] == ["zell@example.org", "theo@example.org"]
    assert [(addresses, state) for *_, addresses, state in notices(school)] == [([], "done")]


def test_the_plan_of_an_erasure_names_who_is_told_and_how(school, league):
    given_to(school, "Lena", "Choir Ltd", ("person.email",))
    page = sign_in(school, "lena").get("/privacy/mine/erase").text
    assert "Who is told to delete it too" in page
    told = page.partition('id="told"')[2].partition("</table>")[0]
    assert told.index("Choir Ltd") < told.index("Somebody of Athena")
    assert "By itself" in told.partition("Quiz League")[2]
    assert "Who is told to delete it too" not in sign_in(school, "ada").get("/privacy/mine/erase").text
