# SPDX-License-Identifier: MIT
"""Links from a mailbox: they show and ask, nothing happens before a button; guests need no account, and nobody learns who is known."""

from __future__ import annotations

from datetime import timedelta

from choosing import ask_for_link, became, choose, letter, order_news, say_yes, stands, who
from people import link_in, mails, sign_in
from sqlalchemy import func, select

from upart import clock
from upart.accounts.models import Person
from upart.consent.models import ConsentEvent


def events(portal) -> int:
    with portal.reading("athena") as session:
        return session.scalar(select(func.count(ConsentEvent.id)))


def test_opened_by_whatever_program_the_link_says_nothing_for_her(portal):
    choose(sign_in(portal, "lena"), "newsletter|email", age="adult")
    path, before = link_in(mails(portal, "lena")[-1]), events(portal)
    for method in ("GET", "HEAD", "OPTIONS") * 2:
        answer = portal.visitor("athena").open(path, method=method)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert events(portal) == before
    assert say_yes(portal).status_code == 200
    assert stands(portal)["newsletter|email"] == "given"


def test_used_twice_or_late_it_says_so_and_changes_nothing(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    assert say_yes(portal).status_code == 410
    choose(lena, "newsletter|email", "updates|email", age="adult")
    with clock.shifted(timedelta(days=8)):
        assert say_yes(portal).status_code == 410
    assert stands(portal)["updates|email"] == "refused"


def test_a_no_before_she_opens_it_takes_the_link_along(portal):
    lena = sign_in(portal, "lena")
    choose(lena, "newsletter|email", age="adult")
    assert "We mailed you a link" in lena.get("/privacy/choices").text
    choose(lena)
    assert say_yes(portal).status_code == 410
    assert stands(portal)["newsletter|email"] == "refused"


def test_sent_twice_the_page_mails_one_link_that_asks_for_all(portal):
    lena = sign_in(portal, "lena")
    for boxes in (["newsletter|email"], ["newsletter|email"], ["newsletter|email", "updates|email"]):
        choose(lena, *boxes, age="adult")
    assert [message["Subject"] for message in mails(portal, "lena")].count("Do you want this?") == 2
    assert say_yes(portal).status_code == 200
    assert [stands(portal)[box] for box in ("newsletter|email", "updates|email")] == ["given", "given"]


def test_vic_orders_news_without_an_account_and_stops_them_again(portal):
    token, vic = ask_for_link(portal, "vic@example.org"), portal.visitor("athena")
    page = vic.get(f"/privacy/choices/mailed?token={token}")
    assert (page.status_code, "Set-Cookie" in page.headers) == (200, False)
    assert choose(vic, "newsletter|email", age="adult", token=token, path="/privacy/choices/mailed").status_code == 303
    letter(portal, name="vic@example.org")
    assert became(portal) == [("sent", "")]
    assert "newsletter|email" in vic.get(f"/privacy/choices/mailed?token={token}").text
    choose(vic, token=token, path="/privacy/choices/mailed")
    letter(portal, name="vic@example.org", subject="News of June")
    assert became(portal, "News of June") == [("refused", "consent")]


def test_an_address_that_orders_nothing_leaves_nobody_behind(portal):
    token = ask_for_link(portal, "vic@example.org")
    assert choose(portal.visitor("athena"), token=token, path="/privacy/choices/mailed").status_code == 303
    with portal.reading("athena") as session:
        assert session.scalars(select(Person).where(Person.email == "vic@example.org")).all() == []


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_mail(portal):
    answers, bodies = [], []
    for address in ("lena@example.org", "nobody@example.org"):
        answer = portal.visitor("athena").post("/privacy/choices/ask", data={"email": address})
        answers.append((answer.status_code, answer.headers["Location"], answer.text))
        message = mails(portal, address)[-1]
        bodies.append(message.get_body(("plain",)).get_content().partition("token=")[0])
    assert answers[0] == answers[1]
    assert bodies[0] == bodies[1]


def test_a_guest_who_signs_up_later_keeps_what_they_chose(portal):
    token = ask_for_link(portal, "vic@example.org")
    choose(portal.visitor("athena"), "newsletter|email", age="adult", token=token, path="/privacy/choices/mailed")
    with portal.reading("athena") as session:
        assert who(session, "vic@example.org").roles == []
    assert stands(portal, "vic@example.org")["newsletter|email"] == "given"


def test_whoever_changed_their_address_cannot_be_signed_up_by_the_old_one(portal):
    choose(sign_in(portal, "lena"), "newsletter|email", age="adult")
    with portal.writing("athena") as session:
        who(session).email = "new@example.org"
    assert say_yes(portal).status_code == 410
    assert "newsletter|email" not in stands(portal)
