# SPDX-License-Identifier: MIT
"""Who is erased is gone, who is not stays as they are: owners, teachers, two people in one row, those who come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from classroom import MUSIC
from erasing import answer_of, erase, held, invoice_of, numbers, outcome, text, who
from people import NEW, mails, sign_in, sign_up, token_in, work
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from upart_courses.models import Course, Enrolment
from upart_quizbank.models import Answer, Duel, Habit, Invoice, Round

from upart import clock
from upart.accounts.models import Account, Person
from upart.cli.demo import PASSWORD
from upart.rights.actions.steps import plan_in_numbers
from upart.rights.engine.holdings import holdings
from upart.rights.subjects import with_account_of


def test_theo_goes_and_his_learners_keep_all(school):
    with school.reading("athena") as session:
        before = {row.id: (row.learner_id, row.enrolled_at, row.completed_at) for row in session.scalars(select(Enrolment))}
    erase(school, "Theo")
    with school.reading("athena") as session:
        assert {row.id: (row.learner_id, row.enrolled_at, row.completed_at) for row in session.scalars(select(Enrolment))} == before
        assert session.scalars(select(Course).where(Course.slug == MUSIC)).one().author_id is None
    assert sign_in(school, "lena").get(f"/learn/{MUSIC}/").status_code == 303


def test_of_two_people_in_one_row_the_one_who_goes_takes_only_what_is_theirs(school):
    id = answer_of(school, "Lena", reviewer="Theo")
    erase(school, "Theo")
    with school.reading("athena") as session:
        row = session.scalars(select(Answer).where(Answer.id == id)).one()
        assert (row.reviewer_id, row.signed, row.text, row.verdict) == (None, "", "Because it rises.", "Right.")
    erase(school, "Lena")
    assert "Because it rises." not in text(school)


def test_a_shared_row_goes_with_the_last_of_its_people(school):
    with school.writing("athena") as session:
        duel = Duel(challenger_id=who(session, "Lena").id, opponent_id=who(session, "Theo").id, boast="I win", reply="I do")
        session.add(duel)
        session.flush()
        session.add(Round(duel_id=duel.id, guess="seven", counter="eight"))
    erase(school, "Lena")
    with school.reading("athena") as session:
        assert session.execute(select(Duel.challenger_id, Duel.boast, Duel.reply)).all() == [(None, None, "I do")]
        assert session.execute(select(Round.guess, Round.counter)).all() == [(None, "eight")]
    erase(school, "Theo")
    with school.reading("athena") as session:
        assert (session.scalars(select(Duel)).all(), session.scalars(select(Round)).all()) == ([], [])


def test_whoever_comes_back_with_the_same_address_is_somebody_new(school):
    answer_of(school, "Lena")
    with school.reading("athena") as session:
        old = who(session, "Lena").id
    erase(school, "Lena", with_account=True)
    browser = sign_up(school, "Lena", "lena@example.org")
    assert browser.post("/sign-up/confirm", data={"token": token_in(mails(school, "lena@")[-1]), "password": NEW}).status_code == 303
    with school.reading("athena") as session:
        assert who(session, "Lena").id != old
        assert session.scalars(select(Enrolment)).all() == session.scalars(select(Answer)).all() == []
    assert str(old) not in text(school)


def test_the_account_goes_with_her_only_if_she_says_so(school):
    erase(school, "Lena")
    assert "You are not in this academy" in school.visitor("athena").post("/sign-in", data={"email": "lena@example.org", "password": PASSWORD}).text
    erase(school, "Theo", with_account=True)
    with school.everywhere() as session:
        assert sorted(session.scalars(select(Account.email))) == ["ada@example.org", "lena@example.org", "odin@example.org"]


def test_the_plan_in_numbers_is_what_is_done(school):
    answer_of(school, "Lena", reviewer="Theo")
    invoice_of(school, "Lena", clock.now())
    sign_in(school, "lena")
    with school.reading("athena") as session:
        plan = numbers(plan_in_numbers(holdings(), with_account_of(who(session, "Lena"), True)))
    done = numbers(outcome(school, erase(school, "Lena", with_account=True))["tables"])
    assert done == plan
    assert (plan["quizbank_answer"], plan["quizbank_invoice"], plan["user_session"], plan["account"]) == ((1, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 0))


def test_another_academy_does_not_change_by_a_byte(school):
    answer_of(school, "Odin", slug="orion")
    before = held(school, "orion")
    erase(school, "Lena", with_account=True)
    erase(school, "Theo")
    assert held(school, "orion") == before


def test_an_invoice_stays_as_it_was_printed_and_goes_when_its_law_has_run_out(school):
    kept, old = invoice_of(school, "Lena", clock.now()), invoice_of(school, "Lena", clock.now() - timedelta(days=365 * 9 + 30))
    request = erase(school, "Lena")
    with school.reading("athena") as session:
        row = session.scalars(select(Invoice)).one()
        assert (row.id, row.payer_id, row.name, row.street, row.cents, row.phone) == (kept, None, "Lena", "Lindengasse 4", 4900, None)
    assert old != kept
    said = next(row for row in outcome(school, request)["tables"] if row["table"] == "quizbank_invoice")
    assert (said["deleted"], said["kept"], said["reason"]) == (1, 1, "DE.invoice")
    assert said["kept_until"].isoformat() == f"{clock.now().year + 9}-01-01"
    theirs = invoice_of(school, "Theo", clock.now())
    with clock.shifted(timedelta(days=365 * 9 + 10)):
        erase(school, "Theo")
    with school.reading("athena") as session:
        assert theirs not in session.scalars(select(Invoice.id)).all()


def test_somebody_without_an_account_goes_as_well(school):
    with school.writing("athena") as session:
        session.add(Person(name="Gus", email="gus@example.org"))
    answer_of(school, "Gus")
    erase(school, "Gus")
    assert "Gus" not in text(school)
    assert "gus@" not in text(school)
    work(school)


def test_of_messages_between_two_the_senders_side_goes_and_the_body_stays_for_the_other_as_declared(school):
    with school.writing("athena") as session:
        session.add(Duel(challenger_id=who(session, "Lena").id, opponent_id=who(session, "Theo").id, boast="From Lena", reply="From Theo"))
    erase(school, "Lena")
    with school.reading("athena") as session:
        assert session.execute(select(Duel.challenger_id, Duel.boast, Duel.opponent_id, Duel.reply)).all() == [
            (None, None, who(session, "Theo").id, "From Theo")
        ]


def test_a_late_answer_about_somebody_erased_brings_no_row_back(school):
    """A provider answers days later: what its job wants to write about her finds nobody."""
    with school.reading("athena") as session:
        lena = who(session, "Lena").id
    erase(school, "Lena", with_account=True)
    before = held(school)
    with pytest.raises(IntegrityError), school.writing("athena") as session:
        session.add(Habit(person_id=lena, hour=7, likes="late"))
        session.flush()
    assert held(school) == before


def test_who_is_in_two_academies_and_asks_on_the_platform_shows_neither_to_the_other(school):
    for slug in ("orion", "platform"):
        with school.reading("athena") as session:
            lena = who(session, "Lena")
        with school.writing(slug) as session:
            session.add(Person(name="Lena", email="lena@example.org", account_id=lena.account_id, roles=["learner"]))
    names = {str(school.academy("athena").id), school.academy("athena").id.hex, "athena", "Athena"}
    browser = sign_in(school, "lena", "platform")
    answer = browser.post("/account/close", data={"sure": "y", "now": "y", "academies": [str(school.academy("orion").id), str(school.academy("athena").id)]})
    assert answer.status_code == 200
    work(school)
    rows = text(school, "orion")
    assert {name for name in names if name in rows} == set()
    assert "Lena" not in rows
    letters = " ".join(str(mail) for mail in mails(school, "odin@"))
    assert {name for name in names if name in letters} == set()
    sees = sign_in(school, "odin")
    assert "thena" not in "".join(sees.get(path).text for path in ("/manage/requests/", "/manage/requests/?show=ended", "/manage/people/", "/manage/audit"))
