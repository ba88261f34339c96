# SPDX-License-Identifier: MIT
"""Ada writes down what others ask for: for Lena, by a guardian, by an authority. Whom only Orion knows is nobody here."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from people import link_in, mails, sign_in, work
from queueing import acts_of, on, path, run, state_of
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.rights.models import RequestState, RightsRequest

NEW, LETTER = "/manage/requests/new", "/manage/requests/letter"
LENA = {"person": "lena@example.org", "asked_by": "officer", "kind": "access", "identity": "Identity card seen"}
ASKED = {"about": "lena@example.org", "authority": "Tax office", "base": "Tax code, section 93", "reference": "X-7", "wanted": "All invoices of 2026"}


def entered(browser, data, where=NEW) -> UUID:
    """The id of the request."""
    answer = browser.post(where, data=data)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rpartition("/")[2])


def test_lena_asks_in_the_room_and_gets_her_copy_by_mail(portal):
    ada = sign_in(portal, "ada")
    id = entered(ada, LENA)
    assert "Identity card seen" in ada.get(path(id)).text
    subjects = [mail["Subject"] for mail in mails(portal, "lena")]
    assert any("on your behalf" in subject for subject in subjects)
    assert link_in(mails(portal, "lena")[-1]).startswith("/privacy/archive")
    assert state_of(portal, id) is RequestState.DONE


def test_an_erasure_for_her_waits_72_hours_in_which_she_can_take_it_back(portal):
    id = entered(sign_in(portal, "ada"), {**LENA, "kind": "erase", "asked_by": "guardian"})
    assert state_of(portal, id) is RequestState.PLANNED
    assert sign_in(portal, "lena").post(f"/privacy/requests/{id}/cancel").status_code == 303
    assert state_of(portal, id) is RequestState.CANCELLED


def test_an_erasure_at_once_stands_in_the_history(portal):
    ada = sign_in(portal, "ada")
    id = entered(ada, {**LENA, "kind": "erase", "now": "y"})
    assert "without the 72 hours" in ada.get(path(id)).text
    work(portal)
    assert state_of(portal, id) is RequestState.DONE
    assert "Somebody who is gone" in ada.get(path(id)).text


def test_a_guest_without_an_account_gets_a_link_that_opens_the_copy(portal):
    with portal.writing("athena") as session:
        session.add(Person(name="Gus", email="gus@example.org"))
    entered(sign_in(portal, "ada"), {**LENA, "person": "gus@example.org"})
    vic = portal.visitor("athena")
    assert vic.get(link_in(mails(portal, "gus")[-1])).status_code == 200


def test_how_it_was_checked_is_obligatory_and_what_was_typed_stays(portal):
    ada = sign_in(portal, "ada")
    answer = ada.post(NEW, data={**LENA, "identity": "", "words": "Everything since May"})
    assert (answer.status_code, "Everything since May" in answer.text) == (422, True)
    assert ada.post(NEW, data={**LENA, "kind": "authority"}).status_code == 422


def test_the_same_right_twice_is_refused_in_words_and_the_last_owner_is_not(portal):
    ada = sign_in(portal, "ada")
    entered(ada, {**LENA, "kind": "erase"})
    again = ada.post(NEW, data={**LENA, "kind": "erase"})
    assert (again.status_code, "has used this right already" in again.text) == (409, True)
    owner = ada.post(NEW, data={**LENA, "kind": "erase", "person": "ada@example.org"})
    assert owner.status_code == 303, owner.text


def test_nobody_of_another_academy_can_be_named(portal):
    ada = sign_in(portal, "ada")
    odin, nobody = (ada.post(NEW, data={**LENA, "person": f"{name}@example.org"}) for name in ("odin", "xavi"))
    assert odin.status_code == nobody.status_code == 422
    assert odin.text.replace("odin", "xavi") == nobody.text
    assert [sign_in(portal, "odin").post(where, data=data).status_code for where, data in ((NEW, LENA), (LETTER, ASKED))] == [422, 422]
    for name in ("theo", "lena"):
        assert [sign_in(portal, name).post(where, data=data).status_code for where, data in ((NEW, LENA), (LETTER, ASKED))] == [404, 404]


def test_lena_is_told_of_an_authoritys_letter_and_cannot_take_it_back(portal):
    ada, lena = sign_in(portal, "ada"), sign_in(portal, "lena")
    id = entered(ada, ASKED, LETTER)
    assert "Tax office" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()
    assert "All invoices of 2026" in lena.get(f"/privacy/requests/{id}").text
    assert lena.post(f"/privacy/requests/{id}/cancel").status_code == 409
    ada.post(path(id, "grant"), data={"granted": "Invoices were sent by post."})
    work(portal)
    assert state_of(portal, id) is RequestState.DONE


def test_silence_has_a_day_and_a_reason_and_hides_the_letter_until_then(portal):
    ada, lena, later = sign_in(portal, "ada"), sign_in(portal, "lena"), clock.now() + timedelta(days=10)
    secret = {**ASKED, "tell_on": later.date().isoformat()}
    assert ada.post(LETTER, data=secret).status_code == 422
    assert ada.post(LETTER, data={**ASKED, "tell_on": clock.now().date().isoformat(), "why_later": "x"}).status_code == 422
    before = len(mails(portal, "lena"))
    id = entered(ada, {**secret, "why_later": "Section 95 forbids it"}, LETTER)
    assert "for Lena" in ada.get(path(id)).text
    assert len(mails(portal, "lena")) == before
    pages = [
        lena.get(where) for where in (f"/privacy/requests/{id}", "/privacy/requests/", "/privacy/mine/core/rights_request", "/privacy/mine/core/rights_entry")
    ]
    assert not any("authority" in page.text or str(id) in page.text for page in pages[1:])
    assert pages[0].status_code == 404
    with on(later):
        run(portal)
        assert "Tax office" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()
        assert sign_in(portal, "lena").get(f"/privacy/requests/{id}").status_code == 200


def test_whoever_has_gone_meanwhile_is_told_nothing_and_stands_nowhere(portal):
    ada, later = sign_in(portal, "ada"), clock.now() + timedelta(days=10)
    id = entered(ada, {**ASKED, "tell_on": later.date().isoformat(), "why_later": "Section 95"}, LETTER)
    entered(ada, {**LENA, "kind": "erase", "now": "y"})
    with on(later):
        run(portal)
    with portal.reading("athena") as session:
        row = session.scalars(select(RightsRequest).where(RightsRequest.kind == "authority")).one()
        assert (row.person_id, "whom" in row.details) == (None, False)
    assert "granted" not in acts_of(portal, id)


@pytest.mark.parametrize(
    ("kind", "needs", "state"),
    [
        ("rectify", {"words": "I am called Lena Zell."}, RequestState.NEEDS_DECISION), ("restrict", {"ground": "claims"}, RequestState.DONE),
        ("object", {"purpose": "promote"}, RequestState.DONE), ("withdraw", {"purpose": "publish"}, RequestState.DONE),
    ],
)  # fmt: skip
def test_each_right_can_be_used_for_somebody_who_is_told(school, kind, needs, state):
    ada, asked = sign_in(school, "ada"), {**LENA, "kind": kind}
    missing = ada.post(NEW, data=asked)
    assert (missing.status_code, "The chosen right needs this." in missing.text) == (422, True)
    id = entered(ada, {**asked, **needs})
    assert any("on your behalf" in mail["Subject"] for mail in mails(school, "lena"))
    work(school)
    assert state_of(school, id) is state
    assert "by staff, on their behalf" in ada.get(path(id)).text
    if state is RequestState.NEEDS_DECISION:
        assert ada.post(path(id, "grant"), data={"granted": "Done."}).status_code == 303
        work(school)
        assert state_of(school, id) is RequestState.DONE


def test_a_purpose_that_nothing_rests_on_and_the_same_objection_twice_are_refused_in_words(school):
    ada, asked = sign_in(school, "ada"), {**LENA, "kind": "object", "purpose": "tax"}
    none = ada.post(NEW, data=asked)
    assert (none.status_code, "Nothing is done with their data" in none.text) == (422, True)
    entered(ada, {**asked, "purpose": "personalise"})
    again = ada.post(NEW, data={**asked, "purpose": "personalise"})
    assert (again.status_code, "has used this right already" in again.text) == (409, True)
