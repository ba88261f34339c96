# SPDX-License-Identifier: MIT
"""Lena's data are restricted: what counts on her rows stays right, nobody else sees or uses what they say, she does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from classroom import BREAD, MUSIC, NUMBERS, course_id
from erasing import answer_of, invoice_of, who
from people import NEW, link_in, mails, sign_in, work
from restricting import page, restrict_at
from sqlalchemy import func, select
from upart_courses import public
from upart_courses.actions.learning import enrol, leave
from upart_courses.models import Course, Enrolment, LessonEvent

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import prepared, session
from upart.errors import Problem
from upart.mail.actions import send
from upart.mail.models import MailMessage, MailState
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.engine.holdings import holdings
from upart.rights.restricting.actions import lift, restrict, restrictions_of
from upart.rights.restricting.guards import barred, is_restricted, refuse_if_restricted, restricted_ids
from upart.rights.restricting.holding import held_back
from upart.rights.restricting.models import Ground, Restriction, Scope


def lena_of(made):
    with made.reading("athena") as opened:
        return who(opened, "Lena").id


def test_each_column_is_hidden_for_the_people_it_is_about(school):
    from upart_quizbank.models import Answer, AnswerWords

    answer_of(school, "Lena", "Theo")
    restrict_at(school, "Lena")
    with page(school, "Ada"):
        one, words = session.scalars(select(Answer)).one(), session.scalars(select(AnswerWords)).one()
        assert (one.text, one.steps, one.verdict, one.signed, words.words) == ("…", {}, "", "Theo", "…")
    restrict_at(school, "Theo")
    with page(school, "Lena"):
        assert (session.scalars(select(Answer)).one().text, session.scalars(select(Answer)).one().signed) == ("Because it rises.", "Somebody")
    with page(school, "Theo"):
        assert (session.scalars(select(Answer)).one().text, session.scalars(select(Answer)).one().signed) == ("…", "Theo")


def test_what_is_about_several_people_is_hidden_over_every_path(school):
    from upart_quizbank.models import Duel, Member, Round, Team

    with school.writing("athena") as opened:
        lena, theo = who(opened, "Lena"), who(opened, "Theo")
        duel, team = Duel(challenger_id=lena.id, opponent_id=theo.id, boast="I win", reply="You do not"), Team(name="Owls")
        opened.add_all([duel, team])
        opened.flush()
        opened.add_all([Round(duel_id=duel.id, guess="seven", counter="nine"), Member(team_id=team.id, person_id=lena.id, nickname="Leni")])
    restrict_at(school, "Lena")
    with page(school, "Ada"):
        duel, one = session.scalars(select(Duel)).one(), session.scalars(select(Round)).one()
        assert (duel.boast, duel.reply, one.guess, one.counter) == (None, "You do not", None, "nine")
        assert list(session.scalars(select(Round.guess))) == []
        assert list(session.scalars(select(Round.counter))) == ["nine"]
        assert session.scalars(select(Member)).one().nickname == "Somebody"


def test_an_order_book_adds_up_and_tells_nothing(school):
    from upart_quizbank.models import Invoice

    total = prepared(select(func.count(Invoice.id), func.sum(Invoice.cents)), counts=True)
    for name in ("Lena", "Theo"):
        invoice_of(school, name, clock.now())
    restrict_at(school, "Lena")
    with page(school, "Ada"):
        assert total.first() == (2, 9800)
        assert sorted((row.number, row.name, row.street, row.phone, row.cents) for row in session.scalars(select(Invoice))) == [
            ("7", "Somebody", "…", None, 0), ("7", "Theo", "Lindengasse 4", "+43 1 567", 4900)]  # fmt: skip
        assert list(session.scalars(select(Invoice.name))) == ["Theo"]


def test_a_full_course_counts_her_and_takes_her_back_once(school):
    course = course_id(school, MUSIC)
    with school.reading("athena"):
        before = public.learners([course])
    restrict_at(school, "Lena", goes_on=True)
    with page(school, "Theo", write=True):
        assert public.learners([course]) == before
        learner = session.get(Person, {"academy_id": context.academy.id, "id": lena_of(school)})
        enrol(learner, session.get(Course, {"academy_id": context.academy.id, "id": course}))
    with page(school, "Lena", write=True):
        mine = session.scalars(select(Enrolment).where(Enrolment.course_id == course)).one()
        leave(mine)
        session.flush()
        assert enrol(context.person, mine.course).id == mine.id


def test_relationships_load_masks_too(school):
    from sqlalchemy.orm import joinedload, selectinload

    restrict_at(school, "Theo")
    for how in (joinedload, selectinload):
        with page(school, "Lena"):
            courses = session.scalars(select(Course).options(how(Course.author))).unique().all()
            assert "Theo" not in {course.author.name for course in courses}
            assert "Somebody" in {course.author.name for course in courses}
    with page(school, "Lena"):
        assert "Somebody" in {course.author.name for course in session.scalars(select(Course))}
        assert session.scalar(select(func.count(Course.id)).where(Course.author.has(Person.name == "Theo"))) == 0
        assert public.COURSE.first(slug=MUSIC).teacher is None
        query = select(Course).options(selectinload(Course.author.and_(Person.name == "Theo")))
        assert {course.author for course in session.scalars(query)} == {None}


def test_an_event_is_hidden_through_its_enrolment(school):
    with page(school, "Theo"):
        before = session.scalar(select(func.count(LessonEvent.id)).where(LessonEvent.at.is_not(None)))
    restrict_at(school, "Lena")
    with page(school, "Theo"):
        assert session.scalar(select(func.count(LessonEvent.id)).where(LessonEvent.at.is_not(None))) < before
        assert session.scalar(select(func.count(LessonEvent.id))) == before
        assert {(event.kind.value, str(event.at)) for event in session.scalars(select(LessonEvent))} == {("…", "…")}


def test_a_restriction_reaches_no_farther_than_it_says(school):
    from upart_quizbank.models import Answer

    answers = [answer_of(school, "Lena", words=words) for words in ("One.", "Two.")]
    for scope, seen in (
        ({"scope": Scope.PURPOSE, "name": Purpose.LEARN.value}, ("Lena", {"…"})),
        ({"scope": Scope.TABLE, "name": "person"}, ("Somebody", {"One.", "Two."})),
        ({"scope": Scope.ROW, "name": "quizbank_answer", "row_id": answers[0]}, ("Lena", {"…", "Two."})),
    ):
        made = restrict_at(school, "Lena", **scope)
        with page(school, "Theo"):
            name = session.get(Person, {"academy_id": context.academy.id, "id": lena_of(school)}).name
            assert (name, {row.text for row in session.scalars(select(Answer))}) == seen
        with school.writing("athena") as opened:
            lift(opened.get(Restriction, {"academy_id": context.academy.id, "id": made}), told=True)
    with pytest.raises(Problem, match="reaches no purpose 'gossip'"), school.writing("athena") as opened:
        restrict(who(opened, "Lena"), Ground.ACCURACY, scope=Scope.PURPOSE, name="gossip")


def test_only_her_rights_her_safety_and_money_are_worth_a_mail(school):
    restrict_at(school, "Lena")
    work(school)
    with school.writing("athena") as opened:
        for purpose in (Purpose.LEARN, Purpose.PROMOTE, Purpose.RIGHTS, Purpose.SECURE, Purpose.PAY):
            send(who(opened, "Lena"), purpose, subject=purpose, text="Words.")
    work(school)
    with school.reading("athena") as opened:
        states = dict(opened.execute(select(MailMessage.purpose, MailMessage.state).where(MailMessage.text == "")).all())
    assert {purpose for purpose, state in states.items() if state is MailState.REFUSED} == {"learn", "promote"}
    assert {purpose for purpose, state in states.items() if state is MailState.SENT} >= {"rights", "secure", "pay"}


def test_others_may_ask_whether_they_may_use_her_data(school):
    restrict_at(school, "Lena", goes_on=True)
    with page(school, "Ada"):
        lena = lena_of(school)
        assert restricted_ids() == {lena}
        assert is_restricted(lena)
        assert is_restricted(lena, Purpose.PUBLISH)
        refuse_if_restricted(lena, Purpose.RIGHTS)
        refuse_if_restricted(lena, Purpose.LEARN)  # she has said that this goes on
        with pytest.raises(Problem, match="restricted"):
            refuse_if_restricted(lena, Purpose.PUBLISH)
        assert (barred(Purpose.PUBLISH), barred(Purpose.LEARN), barred(Purpose.RIGHTS)) == ({lena}, set(), set())


def test_what_is_restricted_of_a_table_bars_whoever_uses_that_table(school):
    restrict_at(school, "Lena", scope=Scope.TABLE, name="courses_enrolment")
    with page(school, "Ada"):
        lena = lena_of(school)
        assert (barred(Purpose.LEARN), barred(Purpose.LEARN, "courses_enrolment")) == (set(), {lena})
        refuse_if_restricted(lena, Purpose.LEARN, "courses_certificate")
        with pytest.raises(Problem, match="restricted"):
            refuse_if_restricted(lena, Purpose.LEARN, "courses_enrolment")


def test_she_is_told_before_it_ends_and_it_ends_three_days_later(school):
    made = restrict_at(school, "Lena")
    with school.writing("athena") as opened:
        lift(opened.get(Restriction, {"academy_id": context.academy.id, "id": made}))
    told = [str(message["Subject"]) for message in mails(school, "lena")]
    with page(school, "Ada"):
        assert is_restricted(lena_of(school))
    with clock.shifted(timedelta(days=3, minutes=1)):
        work(school)
    assert told == ["Your data are restricted now", "A restriction of your data ends"]
    with page(school, "Ada"):
        assert not is_restricted(lena_of(school))
        assert session.scalars(select(Person).where(Person.name == "Lena")).one().email == "lena@example.org"


def test_whoever_cannot_be_told_stays_restricted(school):
    made = restrict_at(school, "Lena")
    with school.writing("athena") as opened:
        who(opened, "Lena").email = None
    with pytest.raises(Problem, match="no address"), school.writing("athena") as opened:
        lift(opened.get(Restriction, {"academy_id": context.academy.id, "id": made}))
    with school.writing("athena") as opened:
        lift(opened.get(Restriction, {"academy_id": context.academy.id, "id": made}), told=True)
        assert restrictions_of(who(opened, "Lena")) == []


def test_what_is_restricted_waits(school):
    answer = answer_of(school, "Lena", "Theo")
    answer_of(school, "Theo", words="Another.")
    made = restrict_at(school, "Lena", ground=Ground.CLAIMS)
    with school.everywhere() as opened:
        held = holdings()
        waiting = {
            name: list(opened.scalars(select(held.tables[name].c.id).where(held_back(held, name)))) for name in held.tables if "id" in held.tables[name].c
        }
        events = opened.scalar(
            select(func.count(LessonEvent.id)).join(Enrolment, Enrolment.id == LessonEvent.enrolment_id).where(Enrolment.learner_id == lena_of(school))
        )
    assert (waiting["quizbank_answer"], waiting["person"], len(waiting["courses_lesson_event"])) == ([answer], [lena_of(school)], events)
    assert waiting["courses_course"] == waiting["account"] == []
    with pytest.raises(Problem, match="legal claims"), school.app.test_request_context(), school.writing("athena") as opened:
        ask_to_erase(who(opened, "Lena"))
    with school.writing("athena") as opened:
        lift(opened.get(Restriction, {"academy_id": context.academy.id, "id": made}), told=True)


def test_asking_twice_restricts_once(school):
    assert restrict_at(school, "Lena") == restrict_at(school, "Lena") != restrict_at(school, "Lena", ground=Ground.OBJECTION)
    with page(school, "Ada"):
        assert [one.ground.value for one in restrictions_of(session.get(Person, {"academy_id": context.academy.id, "id": lena_of(school)}))] == ["…", "…"]


def test_she_is_signed_out_and_comes_back_to_all_that_is_hers(portal):
    before = sign_in(portal, "lena")
    restrict_at(portal, "Lena")
    assert before.get("/account/").status_code == 303
    lena = sign_in(portal, "lena", remember=True)
    assert "Lena" in lena.get("/account/profile").text
    assert lena.get(f"/courses/{MUSIC}").status_code == 200
    answer = lena.post(f"/courses/{NUMBERS}/enrol")
    assert (answer.status_code, "Your data are restricted, as you asked" in answer.text) == (409, True)
    assert lena.post("/account/profile", data={"name": "Lena Maria", "zone": "Europe/Vienna"}).status_code == 303
    assert lena.post("/privacy/mine/archive").status_code == 303
    assert link_in(mails(portal, "lena")[-1]).startswith("/privacy/archive")


def test_she_gets_a_new_password(portal):
    restrict_at(portal, "Lena")
    visitor = portal.visitor("athena")
    visitor.post("/reset-password", data={"email": "lena@example.org"})
    path = link_in(mails(portal, "lena")[-1])
    answer = visitor.post("/reset-password/new", data={"token": path.partition("token=")[2], "password": NEW, "again": NEW})
    assert answer.status_code == 303, answer.text
    assert sign_in(portal, "lena", password=NEW).get("/account/").status_code == 200
    assert "Hello Lena" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()


def test_who_goes_on_learning_does(portal):
    lena = sign_in(portal, "lena")
    restrict_at(portal, "Lena", goes_on=True)
    assert lena.post(f"/courses/{NUMBERS}/enrol").status_code == 303
    assert any("Statistics" in str(message["Subject"]) or "Welcome" in str(message["Subject"]) for message in mails(portal, "lena"))


def test_pages_that_were_kept_before_are_not_served_after(portal):
    visitor = portal.visitor("athena")
    assert "Theo" in visitor.get(f"/courses/{BREAD}").text
    restrict_at(portal, "Theo")
    assert "Theo" not in visitor.get(f"/courses/{BREAD}").text


def test_staff_are_told_why_nothing_can_be_changed(portal):
    restrict_at(portal, "Lena")
    lena = lena_of(portal)
    ada = sign_in(portal, "ada")
    shown = ada.get(f"/manage/people/{lena}").text
    refused = ada.post(f"/manage/people/{lena}/suspend")
    assert "lena@example.org" not in shown
    assert "Somebody" in shown
    assert (refused.status_code, "The data of this person are restricted" in refused.text) == (409, True)


def test_one_academy_says_nothing_to_another(portal):
    with portal.everywhere() as opened:
        lena = opened.scalars(select(Person).where(Person.name == "Lena")).one()
        opened.add(Person(academy_id=portal.academy("orion").id, account_id=lena.account_id, name="Lena there", email=lena.email))
    restrict_at(portal, "Lena")
    with page(portal, "Odin", "orion"):
        assert {"Lena there", "Odin"} <= set(session.scalars(select(Person.name)))


def test_she_uses_a_right_by_a_mailed_link(portal):
    restrict_at(portal, "Lena")
    visitor = portal.visitor("athena")
    assert visitor.post("/privacy/ask", data={"email": "lena@example.org", "kind": "access"}).status_code == 303
    token = link_in(mails(portal, "lena")[-1]).partition("token=")[2]
    assert visitor.post("/privacy/requests/confirm", data={"token": token}).status_code == 200
    copy = next(link_in(message) for message in reversed(mails(portal, "lena")) if "copy" in str(message["Subject"]))
    assert visitor.get(copy).status_code == 200
    answer = visitor.post("/privacy/requests/copy", data={"token": copy.partition("token=")[2]})
    assert (answer.status_code, answer.content_type) == (200, "application/zip")


def test_a_notice_that_never_left_lifts_nothing(school):
    made = restrict_at(school, "Lena")
    with school.writing("athena") as opened:
        for n in range(8):
            send(who(opened, "Lena"), Purpose.RIGHTS, subject=f"Words {n}", text="Words.")
        lift(opened.get(Restriction, {"academy_id": context.academy.id, "id": made}))
    with clock.shifted(timedelta(days=3, minutes=1)):
        work(school)
    with school.reading("athena") as opened:
        row = opened.get(Restriction, {"academy_id": context.academy.id, "id": made})
        assert (row.lifted_at, row.told_at, row.lifts_at) == (None, None, None)
        assert is_restricted(row.person_id)
