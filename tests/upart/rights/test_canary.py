# SPDX-License-Identifier: MIT
"""Somebody made up is entered, copied and erased by what runs, and nobody ever meets them; what is broken is told."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from click.testing import CliRunner
from mutants import mutants
from people import mails, sign_in, work
from sqlalchemy import update

from upart import clock
from upart.academies.actions import disable_plugin
from upart.cli.main import main
from upart.rights.canary import scratch
from upart.rights.canary.actions import fly_all
from upart.rights.canary.models import Outcome, RightsCanary
from upart.rights.canary.promises import accept, differing, promised, promises
from upart.rights.engine.holdings import holdings
from upart.rights.health import canaries
from upart.rights.receipts.verifying import Refused, keys_in, receipt_in, verify
from upart.testing.contract import believing
from upart.testing.faults import exit_status

PROOF = "/.well-known/upart-proof.json"
PAGE = "/manage/privacy/canary/"
OWN = ("rights_canary", "rights_promise", "receipt_key", "academy", "academy_setting", "event", "job", "ledger_position", "user_session")
"""Tables in which something is noted of it, and those that change with each sign-in."""


def switched_on(made, *without):
    """Ada keeps a canary, and it has flown."""
    with made.everywhere() as session:
        for plugin in without:
            disable_plugin(session, made.academy("athena").id, plugin)
    ada = sign_in(made, "ada")
    assert ada.post(PAGE, data={"keep": "yes"}).status_code == 303
    work(made)
    return ada


def a_week_later(made):
    with made.app.test_request_context():
        fly_all()
    return made.visitor("athena").get(PROOF).json


def owners(said) -> list[str]:
    return [one["owner"] for one in said["checked"]]


def broken(made, name: str):
    """The register with one wrong declaration."""
    register = made.state.plugins.register
    return next(one.register for owner in ("core", "quizbank") for one in mutants(register, owner) if one.name == name)


def test_an_academy_keeps_one_when_its_owner_says_so(portal):
    assert portal.visitor("athena").get(PROOF).status_code == 404
    ada = switched_on(portal)
    answer = portal.visitor("athena").get(PROOF)
    assert (answer.json["outcome"], answer.json["places"], owners(answer.json)) == ("kept", [], ["core", "courses"])
    assert "backups" in " ".join(answer.json["not_checked"])
    assert "All that was looked at was copied, erased and gone" in ada.get(PAGE).text
    said, keys = receipt_in(answer.data)[0], keys_in(portal.visitor("athena").get("/.well-known/upart-receipts.json").data)
    verify(said, keys)
    with pytest.raises(Refused, match="signature does not fit"):
        verify({**said, "outcome": "broken"}, keys)
    assert ada.post(PAGE, data={"keep": "no"}).status_code == 303
    assert portal.visitor("athena").get(PROOF).status_code == 404
    assert sign_in(portal, "lena").post(PAGE, data={"keep": "yes"}).status_code == 404


def test_it_leaves_nothing_and_nobody_meets_it(school, monkeypatch):
    """While it is in the tables, whoever reads finds the rows that were there before, and no others."""
    switched_on(school, "courses", "quizbank")
    before, seen, search = school.contents(*OWN), [], scratch.standing
    landing = school.visitor("platform").get("/").text

    def looked(*values):
        seen.append((school.contents(*OWN) == before, school.visitor("platform").get("/").text == landing))
        return search(*values)

    monkeypatch.setattr(scratch, "standing", looked)
    assert a_week_later(school)["outcome"] == "kept"
    assert set(seen) == {(True, True)}
    assert school.contents(*OWN) == before
    assert mails(school) == []


def test_a_killed_one_is_gone(school):
    switched_on(school, "courses", "quizbank")
    before = school.contents(*OWN)
    school.close()
    if (child := os.fork()) == 0:
        scratch._Scratch._erase = lambda *values: os._exit(9)
        a_week_later(school)
        os._exit(0)
    assert exit_status(child) == 9
    assert school.contents(*OWN) == before
    assert a_week_later(school)["outcome"] == "kept"


def test_a_declaration_that_is_broken_turns_it_red_within_one_run(school):
    switched_on(school, "courses")
    with believing(school, broken(school, "quizbank_answer.text personal to not_personal 0")):
        said = a_week_later(school)
    assert said["outcome"] == "broken"
    assert {"plugin": "quizbank", "where": "quizbank_answer.text"} in said["places"]
    told = [message for message in mails(school, "ada") if "canary" in message["Subject"]]
    assert len(told) == 1
    assert "quizbank_answer.text (quizbank)" in told[0].get_body(("plain",)).get_content()
    ada = sign_in(school, "ada")
    assert "quizbank_answer.text" in ada.get(PAGE).text
    assert "The canary has found" in ada.get("/manage/").text


@pytest.mark.parametrize(("wrong", "place"), [("person.name personal to not_personal 0", "person.name"), ("file.about_id DELETE to UNLINK 0", "file")])
def test_so_does_one_of_the_core(portal, wrong, place):
    register = portal.state.plugins.register
    with portal.app.app_context(), believing(portal, broken(portal, wrong)):
        flight = scratch.fly(register, "core", holdings())
    assert place in [one.where for one in flight.breaches]


def test_what_the_database_does_besides_is_seen(portal):
    """Somebody copies addresses into a table of their own, by a trigger that no declaration knows."""
    with portal.everywhere() as session:
        session.connection().exec_driver_sql("CREATE TABLE mailing (words TEXT)")
        session.connection().exec_driver_sql("CREATE TRIGGER sly AFTER INSERT ON person BEGIN INSERT INTO mailing VALUES (NEW.email); END")
    with portal.app.app_context():
        flight = scratch.fly(portal.state.plugins.register, "courses", holdings())
    assert [str(one) for one in flight.breaches if one.where == "person.email" and "still stands in mailing" in one.what]
    with portal.everywhere() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM mailing").scalar() == 0


def test_it_goes_through_the_plugins_that_are_switched_on_now(portal):
    switched_on(portal, "courses")
    assert owners(portal.visitor("athena").get(PROOF).json) == ["core"]


def test_a_change_that_is_meant_is_accepted_by_whoever_runs_the_portal(school):
    """Doubts about an answer need nobody to look at them any more before they leave."""
    now = school.state.plugins.register
    meant = broken(school, "quizbank_answer.doubts review dropped 0")
    with school.app.app_context(), believing(school, meant):
        assert accept(now, ["core", "quizbank"]) == []
        assert scratch.fly(promised(meant, promises()), "quizbank", holdings()).breaches
        assert list(differing(meant, promises())) == ["quizbank_answer.doubts"]
        assert accept(meant, ["core", "quizbank"]) == ["quizbank"]
        assert accept(meant, ["core", "quizbank"]) == []
        assert scratch.fly(promised(meant, promises()), "quizbank", holdings()).breaches == []


def test_the_command_says_what_it_has_found_and_the_doctor_too(portal):
    (portal.state.config.instance / "upart.toml").touch()
    assert findings(portal) == []
    switched_on(portal, "courses")
    portal.close()
    run = CliRunner().invoke(main, ["--instance", str(portal.state.config.instance), "rights", "canary", "--academy", "athena", "--json"])
    assert (run.exit_code, json.loads(run.stdout)["outcome"]) == (0, "kept"), run.output
    assert findings(portal) == ["good"]
    with portal.everywhere() as session:
        session.execute(update(RightsCanary).values(at=clock.now() - timedelta(days=10)))
    assert findings(portal) == ["recommended"]
    with portal.everywhere() as session:
        session.execute(update(RightsCanary).values(outcome=Outcome.BROKEN, places=[{"where": "person.email"}]))
    assert findings(portal) == ["critical"]


def findings(made) -> list[str]:
    """How the doctor judges it."""
    with made.app.app_context():
        return [one.verdict.value for one in canaries()]
