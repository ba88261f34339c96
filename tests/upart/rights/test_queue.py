# SPDX-License-Identifier: MIT
"""Ada answers requests: takes, writes, grants, refuses with a reason, takes more time. Others find nothing there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from people import mails, sign_in, work
from queueing import acts_of, make_officer, path, state_of, waiting
from sqlalchemy import update

from upart import clock
from upart.privacy.taxonomy import Reason
from upart.rights.actions.attempting import STUBBORN
from upart.rights.models import RequestKind, RequestState, RightsStep, StepState

ACTS = ("take", "release", "try", "grant", "refuse", "answer", "note", "extend")
REASON = Reason.LEGAL_CLAIM.value


def test_ada_finds_it_takes_it_and_grants_it(portal):
    id, ada = waiting(portal), sign_in(portal, "ada")
    assert "Authority: " in ada.get("/manage/").text
    assert f'href="{path(id)}"' in ada.get("/manage/requests/").text
    assert ada.post(path(id, "take")).status_code == 303
    assert "Ada has it" in ada.get(path(id)).text
    assert ada.post(path(id, "grant"), data={"granted": "You are right."}).status_code == 303
    work(portal)
    assert state_of(portal, id) is RequestState.DONE
    assert acts_of(portal, id) == ["received", "taken", "granted", "begun", "done"]
    assert "You are right." in sign_in(portal, "lena").get(f"/privacy/requests/{id}").text


def test_a_refusal_names_reason_authority_and_court(portal):
    id, ada = waiting(portal), sign_in(portal, "ada")
    assert ada.post(path(id, "refuse"), data={"reason": REASON, "refused": ""}).status_code == 422
    assert ada.post(path(id, "refuse"), data={"reason": REASON, "refused": "We are in court."}).status_code == 303
    assert state_of(portal, id) is RequestState.REFUSED
    text = mails(portal, "lena")[-1].get_body(("plain",)).get_content()
    assert all(words in text for words in ("needed for legal claims", "We are in court.", "the Austrian Data Protection Authority, Barichgasse", "court"))


def test_what_was_planned_without_steps_can_be_refused_too(portal):
    id, ada = waiting(portal, kind=RequestKind.ERASE), sign_in(portal, "ada")
    with portal.writing("athena") as session:
        session.query(RightsStep).filter_by(request_id=id).delete()
    assert ada.post(path(id, "refuse"), data={"reason": REASON, "refused": "We are in court."}).status_code == 303
    assert state_of(portal, id) is RequestState.REFUSED
    assert "needed for legal claims" in sign_in(portal, "lena").get(f"/privacy/requests/{id}").text


def test_what_was_typed_stays_when_it_cannot_be_done(portal):
    id, ada = waiting(portal), sign_in(portal, "ada")
    for act, data, kept in (
        ("refuse", {"refused": "Kept words"}, "Kept words"),
        ("note", {"note": "n" * 5001}, "n" * 5001),
        ("extend", {"why": ""}, "Take two"),
    ):
        answer = ada.post(path(id, act), data=data)
        assert (answer.status_code, kept in answer.text) == (422, True)
    ada.post(path(id, "refuse"), data={"reason": REASON, "refused": "No."})
    late = ada.post(path(id, "extend"), data={"why": "Many papers"})
    assert (late.status_code, "has ended" in late.text) == (409, True)
    assert [ada.post(path(id, act)).status_code for act in ("take", "release", "try", "grant")] == [409] * 4


def test_ada_writes_to_lena_from_a_text_and_leaves_a_note_that_lena_does_not_see(portal):
    id, ada = waiting(portal), sign_in(portal, "ada")
    assert "Dear Lena,\n\nwe are working on your request" in ada.get(path(id) + "?start=progress").text
    assert ada.post(path(id, "answer"), data={"answer": "Which course do you mean?"}).status_code == 303
    ada.post(path(id, "note"), data={"note": "She called twice."})
    assert "Which course do you mean?" in mails(portal, "lena")[-1].get_body(("plain",)).get_content()
    page = sign_in(portal, "lena").get(f"/privacy/requests/{id}").text
    assert ("Which course do you mean?" in page, "She called twice." in page) == (True, False)
    assert "She called twice." in ada.get(path(id)).text


def test_more_time_is_told_to_lena_and_refused_after_the_first_month(portal):
    id, late, ada = waiting(portal), waiting(portal, at=clock.now() - timedelta(days=40)), sign_in(portal, "ada")
    assert ada.post(path(id, "extend"), data={"why": "Three archives."}).status_code == 303
    assert "Three archives." in mails(portal, "lena")[-1].get_body(("plain",)).get_content()
    answer = ada.post(path(late, "extend"), data={"why": "Forgot it."})
    assert (answer.status_code, "only within the first month" in answer.text, "Forgot it." in answer.text) == (409, True, True)


def test_a_colleague_who_has_it_keeps_it(portal):
    make_officer(portal)
    id, ada, theo = waiting(portal), sign_in(portal, "ada"), sign_in(portal, "theo")
    assert theo.post(path(id, "take")).status_code == 303
    assert [ada.post(path(id, act)).status_code for act in ("take", "release")] == [409, 409]
    assert (path(id) in theo.get("/manage/requests/?show=mine").text, path(id) in ada.get("/manage/requests/?show=mine").text) == (True, False)
    theo.post(path(id, "release"))
    assert path(id) in ada.get("/manage/requests/?show=nobody").text
    assert ada.post(path(id, "take")).status_code == 303


def test_the_list_is_filtered_by_kind_lateness_and_end(portal):
    late, ended, ada = waiting(portal, at=clock.now() - timedelta(days=40)), waiting(portal, kind=RequestKind.RECTIFY), sign_in(portal, "ada")
    ada.post(path(ended, "refuse"), data={"reason": REASON, "refused": "No."})
    for query, found in (("", [True, False]), ("?show=overdue", [True, False]), ("?show=ended", [False, True]), ("?kind=rectify", [False, False])):
        page = ada.get(f"/manage/requests/{query}").text
        assert [path(id) in page for id in (late, ended)] == found, query
    assert "days late" in ada.get("/manage/requests/").text


def test_a_step_that_fails_and_fails_is_flagged_and_tried_at_once(portal):
    id, ada = waiting(portal), sign_in(portal, "ada")
    ada.post(path(id, "grant"))
    with portal.writing("athena") as session:
        session.execute(update(RightsStep).where(RightsStep.request_id == id).values(state=StepState.FAILED, attempts=STUBBORN, problem="Timeout"))
    for page in ("/manage/requests/", path(id), "/manage/"):
        assert "One step fails again and again" in ada.get(page).text
    assert ada.post(path(id, "try")).status_code == 303
    work(portal)
    assert state_of(portal, id) is RequestState.DONE


@pytest.mark.parametrize(("name", "at"), [("theo", "athena"), ("lena", "athena"), ("odin", "orion"), ("pia", "platform")])
def test_others_find_nothing_there(portal, name, at):
    id, other = waiting(portal), sign_in(portal, name, at)
    answers = [other.get(path(id)), *(other.post(path(id, act), data={"note": "x", "answer": "x"}) for act in ACTS)]
    assert {answer.status_code for answer in answers} == {404}
    assert path(id) not in other.get("/manage/requests/").text
    assert acts_of(portal, id) == ["received"]


def test_the_next_page_of_the_list_begins_where_the_first_ended(portal, monkeypatch):
    monkeypatch.setattr("upart.rights.showing.officers.PAGE", 1)
    first, second, ada = waiting(portal), waiting(portal), sign_in(portal, "ada")
    page = ada.get("/manage/requests/").text
    more = page.partition("after=")[2].partition('"')[0]
    after = ada.get(f"/manage/requests/?after={more}").text
    assert sorted([path(first) in page, path(second) in page]) == sorted([path(first) in after, path(second) in after]) == [False, True]
    assert (path(first) in page) != (path(first) in after)
