# SPDX-License-Identifier: MIT
"""A processor that is down, slow or talks nonsense: everything else is done, it is asked again by itself, and nothing looks done that is not."""

from __future__ import annotations

import io
import json
import logging
import threading
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from erasing import answer_of, ask, erase, given_to, outcome, text, who
from people import link_in, mails, sign_in, work
from sqlalchemy import select, update
from upart_quizbank.league import LEAGUE

from upart import clock
from upart.cli.main import main
from upart.errors import Problem
from upart.hooks.records import ExternalStore
from upart.jobs.models import Job
from upart.rights import outside
from upart.rights.actions.archiving import ask_for_archive
from upart.rights.actions.dead_letters import dead_letters, told_by_hand
from upart.rights.models import RightsArchive, RightsRequest
from upart.storage.places import place
from upart.testing.faults import killed_at

LATER = timedelta(hours=2)
STORE = "store:quizbank.league"


def later(school) -> None:
    """Two hours later a worker comes by."""
    with clock.shifted(LATER):
        work(school)
    with school.everywhere() as session:
        session.execute(update(Job).values(run_at=clock.now()).where(Job.task.startswith("rights.") | Job.task.startswith("disclosure.")))


def impatient(school) -> None:
    """The league has a third of a second to answer."""
    stores = school.state.plugins.get("quizbank").stores
    stores[0] = replace(stores[0], seconds=0.3)


FAILURES = {"refuse": "URLError", "hang up": "RemoteDisconnected", "slow": "TimedOut", "500": "HTTPError", "garbage": "JSONDecodeError", "wrong": "ValueError"}


@pytest.mark.parametrize("way", FAILURES)
def test_an_erasure_waits_for_the_league_alone_and_is_done_when_it_answers(school, league, way):
    if way == "slow":
        impatient(school)
    answer_of(school, "Lena")
    league.fails(way)
    request = ask(school)
    work(school)
    said = outcome(school, request)
    assert said["state"] == "partially_done"
    assert said["open"][0] == {"holder": STORE, "attempts": 1, "problem": FAILURES[way]}
    assert [row["holder"] for row in said["open"][1:]] == ["academy:rights_request", "academy:person", "bytes", "residual"]
    assert "Because it rises." not in text(school)
    league.fails("")
    later(school)
    assert outcome(school, request)["state"] == "done"
    assert [person["name"] for person in league.people.values()] == ["Theo"]
    assert "lena@" not in text(school)


def test_the_league_is_not_asked_about_somebody_who_never_played(school, league):
    with school.reading("athena") as session:
        ada = who(session, "Ada").id
    with school.writing("athena") as session:
        who(session, "Theo").roles = ["owner", "teacher"]
    request = erase(school, "Ada")
    assert [call for call in league.calls if str(ada) in call] == []
    assert [store["name"] for store in outcome(school, request)["stores"]] == ["files", "mail files"]


def test_killed_between_the_leagues_answer_and_our_note_it_is_asked_again(school, league, caplog):
    """Nobody knows whether it was done, so it is called once more: erasing somebody who is gone is done as well."""
    caplog.set_level(logging.CRITICAL)
    league.fails("500")
    request = ask(school)
    work(school)
    league.fails("")
    league.calls.clear()
    where = ""
    for n in range(1, 40):
        again_now(school)
        school.close()
        where = killed_at(n, lambda: work(school))
        if league.calls:
            break
    assert (where, [call[:6] for call in league.calls], outcome(school, request)["open"][0]["holder"]) == ("before a commit", ["DELETE"], STORE)
    again_now(school)
    work(school)
    assert [call[:6] for call in league.calls] == ["DELETE", "DELETE"]
    assert outcome(school, request)["state"] == "done"


def copies(school) -> list[zipfile.ZipFile]:
    """All copies that are there, oldest first."""
    with school.reading("athena") as session:
        made = session.scalars(select(RightsArchive).where(RightsArchive.made_at.is_not(None)).order_by(RightsArchive.made_at)).all()
        return [zipfile.ZipFile(io.BytesIO(place().open(row.academy_id, row.file_id).read())) for row in made]


def state(school) -> str:
    with school.reading("athena") as session:
        return session.scalars(select(RightsRequest.state)).one().value


def test_a_copy_says_what_is_missing_and_a_whole_one_follows(school, league):
    league.fails("garbage")
    with school.app.test_request_context(), school.writing("athena") as session:
        ask_for_archive(who(session, "Lena"))
    work(school)
    [copy] = copies(school)
    assert state(school) == "partially_done"
    assert json.loads(copy.read("manifest.json"))["missing"] == [{"store": "quizbank.league", "recipient": LEAGUE, "problem": "JSONDecodeError"}]
    assert "This copy is not whole" in copy.read("index.html").decode()
    later(school)
    assert len(copies(school)) == 1, "as long as it does not answer no second copy is made"
    league.fails("")
    later(school)
    copy = copies(school)[-1]
    assert state(school) == "done"
    assert json.loads(copy.read("access/stores/quizbank.league.json")) == {"name": "Lena", "email": "lena@example.org"}
    assert json.loads(copy.read("manifest.json"))["missing"] == []
    first, second = (message.get_body(("plain",)).get_content() for message in mails(school, "lena@"))
    assert f"could not be reached: {LEAGUE}" in first
    assert "could not be reached" not in second


def test_the_officers_copy_names_on_the_terminal_what_is_missing(school, league, tmp_path, monkeypatch):
    league.fails("refuse")
    (school.state.config.instance / "upart.toml").touch()
    monkeypatch.setattr("upart.cli.rights.application", lambda ctx: school.app)
    words = ("rights", "access", "lena@example.org", "--academy", "athena", "--out", str(tmp_path / "lena.zip"))
    said = CliRunner().invoke(main, ["--instance", str(school.state.config.instance), *words])
    assert "Missing: what the store 'quizbank.league' of Quiz League holds; it could not be read (URLError)" in said.output
    assert "lena@" not in said.output


def test_the_link_of_the_first_copy_ends_when_the_whole_one_is_there(school, league):
    browser = sign_in(school, "lena")
    league.fails("500")
    assert browser.post("/privacy/mine/archive").status_code == 303
    first = link_in(mails(school, "lena@")[-1])
    assert browser.get(first).status_code == 200
    league.fails("")
    later(school)
    browser = sign_in(school, "lena")
    assert browser.get(first).status_code == 410
    assert browser.get(link_in(mails(school, "lena@")[-1])).status_code == 200


def store(**calls) -> ExternalStore:
    return ExternalStore(**{"name": "choir", "access": lambda subject: None, "erase": lambda subject: None, "seconds": 0.05, **calls})


@pytest.mark.parametrize("answer", [True, False, {"ok": True}, "done"])
def test_a_store_that_returns_something_from_an_erasure_has_not_read_its_answer(answer):
    with pytest.raises(outside.Unreadable, match="Read the answer"):
        outside.act(store(erase=lambda subject: answer), "erase", None)


def test_what_is_no_json_is_no_copy():
    with pytest.raises(outside.Unreadable, match="no JSON"):
        outside.access(store(access=lambda subject: [object()]), None)
    assert outside.access(store(access=lambda subject: ({"a": 1},)), None) == [{"a": 1}]


def test_a_store_that_hangs_is_not_called_without_end():
    ended, begun = threading.Event(), []

    def hang(subject) -> None:
        begun.append(subject)
        ended.wait(30)

    for _ in range(5):
        with pytest.raises(outside.TimedOut):
            outside.act(store(name="hanging", erase=hang), "erase", None)
    assert len(begun) == outside.MOST_HANGING
    ended.set()


def test_a_store_that_ends_the_program_only_fails():
    def leave(subject) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        outside.act(store(erase=leave), "erase", None)


def letters(school) -> list:
    with school.reading("athena"):
        return dead_letters()


def test_after_ten_tries_and_a_day_the_officer_sees_it_and_it_is_tried_on(school, league):
    league.fails("500")
    request = ask(school)
    for _ in range(9):
        work(school)
        again_now(school)
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert letters(school) == []
    work(school)
    assert letters(school) == []
    with clock.shifted(timedelta(days=1, minutes=1)):
        [letter] = letters(school)
        assert (letter.what, letter.recipient, letter.store, letter.attempts, letter.problem) == ("erase", LEAGUE, "quizbank.league", 10, "HTTPError")
        assert (letter.request_id, letter.by_hand) == (request, False)
    league.fails("")
    with clock.shifted(timedelta(days=2)):
        work(school)
        assert letters(school) == []
    assert outcome(school, request)["state"] == "done"


def test_what_a_copy_misses_for_a_day_is_shown_too_and_cannot_be_told_away(school, league):
    league.fails("wrong")
    with school.app.test_request_context(), school.writing("athena") as session:
        ask_for_archive(who(session, "Lena"))
    for _ in range(10):
        work(school)
        with school.everywhere() as session:
            session.execute(update(Job).where(Job.task == "rights.work").values(run_at=clock.now()).execution_options(synchronize_session=False))
    with clock.shifted(timedelta(days=1, minutes=1)):
        [letter] = letters(school)
        assert (letter.what, letter.recipient, letter.attempts, letter.problem) == ("access", LEAGUE, 10, "ValueError")
        with pytest.raises(Problem, match="must come from the store itself"), school.app.test_request_context(), school.writing("athena"):
            told_by_hand(letter.id)


def again_now(school) -> None:
    with school.everywhere() as session:
        session.execute(
            update(Job).where(Job.task == "rights.erase").values(run_at=clock.now(), lease_until=None, attempts=0).execution_options(synchronize_session=False)
        )


def test_a_recipient_that_no_store_reaches_is_told_by_hand_and_then_it_is_done(school):
    given_to(school, "Lena", "Choir Ltd")
    request = ask(school)
    work(school)
    said = outcome(school, request)
    assert (said["state"], said["recipients"]) == ("partially_done", [{"name": "Choir Ltd", "state": "failed"}])
    [letter] = letters(school)
    assert (letter.recipient, letter.by_hand, letter.addresses) == ("Choir Ltd", True, ("lena@example.org",)), "her name is gone, her address is still needed"
    with school.reading("athena") as session:
        assert session.scalars(select(RightsRequest.person_id)).one() == letter.person_id
    with school.app.test_request_context(), school.writing("athena"):
        told_by_hand(letter.id)
    work(school)
    assert (outcome(school, request)["state"], letters(school)) == ("done", [])
