# SPDX-License-Identifier: MIT
"""Lena objects: at once for offers and news; for a legitimate interest somebody weighs it, and until then nothing is done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from deciding import decide, newest
from erasing import answer_of, habit, held, who
from people import mails, sign_in, work
from sqlalchemy import select
from upart_quizbank.models import Agreed, Answer, Habit

from upart import clock
from upart.accounts.models import SignIn
from upart.keys import pseudonym
from upart.mail.actions import send
from upart.mail.models import MailMessage, MailState
from upart.privacy.taxonomy import Purpose, Reason
from upart.rights.models import RequestState, RightsRequest

FITTED = {"purpose": "personalise", "words": "I like to be surprised."}


def letter(made, purpose: Purpose, name: str = "Lena") -> None:
    """Something is to be mailed to somebody."""
    with made.app.test_request_context(), made.writing("athena") as session:
        send(who(session, name), purpose, subject=f"About {purpose.value}", text="Words.")


def states(made) -> dict[str, MailState]:
    with made.reading("athena") as session:
        return {row.subject_line: row.state for row in session.scalars(select(MailMessage)) if row.subject_line.startswith("About")}


def habits(made) -> int:
    with made.reading("athena") as session:
        return len(session.scalars(select(Habit)).all())


def test_an_objection_waits_for_somebody_who_weighs_it(school):
    habit(school)
    lena = sign_in(school, "lena")
    assert 'href="/privacy/mine/object?purpose=personalise"' in lena.get("/privacy/mine").text
    assert 'value="personalise" checked' in lena.get("/privacy/mine/object?purpose=personalise").text
    answer = lena.post("/privacy/mine/object", data=FITTED)
    work(school)
    page = lena.get(answer.headers["Location"]).text
    assert [words in page for words in ("Waits for a decision", "To fit pages to you", "I like to be surprised.")] == [True] * 3
    assert habits(school) == 1


def test_granted_it_takes_what_was_held_for_that_purpose_and_nothing_else(school):
    habit(school), habit(school, "Theo"), answer_of(school, "Lena")
    lena = sign_in(school, "lena")
    lena.post("/privacy/mine/object", data=FITTED)
    assert decide(school, newest(school).id).state is RequestState.DONE
    with school.reading("athena") as session:
        assert session.scalars(select(Habit.person_id)).all() == [who(session, "Theo").id]
        assert session.scalar(select(Answer.text)) == "Because it rises."
    assert lena.get("/account/").status_code == 200


def test_refused_it_takes_nothing_and_she_reads_the_compelling_grounds_first(school):
    habit(school)
    sign_in(school, "lena").post("/privacy/mine/object", data=FITTED)
    refused = decide(school, newest(school).id, reason=Reason.LEGAL_CLAIM, words="A dispute about your answers is open.")
    assert (refused.state, habits(school)) == (RequestState.REFUSED, 1)
    told = [message.get_body(("plain",)).get_content() for message in mails(school, "lena")]
    assert "A dispute about your answers is open." in told[-2]
    assert "the restriction of your data at Athena ends" in told[-1]
    letter(school, Purpose.PERSONALISE)
    work(school)
    assert states(school) == {"About personalise": MailState.REFUSED}
    with clock.shifted(timedelta(days=4)):
        work(school)
        letter(school, Purpose.PERSONALISE)
        work(school)
        assert "About personalise" in [message["Subject"] for message in mails(school, "lena")]


def test_until_it_is_weighed_nothing_is_mailed_for_that_purpose(school):
    letter(school, Purpose.PERSONALISE), letter(school, Purpose.NOTIFY)
    sign_in(school, "lena").post("/privacy/mine/object", data=FITTED)
    letter(school, Purpose.PERSONALISE), letter(school, Purpose.PERSONALISE, "Theo")
    work(school)
    with school.reading("athena") as session:
        mine = {(row.subject_line, row.state) for row in session.scalars(select(MailMessage).where(MailMessage.recipient == "lena@example.org"))}
    assert {one for one in mine if one[0].startswith("About")} == {("About personalise", MailState.REFUSED), ("About notify", MailState.SENT)}
    assert states(school)["About personalise"] in (MailState.REFUSED, MailState.SENT)
    assert "About personalise" in [message["Subject"] for message in mails(school, "theo")]


@pytest.mark.parametrize("purpose", [Purpose.PROMOTE, Purpose.NEWSLETTER, Purpose.WEBINAR, Purpose.UPDATES])
def test_offers_and_news_end_at_once_also_those_that_wait_to_be_mailed(school, purpose):
    letter(school, purpose)
    sign_in(school, "lena").post("/privacy/mine/object", data={"purpose": purpose.value})
    with school.reading("athena") as session:
        waiting = session.scalars(select(MailMessage).where(MailMessage.purpose == purpose.value)).one()
        assert (waiting.state, waiting.text) == (MailState.REFUSED, "")
    work(school)
    assert newest(school).state is RequestState.DONE
    letter(school, purpose)
    work(school)
    assert [message["Subject"] for message in mails(school, "lena") if message["Subject"].startswith("About")] == []


def test_letters_about_safety_and_rights_come_whatever_she_objects_to(school):
    lena = sign_in(school, "lena")
    assert lena.post("/privacy/mine/object", data={"purpose": "secure"}).status_code == 303
    for purpose in (Purpose.SECURE, Purpose.RIGHTS):
        letter(school, purpose)
    work(school)
    assert set(states(school).values()) == {MailState.SENT}


def test_granted_for_safety_the_sign_ins_go_and_the_sessions_stay(school):
    lena = sign_in(school, "lena")
    lena.post("/privacy/mine/object", data={"purpose": "secure"})
    assert decide(school, newest(school).id).state is RequestState.DONE
    with school.reading("athena") as session:
        assert session.scalars(select(SignIn).where(SignIn.person_id == who(session, "Lena").id)).all() == []
    assert lena.get("/account/").status_code == 200


def test_what_a_law_keeps_stays_and_the_request_says_why(school):
    with school.app.app_context(), school.writing("athena") as session:
        session.add(Agreed(address_digest=pseudonym("lena@example.org")))
    lena = sign_in(school, "lena")
    path = lena.post("/privacy/mine/object", data={"purpose": "claims"}).headers["Location"]
    decide(school, newest(school).id)
    assert "1 line stays:" in lena.get(path).text
    with school.reading("athena") as session:
        assert len(session.scalars(select(Agreed)).all()) == 1


def test_taken_back_it_holds_no_longer(school):
    habit(school)
    lena = sign_in(school, "lena")
    path = lena.post("/privacy/mine/object", data=FITTED).headers["Location"]
    assert lena.post(f"{path}/cancel").status_code == 303
    letter(school, Purpose.PERSONALISE)
    work(school)
    assert states(school) == {"About personalise": MailState.SENT}
    assert habits(school) == 1


def test_two_tabs_make_one_request_and_news_end_only_once(school):
    first, second = sign_in(school, "lena"), sign_in(school, "lena")
    for data in (FITTED, {"purpose": "newsletter"}):
        assert first.post("/privacy/mine/object", data=data).headers["Location"] == second.post("/privacy/mine/object", data=data).headers["Location"]
        work(school)
    second.post("/privacy/mine/object", data={"purpose": "newsletter"})
    with school.reading("athena") as session:
        assert len(session.scalars(select(RightsRequest)).all()) == 2


@pytest.mark.parametrize("purpose", ["", "joy", "learn", "x" * 5000])
def test_a_purpose_that_nobody_can_object_to_is_refused(school, purpose):
    lena = sign_in(school, "lena")
    assert lena.post("/privacy/mine/object", data={"purpose": purpose, "words": "why"}).status_code == 422
    assert lena.get(f"/privacy/mine/object?purpose={purpose}").status_code == (404 if purpose else 200)
    assert lena.post("/privacy/mine/object", data={"purpose": "personalise", "words": "x" * 4001}).status_code == 422


def test_odin_does_not_change_by_a_byte(school):
    habit(school, "Odin", slug="orion"), habit(school)
    before = held(school, "orion")
    sign_in(school, "lena").post("/privacy/mine/object", data=FITTED)
    decide(school, newest(school).id)
    assert held(school, "orion") == before
    assert habits(school) == 0
