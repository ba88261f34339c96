# SPDX-License-Identifier: MIT
"""The process that answers Lena dies, before or after each of its commits: what she asked for is wholly there or not at all, and she can ask again."""

from __future__ import annotations

from erasing import praise, who
from people import sign_in, work
from sqlalchemy import select
from upart_quizbank.models import Praise

from upart.rights.models import RequestState, RightsRequest, RightsStep
from upart.rights.restricting.actions import lift, restrictions_of
from upart.testing import every_kill

HIDE = {"ground": "accuracy", "words": "My date is wrong.", "goes_on": "y"}


def asked(school) -> list[RequestState]:
    """The states of all that was asked for at Athena."""
    with school.reading("athena") as session:
        return [row.state for row in session.scalars(select(RightsRequest))]


def test_a_restriction_is_there_for_everybody_or_for_nobody(school):
    lena, ada, seen = sign_in(school, "lena"), sign_in(school, "ada"), [0]

    def lifted() -> None:
        with school.writing("athena") as session:
            for one in restrictions_of(who(session, "Lena")):
                lift(one, told=True)
        seen.append(len(asked(school)))

    for where in every_kill(lambda: lena.post("/privacy/mine/restrict", data=HIDE), installation=school, before=lifted):
        hidden = "lena@example.org" not in ada.get("/manage/people/").text
        assert len(asked(school)) == seen[-1] + hidden, where
        assert hidden is (where == "after a commit"), where
    print(f"killed at {len(seen) - 2} boundaries")
    assert set(asked(school)) == {RequestState.DONE}
    assert school.breaches() == []


def test_what_rested_on_a_consent_goes_once_it_is_withdrawn_and_never_before(school):
    lena, seen = sign_in(school, "lena"), [0]

    def praised() -> None:
        praise(school)
        seen.append(len(asked(school)))

    for where in every_kill(lambda: lena.post("/privacy/mine/withdraw", data={"purpose": "publish"}), installation=school, before=praised):
        work(school)
        with school.reading("athena") as session:
            assert (session.scalars(select(Praise)).first() is None) is (len(asked(school)) > seen[-1]), where
    work(school)
    with school.reading("athena") as session:
        assert session.scalars(select(Praise)).all() == session.scalars(select(RightsStep.problem).where(RightsStep.problem != "")).all() == []
    assert set(asked(school)) == {RequestState.DONE}
    assert school.breaches() == []
