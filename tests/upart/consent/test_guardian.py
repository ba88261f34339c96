# SPDX-License-Identifier: MIT
"""Lena is a child. What she may have, Gerda, her mother, has to say yes to; and either can take it back."""

from __future__ import annotations

import pytest
from choosing import HELD, ask_for_link, choose, offer_reminders, stands, wants_reminders, who
from erasing import erase
from people import link_in, mails, sign_in
from sqlalchemy import select

from upart.accounts.models import MailToken, TokenPurpose
from upart.consent.actions import choose as agree
from upart.consent.actions import say_age
from upart.consent.gate import may_use
from upart.consent.models import Band, Guardian
from upart.errors import Problem

PAGE = "/privacy/choices/guardian"


def answer(portal, child: str, yes: bool, token: str = "", **more):
    token = token or link_in(mails(portal, "gerda")[-1]).partition("token=")[2]
    return portal.visitor("athena").post(PAGE, data={"token": token, "child": child, HELD: "yes" if yes else "no", "responsible": "y", **more})


def guardians(portal) -> list[str]:
    with portal.reading("athena") as session:
        return [str.__str__(row.email) for row in session.scalars(select(Guardian))]


def test_it_counts_once_her_mother_has_said_yes(portal):
    lena = sign_in(portal, "lena")
    child = wants_reminders(portal, lena)
    assert HELD not in stands(portal)
    assert "once they have said yes" in lena.get("/privacy/choices").text
    assert "Lena" in portal.visitor("athena").get(link_in(mails(portal, "gerda")[-1])).text
    assert answer(portal, child, True).status_code == 303
    assert stands(portal)[HELD] == "given"
    with portal.reading("athena") as session:
        assert may_use(who(session), "reminders", "email")
    assert guardians(portal) == ["gerda@example.org"]
    assert "by a parent or guardian" in lena.get("/privacy/choices").text


def test_a_yes_needs_parental_responsibility_and_a_no_does_not(portal):
    child = wants_reminders(portal, sign_in(portal, "lena"))
    assert answer(portal, child, True, responsible="").status_code == 422
    assert stands(portal) == {}
    assert answer(portal, child, False, responsible="").status_code == 303
    assert (stands(portal)[HELD], guardians(portal)) == ("refused", [])


def test_her_mother_takes_it_back_by_a_new_link_to_her_mailbox(portal):
    child = wants_reminders(portal, sign_in(portal, "lena"))
    answer(portal, child, True)
    token = ask_for_link(portal, "gerda@example.org")
    assert PAGE in portal.visitor("athena").get(f"/privacy/choices/mailed?token={token}").text
    assert answer(portal, child, False, token).status_code == 200
    assert (stands(portal)[HELD], guardians(portal)) == ("withdrawn", [])
    assert answer(portal, child, True, token).status_code == 410


def test_lena_takes_it_back_and_no_link_says_yes_any_more(portal):
    lena = sign_in(portal, "lena")
    child = wants_reminders(portal, lena)
    answer(portal, child, True)
    assert choose(lena, shown=(HELD,)).status_code == 303
    assert (stands(portal)[HELD], guardians(portal)) == ("withdrawn", [])
    assert answer(portal, child, True).status_code == 410


@pytest.mark.parametrize("address", ["", "lena@example.org", "Lena@Example.org", "nobody"])
def test_she_names_somebody_else_or_nobody_is_asked(portal, address):
    offer_reminders(portal)
    page = choose(sign_in(portal, "lena"), HELD, shown=(HELD,), age="child", guardian=address)
    assert (page.status_code, "parent or guardian" in page.text, 'value="child" checked' in page.text) == (422, True, True)
    assert stands(portal) == {}
    assert guardians(portal) == []


def test_who_is_no_child_any_more_decides_alone(portal):
    child = wants_reminders(portal, sign_in(portal, "lena"))
    answer(portal, child, True)
    with portal.writing("athena") as session:
        say_age(who(session), Band.YOUNG)
    assert (stands(portal)[HELD], guardians(portal)) == ("given", [])
    assert answer(portal, child, False).status_code == 410
    assert portal.visitor("athena").get(f"{PAGE}?token={ask_for_link(portal, 'gerda@example.org')}").status_code == 410


def test_what_she_agreed_to_alone_expires_when_she_turns_out_to_be_a_child(portal):
    offer_reminders(portal)
    choose(sign_in(portal, "lena"), HELD, shown=(HELD,), age="young")
    assert stands(portal)[HELD] == "given"
    with portal.writing("athena") as session:
        say_age(who(session), Band.CHILD)
        with pytest.raises(Problem, match="answers for you"):
            agree(who(session), "reminders", "email", True, "page")
    assert stands(portal)[HELD] == "expired"


def test_a_mailbox_answers_for_no_other_child(portal):
    child = wants_reminders(portal, sign_in(portal, "lena"))
    with portal.reading("athena") as session:
        theo = str(who(session, "Theo").id)
    assert answer(portal, theo, True).status_code == 422
    assert answer(portal, child, True, ask_for_link(portal, "vic@example.org")).status_code == 410
    assert stands(portal) == {}


def test_lenas_erasure_takes_along_whom_she_named(portal):
    child = wants_reminders(portal, sign_in(portal, "lena"))
    answer(portal, child, True)
    erase(portal)
    assert guardians(portal) == []
    with portal.reading("athena") as session:
        assert session.scalars(select(MailToken).where(MailToken.purpose == TokenPurpose.GUARDIAN)).all() == []
