# SPDX-License-Identifier: MIT
"""Yes, no, yes, and no again: the last word counts, also for links that lie in a mailbox, and for what is no matter of choice."""

from __future__ import annotations

import pytest
from choosing import HELD, became, choose, letter, offer_reminders, order_news, say_yes, stands, wants_reminders, who
from people import mails, sign_in, token_in, work
from restoring import backup

from upart.consent.actions import choose as agree
from upart.consent.actions import lapse, say_age
from upart.consent.models import Band
from upart.hooks.plugged import PLUGGED
from upart.hooks.records import ConsentPurpose
from upart.privacy.taxonomy import Purpose

TALKS = [ConsentPurpose(key=key, text=f"Talks: {key}.", purpose=Purpose.WEBINAR) for key in ("talks", "walks")]


def decide(portal, *decisions: tuple[str, bool]) -> None:
    with portal.app.test_request_context(), portal.writing("athena") as session:
        for purpose, given in decisions:
            agree(who(session), purpose, "email", given, "page")


def test_a_second_no_takes_along_the_link_that_was_mailed_after_the_first(portal):
    lena = sign_in(portal, "lena")
    choose(lena)
    choose(lena, "newsletter|email", age="adult")
    choose(lena)
    assert say_yes(portal).status_code == 410
    assert stands(portal)["newsletter|email"] == "refused"


def test_it_takes_along_the_question_to_her_mother_as_well(portal):
    offer_reminders(portal)
    lena = sign_in(portal, "lena")
    choose(lena, shown=(HELD,), age="child")
    child = wants_reminders(portal, lena)
    choose(lena, shown=(HELD,))
    data = {"token": token_in(mails(portal, "gerda")[-1]), "child": child, HELD: "yes", "responsible": "y"}
    assert portal.visitor("athena").post("/privacy/choices/guardian", data=data).status_code == 410
    assert stands(portal)[HELD] == "refused"


@pytest.mark.parametrize("how", ["no", "age"])
def test_who_wants_no_reminders_gets_what_belongs_to_her_course(portal, how):
    offer_reminders(portal)
    decide(portal, ("reminders", True))
    letter(portal, "learn", subject="Your course"), letter(portal, "reminders", subject="A lesson waits")
    with portal.app.test_request_context(), portal.writing("athena") as session:
        say_age(who(session), Band.CHILD) if how == "age" else agree(who(session), "reminders", "email", False, "page")
    assert [became(portal, subject) for subject in ("A lesson waits", "Your course")] == [[("refused", "consent")], [("sent", "")]]


def test_what_waits_for_one_of_two_of_a_kind_stops_with_it_and_the_other_goes_on(portal):
    portal.app.extensions[PLUGGED].core[0].purposes.extend(TALKS)
    decide(portal, ("talks", True), ("walks", True))
    for purpose in ("talks", "walks", "webinar"):
        letter(portal, purpose, subject=purpose)
    decide(portal, ("talks", False))
    assert [became(portal, purpose) for purpose in ("talks", "walks", "webinar")] == [[("refused", "consent")], [("sent", "")], [("sent", "")]]


def test_a_link_from_before_its_meaning_changed_says_yes_to_nothing_and_she_gets_a_new_one(portal):
    lena = sign_in(portal, "lena")
    choose(lena, "newsletter|email", age="adult")
    mails(portal, "lena")
    with portal.writing("athena"):
        lapse(["newsletter"], "It means more now.")
    assert say_yes(portal).status_code == 410
    assert "We mailed you a link" not in lena.get("/privacy/choices").text
    choose(lena, "newsletter|email")
    assert say_yes(portal).status_code == 200
    assert stands(portal)["newsletter|email"] == "given"


def test_her_mothers_link_ends_as_well_when_the_meaning_changes(portal):
    lena = sign_in(portal, "lena")
    wants_reminders(portal, lena)
    token = token_in(mails(portal, "gerda")[-1])
    with portal.writing("athena"):
        lapse(["reminders"], "It means more now.")
    assert portal.visitor("athena").get(f"/privacy/choices/guardian?token={token}").status_code == 410
    assert "We wrote to the parent" not in lena.get("/privacy/choices").text


def test_an_older_database_does_not_know_her_younger(portal):
    order_news(portal, sign_in(portal, "lena"))
    letter(portal)
    put_back = backup(portal)
    with portal.app.test_request_context(), portal.writing("athena") as session:
        say_age(who(session), Band.YOUNG)
    portal = put_back()
    assert became(portal) == [("refused", "consent")]
    assert stands(portal)["newsletter|email"] == "withdrawn"


def test_an_older_database_does_not_know_better_than_her_mother(portal):
    child = wants_reminders(portal, sign_in(portal, "lena"))
    data = {"token": token_in(mails(portal, "gerda")[-1]), "child": child, "responsible": "y"}
    portal.visitor("athena").post("/privacy/choices/guardian", data={**data, HELD: "yes"})
    letter(portal, "reminders")
    put_back = backup(portal)
    assert portal.visitor("athena").post("/privacy/choices/guardian", data={**data, HELD: "no"}).status_code == 303
    portal = put_back()
    offer_reminders(portal)
    work(portal)
    assert (became(portal), stands(portal)[HELD]) == ([("refused", "consent")], "withdrawn")
