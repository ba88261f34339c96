# SPDX-License-Identifier: MIT
"""What nobody's page sends: choices for somebody else, purposes and channels that are none, texts that have changed, too much of everything."""

from __future__ import annotations

import pytest
from choosing import became, choose, letter, order_news, stands, who
from erasing import erase
from people import sign_in
from sqlalchemy import select

from upart.consent.actions import choose as agree
from upart.consent.folding import state_of
from upart.consent.gate import may_use
from upart.consent.models import ConsentEvent
from upart.errors import Problem, UpartError
from upart.mail.actions import send
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground


def test_choices_for_somebody_else_are_her_own(portal):
    with portal.reading("athena") as session:
        theo = str(who(session, "Theo").id)
    lena = sign_in(portal, "lena")
    more = {"person": theo, "person_id": theo, "email": "theo@example.org"}
    assert choose(lena, "personalise|", age="adult", **more).status_code == 303
    assert stands(portal, "Theo") == {}
    assert choose(portal.visitor("athena"), "personalise|", age="adult", **more).status_code in (302, 401)
    assert choose(lena, path=f"/privacy/choices?person={theo}").status_code == 303
    assert stands(portal, "Theo") == {}


@pytest.mark.parametrize("box", ["joy|email", "newsletter|sms", "newsletter|", "newsletter", "|", "learn|email", "x" * 5000, "newsletter|email|1|2"])
def test_a_box_that_nobody_offers_is_refused(portal, box):
    lena = sign_in(portal, "lena")
    assert choose(lena, box, age="adult").status_code == 422
    assert choose(lena, shown=(box,), age="adult").status_code == 422
    assert stands(portal) == {}


@pytest.mark.parametrize("data", [{"age": "old"}, {"age": "x" * 999}])
def test_an_age_that_is_none_is_refused(portal, data):
    assert choose(sign_in(portal, "lena"), "personalise|", **data).status_code == 422
    assert stands(portal) == {}


def test_a_text_that_has_changed_since_is_read_again_first(portal):
    answer = choose(sign_in(portal, "lena"), "personalise|", age="adult", version=0)
    assert (answer.status_code, "A text has changed" in answer.text) == (422, True)
    assert stands(portal) == {}


def test_actions_refuse_what_is_not_offered(portal):
    with portal.writing("athena") as session:
        for purpose, channel in (("joy", "email"), ("newsletter", "sms"), ("personalise", "email")):
            with pytest.raises(Problem, match="cannot be chosen"):
                agree(who(session), purpose, channel, True, "test")


@pytest.mark.parametrize("purpose", ["", "joy", "Newsletter", "newsletter "])
def test_nothing_is_sent_without_a_purpose(portal, purpose):
    with portal.app.test_request_context(), portal.writing("athena") as session, pytest.raises(UpartError, match="There is no purpose"):
        send(who(session), purpose, subject="Hello", text="Words.")


def test_news_to_an_address_that_nobody_is_known_by_do_not_leave(portal):
    with portal.app.test_request_context(), portal.writing("athena"):
        send(None, "newsletter", subject="News of May", text="Words.", to="vic@example.org")
    assert became(portal) == [("refused", "consent")]


def test_while_her_data_are_restricted_her_yes_opens_nothing_and_her_no_counts(portal):
    lena = sign_in(portal, "lena")
    order_news(portal, lena)
    letter(portal)
    with portal.app.test_request_context(), portal.writing("athena") as session:
        lena_id = who(session).id
        restrict(who(session), Ground.ACCURACY, goes_on=True)
    with portal.reading("athena"):
        assert not may_use(lena_id, "newsletter", "email")
    assert became(portal) == [("refused", "objection")]
    assert choose(lena).status_code == 303
    with portal.reading("athena"):
        assert state_of(lena_id)[("newsletter", "email")].stands.value == "withdrawn"


def test_to_somebody_erased_nothing_leaves_and_what_stays_names_nobody(portal):
    order_news(portal, sign_in(portal, "lena"))
    letter(portal)
    with portal.reading("athena") as session:
        id = who(session).id
    erase(portal)
    assert became(portal) == []
    with portal.reading("athena") as session:
        assert not may_use(id, "newsletter", "email")
        left = session.scalars(select(ConsentEvent)).all()
        assert {(row.person_id, row.purpose, len(row.proof)) for row in left if row.choice.value == "given"} == {(None, "newsletter", 64)}
