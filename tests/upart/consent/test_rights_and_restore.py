# SPDX-License-Identifier: MIT
"""Rights and choices are one: an objection shows as a no, a withdrawal takes both; and yesterday's database does not know better."""

from __future__ import annotations

from datetime import timedelta

import pytest
from choosing import became, choose, letter, order_news, stands, stop_link, who
from people import sign_in, work
from restoring import backup, kinds
from sqlalchemy import func, select

from upart import clock
from upart.accounts.models import Person
from upart.consent.actions import choose as agree
from upart.consent.gate import may_use
from upart.consent.models import AgeBand, ConsentEvent, PurposeText, Suppression
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.objecting import ask_to_object, ask_to_withdraw


def test_an_objection_to_news_shows_as_taken_back_and_a_later_yes_counts_again(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    assert lena.post("/privacy/mine/object", data={"purpose": "newsletter"}).status_code == 303
    assert stands(portal)["newsletter|email"] == "withdrawn"
    work(portal)
    order_news(portal, lena)
    letter(portal)
    assert became(portal) == [("sent", "")]


def test_who_never_agreed_and_objects_has_refused(portal):
    sign_in(portal, "theo").post("/privacy/mine/object", data={"purpose": "promote"})
    assert stands(portal, "Theo") == {"promote|email": "refused"}


def test_a_withdrawal_on_the_privacy_page_ends_the_use_as_well(portal):
    with portal.app.test_request_context(), portal.writing("athena") as session:
        agree(who(session), "personalise", "", True, "test")
        ask_to_withdraw(who(session), Purpose.PERSONALISE)
        assert not may_use(who(session), "personalise")
    assert stands(portal) == {"personalise|": "withdrawn"}


@pytest.mark.parametrize("way", ["unsubscribe", "page", "objection"])
def test_what_she_stopped_since_the_backup_stays_stopped_before_the_first_job(portal, way):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    letter(portal, subject="News of April")
    path = stop_link(portal)
    letter(portal)  # it waits in the backup
    put_back = backup(portal)
    if way == "unsubscribe":
        portal.visitor("athena").post(path, data={"List-Unsubscribe": "One-Click"})
    elif way == "page":
        choose(sign_in(portal, "lena"))
    else:
        with portal.app.test_request_context(), portal.writing("athena") as session:
            ask_to_object(who(session), Purpose.NEWSLETTER)
    portal = put_back()
    assert became(portal) == [("refused", "consent" if way != "objection" else "objection")]  # the worker is the first to start
    assert stands(portal)["newsletter|email"] == "withdrawn"
    assert {"unsubscribe": "suppression", "page": "refusal", "objection": "objection"}[way] in kinds(portal)


def test_who_came_back_with_the_old_address_and_agreed_stays(portal):
    order_news(portal, sign_in(portal, "lena"))
    put_back = backup(portal)
    choose(sign_in(portal, "lena"))
    portal = put_back()
    work(portal)
    assert stands(portal)["newsletter|email"] == "withdrawn"
    order_news(portal, sign_in(portal, "lena"))
    again = backup(portal)  # a copy that knows the yes, beside the older no
    portal = again()
    letter(portal)
    assert became(portal) == [("sent", "")]


def test_a_newcomer_with_the_address_of_somebody_who_stopped_is_not_meant(portal):
    order_news(portal, sign_in(portal, "lena"))
    choose(sign_in(portal, "lena"))
    with portal.writing("athena") as session:
        who(session).email = "lena@elsewhere.example"
        session.flush()
        session.add(Person(name="Lena B.", email="lena@example.org"))
        session.flush()
        agree(who(session, "Lena B."), "newsletter", "email", True, "test")
    portal = backup(portal)()
    letter(portal, name="Lena B.")
    assert became(portal) == [("sent", "")]


def test_when_the_academy_closes_proofs_stay_that_name_nobody_and_words_go(portal):
    order_news(portal, sign_in(portal, "lena"))
    choose(sign_in(portal, "lena"))
    assert sign_in(portal, "ada").post("/manage/close/", data={"sure": "y", "name": "athena"}).status_code == 303
    for hour in range(6):
        with clock.shifted(timedelta(days=30 * bool(hour), hours=hour)):
            work(portal)
    with portal.everywhere() as session:
        left = session.execute(select(ConsentEvent.person_id, ConsentEvent.text_id, ConsentEvent.choice)).all()
        assert {(person, text) for person, text, _choice in left} == {(None, None)}
        assert [choice.value for *_, choice in left].count("withdrawn") == 1
        assert [session.scalar(select(func.count(table.id))) for table in (AgeBand, PurposeText, Suppression)] == [
            0,
            0,
            3,
        ]  # she said no to three kinds of mail
