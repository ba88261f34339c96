# SPDX-License-Identifier: MIT
"""Every letter that nobody has to get says how it stops: for people a page, for their mail program one POST (RFC 2369, 8058)."""

from __future__ import annotations

import pytest
from choosing import HELD, REMINDERS, became, choose, letter, offer_reminders, order_news, say_yes, stands, stop_link, who
from people import mails, sign_in

from upart.consent.actions import choose as agree
from upart.hooks.plugged import PLUGGED

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ordered(portal):
    """A portal where Lena gets the newsletter, and has one."""
    order_news(portal, sign_in(portal, "lena"))
    letter(portal)
    assert became(portal) == [("sent", "")]
    return portal


def test_the_page_stops_nothing_before_she_presses_the_button(ordered):
    path, vic = stop_link(ordered), ordered.visitor("athena")
    for method in ("GET", "HEAD") * 2:
        answer = vic.open(path, method=method)
        assert (answer.status_code, "Set-Cookie" in answer.headers, "Lena" in answer.text) == (200, False, False)
    assert stands(ordered)["newsletter|email"] == "given"
    assert "Stopped" in vic.post("/privacy/unsubscribe", data={"token": path.partition("=")[2]}).text
    assert stands(ordered)["newsletter|email"] == "withdrawn"


def test_one_post_of_a_mail_program_stops_it_also_twice_and_from_elsewhere(ordered):
    assert mails(ordered, "lena")[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = stop_link(ordered)
    letter(ordered, subject="News of June")
    for headers in ({"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}, {}):
        answer = ordered.visitor("athena").post(path, data=ONE_CLICK, headers=headers)
        assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert became(ordered, "News of June") == [("refused", "consent")]


def test_letters_that_belong_to_what_she_does_carry_no_such_link(ordered):
    letter(ordered, "learn", subject="Your course")
    message = next(message for message in mails(ordered, "lena") if message["Subject"] == "Your course")
    assert message["List-Unsubscribe"] is None
    assert "Stop these messages" not in message.get_body(("plain",)).get_content()


def test_who_stopped_them_may_order_them_again(ordered):
    ordered.visitor("athena").post(stop_link(ordered), data=ONE_CLICK)
    order_news(ordered, sign_in(ordered, "lena"))
    letter(ordered, subject="News of June")
    assert became(ordered, "News of June") == [("sent", "")]


@pytest.mark.parametrize("token", ["", "x", "A" * 120, "é" * 9, "=" * 400])
def test_a_link_that_was_made_up_stops_nothing(ordered, token):
    vic = ordered.visitor("athena")
    assert vic.get("/privacy/unsubscribe", query_string={"token": token}).status_code == 410
    assert vic.post("/privacy/unsubscribe", data={"token": token}).status_code == 410
    assert stands(ordered)["newsletter|email"] == "given"


def test_a_link_of_one_academy_stops_nothing_at_another(ordered):
    assert ordered.visitor("orion").post(stop_link(ordered), data=ONE_CLICK).status_code == 410


def test_offers_stop_without_the_news(ordered):
    lena = sign_in(ordered, "lena")
    choose(lena, "newsletter|email", "promote|email")
    say_yes(ordered)
    letter(ordered, "promote", subject="Offer")
    assert became(ordered, "Offer") == [("sent", "")]
    ordered.visitor("athena").post(stop_link(ordered), data=ONE_CLICK)
    assert [stands(ordered)[box] for box in ("promote|email", "newsletter|email")] == ["withdrawn", "given"]


def test_of_a_plugin_that_was_switched_off_nothing_leaves_and_the_link_still_stops_it(ordered):
    offer_reminders(ordered)
    with ordered.app.test_request_context(), ordered.writing("athena") as session:
        agree(who(session), "reminders", "email", True, "page")
    letter(ordered, "reminders", subject="A lesson waits")
    assert became(ordered, "A lesson waits") == [("sent", "")]
    path = stop_link(ordered)
    letter(ordered, "reminders", subject="Another one")
    ordered.app.extensions[PLUGGED].core[0].purposes.remove(REMINDERS)
    assert became(ordered, "Another one") == [("refused", "consent")]
    assert choose(sign_in(ordered, "lena"), HELD, shown=(HELD,)).status_code == 422
    assert ordered.visitor("athena").post(path, data=ONE_CLICK).status_code == 200
    assert stands(ordered)[HELD] == "withdrawn"
