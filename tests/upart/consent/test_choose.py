# SPDX-License-Identifier: MIT
"""Lena chooses on one page: everything is off at first, each box counts for itself, and what she did is listed."""

from __future__ import annotations

from choosing import BOXES, became, choose, letter, order_news, say_yes, stands, who
from people import mails, sign_in
from sqlalchemy import select

from upart.consent.actions import choose as agree
from upart.consent.actions import lapse
from upart.consent.gate import may_use
from upart.consent.models import ConsentEvent, PurposeText


def allowed(portal, purpose, channel="email", name="Lena") -> bool:
    with portal.reading("athena") as session:
        return may_use(who(session, name), purpose, channel)


def test_nothing_is_ticked_and_nothing_allowed_before_she_says_so(portal):
    page = sign_in(portal, "lena").get("/privacy/choices").text
    assert [f'value="{box}"' in page for box in BOXES] == [True] * 4
    assert "checked" not in page.partition("<form class")[2].partition("</form>")[0]
    assert [allowed(portal, purpose) for purpose in ("newsletter", "updates", "promote", "webinar", "nonsense")] == [False] * 5
    assert not allowed(portal, "personalise", "")
    assert allowed(portal, "learn")


def test_news_come_after_she_has_said_yes_in_her_mailbox_and_nothing_else_does(portal):
    lena = sign_in(portal, "lena")
    answer = choose(lena, "newsletter|email", age="adult")
    assert "open the link that we have just mailed you" in lena.get(answer.headers["Location"]).text
    assert not allowed(portal, "newsletter")
    assert say_yes(portal).status_code == 200
    assert stands(portal) == {"newsletter|email": "given", "updates|email": "refused", "promote|email": "refused", "personalise|": "refused"}
    letter(portal), letter(portal, "promote", subject="Offer")
    assert became(portal) == [("sent", "")]
    assert became(portal, "Offer") == [("refused", "consent")]


def test_what_is_no_message_counts_at_once(portal):
    lena = sign_in(portal, "lena")
    assert choose(lena, "personalise|", age="adult").status_code == 303
    assert allowed(portal, "personalise", "")
    assert not allowed(portal, "personalise", "email")
    choose(lena)
    assert not allowed(portal, "personalise", "")
    assert stands(portal)["personalise|"] == "withdrawn"


def test_taken_back_between_queueing_and_sending_it_is_not_sent_and_says_why(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    letter(portal)
    choose(lena)
    assert became(portal) == [("refused", "consent")]
    assert "The recipient has not agreed to this kind of message" in sign_in(portal, "ada").get("/manage/mail").text


def test_taken_back_by_whatever_way_the_gate_says_no_when_the_letter_leaves(portal):
    order_news(portal, sign_in(portal, "lena"))
    letter(portal)
    with portal.writing("athena") as session:  # a lapse gives up no letter: the gate has to see it
        lapse(["newsletter"], "The newsletter is written by somebody else now.")
        assert may_use(who(session), "newsletter", "email") is False
    assert became(portal) == [("refused", "consent")]


def test_the_page_lists_what_she_decided_and_keeps_the_words_she_was_asked_with(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    choose(lena), choose(lena)
    page = lena.get("/privacy/choices").text
    assert [page.count(words) for words in ("agreed", "withdrawn", "by the link in a mail")] == [1, 1, 1]
    with portal.reading("athena") as session:
        events = session.scalars(select(ConsentEvent)).all()
        assert len(events) == 5  # three refused, one given, one taken back: the third time changed nothing
        assert {session.get_one(PurposeText, (row.academy_id, row.text_id)).purpose for row in events} == {box.partition("|")[0] for box in BOXES}


def test_boxes_that_were_not_on_the_page_stay_as_they_are(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    assert choose(lena, shown=("personalise|",)).status_code == 303
    assert stands(portal) == {**stands(portal), "newsletter|email": "given"}


def test_a_lapse_asks_again_on_the_page_and_never_by_mail(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    sent = len(mails(portal))
    with portal.writing("athena"):
        lapse(["newsletter"], "A new company writes it.")
    assert stands(portal)["newsletter|email"] == "expired"
    assert "Your earlier yes counts no longer" in lena.get("/privacy/choices").text
    assert len(mails(portal)) == sent
    order_news(portal, lena)
    assert allowed(portal, "newsletter")


def test_what_one_academy_may_the_other_may_not(portal):
    order_news(portal, sign_in(portal, "lena"))
    with portal.reading("orion") as session:
        assert not may_use(who(session, "Odin"), "newsletter", "email")
        assert session.scalars(select(ConsentEvent)).all() == []


def test_other_parts_note_a_choice_once(portal):
    with portal.writing("athena") as session:
        assert [agree(who(session), "personalise", "", given, "test") for given in (True, True, False, False, True)] == [True, False, True, False, True]
    assert allowed(portal, "personalise", "")
