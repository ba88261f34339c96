# SPDX-License-Identifier: MIT
"""Lena no longer agrees: exactly what rested on that consent goes, at once; what the contract needs stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from deciding import newest
from erasing import answer_of, habit, held, praise, text, who
from people import sign_in, work
from sqlalchemy import select
from upart_quizbank.models import Answer, Guest, Habit, Member, Praise, Team

from upart import clock
from upart.jobs.models import Job
from upart.keys import pseudonym
from upart.privacy.taxonomy import Basis, Purpose
from upart.rights.actions.objecting import ask_to_withdraw
from upart.rights.engine.erasing import Eraser
from upart.rights.engine.holdings import holdings
from upart.rights.engine.selecting import resting_on
from upart.rights.models import RequestKind, RequestState, RightsRequest, RightsStep

PUBLISH = {"purpose": "publish"}


def member(made, name: str = "Lena", slug: str = "athena") -> None:
    """Somebody is in a team, with a motto that they agreed to show."""
    with made.writing(slug) as session:
        team = Team(name="Lynx")
        session.add(team)
        session.flush()
        session.add(Member(team_id=team.id, person_id=who(session, name).id, nickname="Lenka", motto="Never a comma too few"))


def test_the_plan_says_in_numbers_what_would_go(school):
    praise(school), praise(school), member(school), answer_of(school, "Lena")
    page = sign_in(school, "lena").get("/privacy/mine/withdraw").text
    assert "2 lines are deleted" in page
    assert "emptied in 1 line" in page
    assert "quizbank_answer" not in page
    with school.reading("athena") as session:
        assert len(session.scalars(select(Praise)).all()) == 2


def test_what_rested_on_consent_goes_at_once_and_all_else_stays(school):
    praise(school), praise(school, "Theo", "Theo loves it."), member(school), answer_of(school, "Lena"), habit(school)
    before = {place: row for place, row in held(school).items() if place[0] in ("quizbank_answer", "quizbank_habit", "courses_enrolment", "person")}
    lena = sign_in(school, "lena")
    assert lena.post("/privacy/mine/withdraw", data=PUBLISH).status_code == 303
    work(school)
    assert newest(school).state is RequestState.DONE
    with school.reading("athena") as session:
        assert session.scalars(select(Praise.sentence)).all() == ["Theo loves it."]
        assert session.execute(select(Member.nickname, Member.motto)).one() == ("Lenka", None)
    assert {place: row for place, row in held(school).items() if place in before} == before
    assert "Never a comma" not in text(school)


def test_the_request_says_what_was_done_and_she_stays_signed_in(school):
    praise(school), member(school)
    lena = sign_in(school, "lena")
    path = lena.post("/privacy/mine/withdraw", data=PUBLISH).headers["Location"]
    work(school)
    page = lena.get(path).text
    assert [words in page for words in ("Consent withdrawn", "To publish what you choose", "1 line deleted", "emptied in 1 line", "Done")] == [True] * 5
    with school.reading("athena") as session:
        holders = session.scalars(select(RightsStep.holder).order_by(RightsStep.position)).all()
    assert set(holders) == {"academy:quizbank_praise", "academy:quizbank_member", "bytes"}


def test_what_is_found_by_an_address_alone_goes_as_well(school):
    with school.app.app_context(), school.writing("athena") as session:
        session.add(Guest(address_digest=pseudonym("lena@example.org"), nickname="Lenka", points=3))
        session.add(Guest(address_digest=pseudonym("zoe@example.org"), nickname="Zoe", points=4))
    sign_in(school, "lena").post("/privacy/mine/withdraw", data={"purpose": "learn"})
    work(school)
    with school.reading("athena") as session:
        assert session.scalars(select(Guest.nickname)).all() == ["Zoe"]
    assert newest(school).state is RequestState.DONE


def test_the_same_purpose_on_another_basis_stays(school):
    answer_of(school, "Lena")
    sign_in(school, "lena").post("/privacy/mine/withdraw", data={"purpose": "learn"})
    work(school)
    with school.reading("athena") as session:
        assert session.scalar(select(Answer.text)) == "Because it rises."


def test_she_can_agree_again_and_withdraw_again(school):
    lena = sign_in(school, "lena")
    for _time in range(2):
        praise(school)
        lena.post("/privacy/mine/withdraw", data=PUBLISH)
        work(school)
    with school.reading("athena") as session:
        assert session.scalars(select(Praise)).all() == []
        assert [row.state for row in session.scalars(select(RightsRequest))] == [RequestState.DONE] * 2


def test_two_tabs_make_one_request(school):
    praise(school)
    first, second = sign_in(school, "lena"), sign_in(school, "lena")
    assert len({browser.post("/privacy/mine/withdraw", data=PUBLISH).headers["Location"] for browser in (first, second)}) == 1


@pytest.mark.parametrize("purpose", ["", "joy", "account", "webinar", "x" * 5000])
def test_a_purpose_that_rests_on_no_consent_is_refused(school, purpose):
    lena = sign_in(school, "lena")
    assert lena.post("/privacy/mine/withdraw", data={"purpose": purpose}).status_code == 422
    assert lena.get(f"/privacy/mine/withdraw?purpose={purpose}").status_code == (404 if purpose else 200)


def test_whoever_withdraws_and_then_leaves_is_gone_and_no_job_is_left_over(school):
    praise(school), member(school)
    lena = sign_in(school, "lena")
    lena.post("/privacy/mine/withdraw", data=PUBLISH)
    assert lena.post("/privacy/mine/erase", data={"sure": "y", "now": "y"}).status_code == 200
    work(school)
    with school.reading("athena") as session:
        states = {row.kind: row.state for row in session.scalars(select(RightsRequest))}
        assert states == {RequestKind.WITHDRAW: RequestState.CANCELLED, RequestKind.ERASE: RequestState.DONE}
        assert session.scalars(select(Job.task).where(Job.task == "rights.erase")).all() == []
    assert "Never a comma" not in text(school)


def test_a_part_takes_along_what_hangs_on_it_and_never_a_person(school):
    with school.app.app_context():
        part = resting_on(holdings(), Purpose.LEARN, (Basis.CONTRACT,))
        assert {"quizbank_answer", "quizbank_words", "quizbank_round", "courses_enrolment", "courses_lesson_event"} <= part.tables
        assert "nickname" in part.columns["quizbank_member"]
        assert not {"person", "account", "quizbank_guest", "quizbank_praise"} & {*part.tables, *part.columns}
        copied = resting_on(holdings(), Purpose.ACCOUNT, (Basis.CONTRACT,))
        assert copied.tables == {"mail_token", "job", "api_token", "api_answer", "manage_work", "manage_import"}


def test_odin_does_not_change_by_a_byte(school):
    praise(school, "Odin", slug="orion"), member(school, "Odin", "orion"), praise(school)
    before = held(school, "orion")
    sign_in(school, "lena").post("/privacy/mine/withdraw", data=PUBLISH)
    work(school)
    assert held(school, "orion") == before


def test_a_table_that_fails_leaves_it_open_and_is_done_by_itself(school, monkeypatch):
    praise(school), member(school)
    with school.app.test_request_context(), school.writing("athena") as session:
        ask_to_withdraw(who(session, "Lena"), Purpose.PUBLISH)
    erase = Eraser.erase
    with monkeypatch.context() as broken:
        broken.setattr(Eraser, "erase", lambda self, entry: 1 / 0 if entry.table == "quizbank_praise" else erase(self, entry))
        work(school)
    assert newest(school).state is RequestState.PARTIALLY_DONE
    with school.reading("athena") as session:
        assert session.scalar(select(Member.motto)) is None
        assert session.scalars(select(Habit)).all() == []
    with clock.shifted(timedelta(minutes=1)):
        work(school)
    assert newest(school).state is RequestState.DONE
