# SPDX-License-Identifier: MIT
"""Ada closes her academy: everybody is told, each is erased on the day, and nothing is left but what a law keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from erasing import answer_of, held, invoice_of, who
from people import mails, sign_in, work
from sqlalchemy import select

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.cli import demo
from upart.rights.actions import ending
from upart.rights.models import RightsRequest

DAY = timedelta(days=1)
SAID = {"sure": "y", "name": "athena"}


def rows(school, slug="athena") -> set[str]:
    """The tables in which the academy still has something."""
    return {table for table, _academy, *_ in held(school, slug, but=())}


def standing(school, slug="athena") -> str | None:
    with school.everywhere() as session:
        return session.scalar(select(Academy.ending).where(Academy.slug == slug))


def come_to_an_end(school) -> None:
    """Hour after hour, as the worker does it."""
    for hour in range(6):
        with clock.shifted(30 * DAY + timedelta(hours=hour + 1)):
            work(school)


@pytest.fixture
def closing(school):
    """Ada has said it; everybody got their mail."""
    demo.fill(school.app, "platform")
    invoice_of(school, "Lena", clock.now())
    answer_of(school, "Lena", "Theo")
    assert sign_in(school, "ada").post("/manage/close/", data=SAID).status_code == 303
    work(school)
    return school


def test_the_plan_says_what_goes_and_what_a_law_keeps(school):
    invoice_of(school, "Lena", clock.now())
    page = sign_in(school, "ada").get("/manage/close/").text
    with school.reading("athena") as session:
        people = len(session.scalars(select(Person)).all())

    assert f'People who are erased</th><td class="num" data-label="How many">{people}</td>' in page
    assert "Invoices (1)" in page
    assert standing(school) is None


@pytest.mark.parametrize("typed", [{"name": "athena"}, {"sure": "y"}, {"sure": "y", "name": "orion"}], ids=["not read", "no name", "another name"])
def test_nothing_happens_until_the_name_is_typed_and_the_plan_read(school, typed):
    assert sign_in(school, "ada").post("/manage/close/", data=typed).status_code == 422
    assert standing(school) is None


def test_everybody_is_told_once_and_sees_it_on_each_page(closing):
    day = (clock.now() + 30 * DAY).strftime("%-d %B %Y")
    for name in ("ada", "theo", "lena"):
        assert [mail["Subject"] for mail in mails(closing, f"{name}@")].count(f"Athena closes on {day}") == 1
    lena = sign_in(closing, "lena")
    for page in (lena.get("/courses/"), lena.get("/privacy/mine"), lena.get("/account/"), sign_in(closing, "ada").get("/manage/people/")):
        assert f"Athena closes on {day}." in page.text
    assert "closes on" not in sign_in(closing, "odin").get("/account/").text


def test_nobody_joins_an_academy_that_closes(closing):
    assert closing.visitor("athena").get("/sign-up").status_code in (200, 404)
    answer = closing.visitor("athena").post("/sign-up", data={"name": "Mara", "email": "mara@example.org", "password": "a quiet walk at noon"})
    assert answer.status_code == 404


def test_ada_thinks_better_of_it(closing):
    ada = sign_in(closing, "ada")
    assert ada.post("/manage/close/back").status_code == 303
    with clock.shifted(31 * DAY):
        work(closing)
    assert standing(closing) is None
    assert "Athena goes on" in [mail["Subject"] for mail in mails(closing, "lena@")]
    with closing.reading("athena") as session:
        assert who(session, "Lena").email == "lena@example.org"


def test_on_the_day_all_are_erased_and_only_the_invoice_is_left(closing):
    orion = held(closing, "orion")
    come_to_an_end(closing)

    assert standing(closing) == "closed"
    assert rows(closing) == {"academy", "quizbank_invoice"} - {"academy"}
    assert closing.visitor("athena").get("/").status_code == 404
    assert held(closing, "orion") == orion
    told = [mail for mail in mails(closing, "pia@") if mail["Subject"] == "Athena is closed"]
    assert len(told) == 1
    assert "1 line stays because a law keeps it" in told[0].get_body(("plain",)).get_content()


def test_on_the_day_it_cannot_be_taken_back(closing):
    ada = sign_in(closing, "ada")
    with clock.shifted(30 * DAY + timedelta(minutes=1)), closing.app.test_request_context(), closing.writing("athena"), pytest.raises(Exception, match="day has come"):
        ending.go_on_after_all(clock.now())
    assert ada is not None
    with closing.reading("athena") as session:
        assert session.scalars(select(RightsRequest)).all() == []
