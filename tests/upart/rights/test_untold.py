# SPDX-License-Identifier: MIT
"""Whom the portal could not tell, Ada tells: she sees who, about whom and what, and says how she did it."""

from __future__ import annotations

import re
from datetime import timedelta

from deciding import newest
from erasing import given_to, praise, who
from people import sign_in, work
from queueing import acts_of, path
from sqlalchemy import select, update
from upart_quizbank.models import Mention, Tone

from upart import clock
from upart.accounts.models import Account
from upart.disclosure.correcting import corrected
from upart.events.models import Event
from upart.jobs.models import Job
from upart.rights.actions.asking import ask_to_erase
from upart.rights.models import Looked, RequestState

OUTSIDE = "/manage/requests/outside"


def forms(browser, act: str) -> list[str]:
    return re.findall(rf'action="({OUTSIDE}/[^"]+/{act})"', browser.get(OUTSIDE).text)


def test_ada_tells_the_choir_and_the_erasure_is_done(school):
    given_to(school, "Lena", "Choir Ltd")
    with school.app.test_request_context(), school.writing("athena") as session:
        id = ask_to_erase(who(session, "Lena")).id
    work(school)
    ada = sign_in(school, "ada")
    assert "One recipient has not been told yet" in ada.get("/manage/requests/").text
    shown = ada.get(OUTSIDE).text
    assert all(text in shown for text in ("Choir Ltd", "to delete what they have", "lena@example.org"))
    [told] = forms(ada, "told")
    assert ada.post(told, data={"how": " "}).status_code == 422
    assert ada.post(told, data={"how": "By phone, Ms Huber"}).status_code == 303
    assert "Told by hand: Choir Ltd. By phone, Ms Huber" in ada.get(path(id)).text
    work(school)
    assert (newest(school).state, acts_of(school, id)[-2:]) == (RequestState.DONE, ["noted", "done"])
    assert "Everybody has been told" in ada.get(OUTSIDE).text
    assert ada.post(told, data={"how": "Again"}).status_code == 404


def test_a_store_that_does_not_move_is_tried_again_at_a_press(school, league):
    league.fails("500")
    sign_in(school, "lena").post("/account/profile", data={"name": "Lena Zell", "zone": "Europe/Vienna"})
    for _time in range(11):
        with school.everywhere() as session:
            session.execute(update(Job).where(Job.task == "disclosure.tell").values(run_at=clock.now()).execution_options(synchronize_session=False))
        work(school)
    with clock.shifted(timedelta(days=1, minutes=1)):
        league.fails("")
        ada = sign_in(school, "ada")
        assert "tried 11 times" in ada.get(OUTSIDE).text
        [again] = forms(ada, "try")
        assert ada.post(again).status_code == 303
        work(school)
        assert forms(ada, "try") == []
    assert [person["name"] for person in league.people.values()] == ["Lena Zell", "Theo"]
    with school.reading("athena") as session:
        assert session.scalars(select(Event.type).where(Event.type == "rights.tried_again")).all() == ["rights.tried_again"]


def test_others_find_nothing_there(school):
    given_to(school, "Lena", "Choir Ltd")
    erasing = {"how": "Never"}
    with school.app.test_request_context(), school.writing("athena") as session:
        ask_to_erase(who(session, "Lena"))
    work(school)
    [told] = forms(sign_in(school, "ada"), "told")
    assert [sign_in(school, name).post(told, data=erasing).status_code for name in ("theo", "odin")] == [404, 404]
    assert "Choir" not in sign_in(school, "odin").get(OUTSIDE).text


def test_ada_sees_what_should_be_corrected_and_lena_sees_that_she_looked(school):
    with school.writing("athena") as session:
        row, typed = Mention(author_id=who(session, "Lena").id, tone=Tone.DOUBT, text="Shaky, I fear"), {"value.tone": "praise", "value.text": "Solid, I know"}
        session.add(row)
        session.flush()
        page = f"/privacy/mine/correct/quizbank/quizbank_mention/{row.id}"
    assert sign_in(school, "lena").post(page, data=typed).status_code == 303
    text = sign_in(school, "ada").get(path(newest(school).id)).text
    assert all(words in text for words in ("Shaky, I fear", "Solid, I know", "What is right"))
    with school.reading("athena") as session:
        lena, ada = (who(session, name).id for name in ("Lena", "Ada"))
        looks = session.scalars(select(Looked).where(Looked.person_id == lena, Looked.looker_id == ada)).all()
    assert any("content.private" in look.categories for look in looks)


def test_ada_sees_which_consent_was_withdrawn(school):
    praise(school)
    sign_in(school, "lena").post("/privacy/mine/withdraw", data={"purpose": "publish"})
    assert 'id="wish"' in sign_in(school, "ada").get(path(newest(school).id)).text


def test_ada_is_never_shown_the_address_with_which_lena_signs_in_elsewhere(school):
    given_to(school, "Lena", "Choir Ltd")
    with school.everywhere() as session:
        session.execute(update(Account).where(Account.email == "lena@example.org").values(email="hidden@example.org"))
    with school.app.test_request_context(), school.writing("athena") as session:
        corrected(who(session, "Lena"), ["person.email"])
        ask_to_erase(who(session, "Lena"))
    for _time in range(2):
        shown = sign_in(school, "ada").get(OUTSIDE).text
        assert "lena@example.org" in shown
        assert "hidden@example.org" not in shown
        work(school)
