# SPDX-License-Identifier: MIT
"""What Lena, a child, tries so that nobody has to be asked; and what happens when she only mistyped."""

from __future__ import annotations

import pytest
from choosing import HELD, ask_for_link, choose, offer_reminders, stands, wants_reminders, who
from people import mails, sign_in, token_in

from upart.accounts.models import Person
from upart.consent.actions import say_age
from upart.consent.guardians import ask_guardian
from upart.consent.models import Band
from upart.errors import Problem


def answer(portal, child: str, mailbox: str, said: str = "yes"):
    data = {"token": token_in(mails(portal, mailbox)[-1]), "child": child, HELD: said, "responsible": "y"}
    return portal.visitor("athena").post("/privacy/choices/guardian", data=data)


def test_she_does_not_say_how_old_she_is(portal):
    offer_reminders(portal)
    lena = sign_in(portal, "lena")
    assert "Say first how old you are" in choose(lena, HELD, shown=(HELD,)).text
    assert stands(portal) == {}
    assert choose(lena, HELD, shown=(HELD,), age="young").status_code == 303
    assert stands(portal)[HELD] == "given"


@pytest.mark.parametrize("address", ["lena+mum@example.org", "LENA+Mum@example.org"])
def test_she_names_a_mailbox_that_is_her_own(portal, address):
    offer_reminders(portal)
    page = choose(sign_in(portal, "lena"), HELD, shown=(HELD,), age="child", guardian=address)
    assert (page.status_code, "your own address" in page.text) == (422, True)


def test_what_she_typed_stays_when_it_was_wrong(portal):
    offer_reminders(portal)
    page = choose(sign_in(portal, "lena"), HELD, shown=(HELD,), age="child", guardian='gerda@"><b>').text
    assert 'value="gerda@&#34;&gt;&lt;b&gt;"' in page


def test_she_names_a_friend_who_is_no_older(portal):
    with portal.app.test_request_context(), portal.writing("athena") as session:
        say_age(who(session, "Theo"), Band.YOUNG)
    child = wants_reminders(portal, sign_in(portal, "lena"), guardian="theo@example.org")
    assert (answer(portal, child, "theo").status_code, stands(portal)) == (422, {})
    assert answer(portal, child, "theo", "no").status_code == 303


def test_a_mistyped_address_is_put_right_and_the_stranger_can_answer_no_more(portal):
    lena = sign_in(portal, "lena")
    child = wants_reminders(portal, lena, guardian="gerba@example.org")
    assert "Was the address wrong?" in lena.get("/privacy/choices").text
    assert choose(lena, HELD, shown=(HELD,), guardian="gerda@example.org").status_code == 303
    assert answer(portal, child, "gerba").status_code == 410
    assert answer(portal, child, "gerda").status_code == 303
    assert stands(portal)[HELD] == "given"


@pytest.mark.parametrize("asked_only", [True, False])
def test_she_turns_older_overnight_and_her_mother_hears_of_it(portal, asked_only):
    lena = sign_in(portal, "lena")
    child = wants_reminders(portal, lena)
    if not asked_only:
        answer(portal, child, "gerda", "no")
    assert choose(lena, HELD, shown=(HELD,), age="young").status_code == 303
    message = mails(portal, "gerda")[-1]
    assert message["Subject"] == "Lena now decides alone"
    assert "If it is not true, write to the academy" in message.get_body(("plain",)).get_content()
    choose(lena, HELD, shown=(HELD,), age="adult")
    assert len(mails(portal, "gerda")) == 2


def test_nobody_is_written_to_by_who_never_named_anybody(portal):
    lena, before = sign_in(portal, "lena"), len(mails(portal))
    choose(lena, age="child"), choose(lena, age="adult")
    assert len(mails(portal)) == before


def test_a_guest_who_is_a_child_signs_up_first(portal):
    offer_reminders(portal)
    with portal.app.test_request_context(), portal.writing("athena") as session:
        session.add(kim := Person(name="Kim", email="kim@example.org"))
        session.flush()
        with pytest.raises(Problem, match="agree to this for you"):
            ask_guardian(kim, [("reminders", "email")], "gerda@example.org")
    more = {"token": ask_for_link(portal, "kim@example.org"), "path": "/privacy/choices/mailed", "guardian": "gerda@example.org"}
    page = choose(portal.visitor("athena"), HELD, shown=(HELD,), age="child", **more)
    assert (page.status_code, "Sign up here first" in page.text) == (422, True)


def test_who_is_young_by_now_finds_no_link_for_news_in_her_mailbox(portal):
    lena = sign_in(portal, "lena")
    choose(lena, "newsletter|email", age="adult")
    with portal.app.test_request_context(), portal.writing("athena") as session:
        say_age(who(session), Band.YOUNG)
    assert "We mailed you a link" not in lena.get("/privacy/choices").text
