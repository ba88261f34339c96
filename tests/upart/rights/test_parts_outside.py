# SPDX-License-Identifier: MIT
"""Lena withdraws a consent: whoever outside received what rested on it is told to erase exactly that (GDPR art. 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from deciding import newest
from erasing import given_to, praise
from people import sign_in, work
from sqlalchemy import select
from upart_quizbank.league import LEAGUE

from upart import clock
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.dead_letters import dead_letters, told_by_hand
from upart.rights.models import RequestState, RightsStep

PUBLISH = {"purpose": "publish"}
SENTENCE = "quizbank_praise.sentence"


def withdraw(school) -> None:
    praise(school)
    assert sign_in(school, "lena").post("/privacy/mine/withdraw", data=PUBLISH).status_code == 303
    work(school)


def outside(school) -> list[tuple[str, str]]:
    with school.reading("athena") as session:
        return [(step.holder, step.state.value) for step in session.scalars(select(RightsStep)) if step.holder.startswith(("store:", "recipient:"))]


def can_erase_parts(school, seen: list) -> None:
    stores = school.state.plugins.get("quizbank").stores
    stores[0] = replace(stores[0], erase_part=lambda subject: seen.append((subject.addresses, subject.fields)))


def test_the_league_erases_what_rested_on_the_consent_and_keeps_her_name(school, league):
    seen: list = []
    can_erase_parts(school, seen)
    given_to(school, "Lena", LEAGUE, (SENTENCE, "person.name"), purpose=Purpose.PUBLISH)
    withdraw(school)
    assert seen == [(("lena@example.org",), (SENTENCE,))], "it has her name for the lessons too"
    assert (outside(school), newest(school).state) == ([("store:quizbank.league", "done")], RequestState.DONE)
    assert len(league.people) == 2


def test_a_store_that_holds_nothing_else_erases_her_and_is_tried_until_it_has(school):
    seen: list = []
    stores = school.state.plugins.get("quizbank").stores

    def erase(subject) -> None:
        if not seen:
            raise ConnectionRefusedError
        seen.append(subject.fields)

    stores[0] = replace(stores[0], erase=erase)
    given_to(school, "Lena", LEAGUE, ("person.name",), purpose=Purpose.PUBLISH)
    withdraw(school)
    assert (outside(school), newest(school).state) == ([("store:quizbank.league", "failed")], RequestState.PARTIALLY_DONE)
    seen.append("up again")
    with clock.shifted(timedelta(minutes=1)):
        work(school)
    assert (seen, newest(school).state) == (["up again", ("person.name",)], RequestState.DONE)


def test_one_that_cannot_erase_a_part_is_told_by_hand(school, league):
    given_to(school, "Lena", LEAGUE, (SENTENCE,))
    withdraw(school)
    assert (outside(school), newest(school).state) == ([(f"recipient:{LEAGUE}", "failed")], RequestState.PARTIALLY_DONE)
    with school.reading("athena"):
        [letter] = dead_letters()
    assert (letter.what, letter.by_hand) == ("withdraw", True)
    with school.app.test_request_context(), school.writing("athena"):
        told_by_hand(letter.id)
    work(school)
    assert (newest(school).state, league.calls) == (RequestState.DONE, [])


def test_who_received_nothing_of_it_hears_nothing(school, league):
    withdraw(school)
    assert (outside(school), newest(school).state, league.calls) == ([], RequestState.DONE, [])
