# SPDX-License-Identifier: MIT
"""Yesterday's database is put back: what people have asked for since holds before the first answer and the first job."""

from __future__ import annotations

from datetime import timedelta

from click.testing import CliRunner
from erasing import answer_of, ask, habit, text, who
from people import sign_in, work
from restoring import again, backup, kinds
from sqlalchemy import delete, select

from upart import clock
from upart.accounts.models import Person
from upart.cli.main import main
from upart.events.models import Event
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.asking import ask_to_erase
from upart.rights.actions.beginning import cancel
from upart.rights.actions.deciding import grant
from upart.rights.actions.objecting import ask_to_object, ask_to_withdraw
from upart.rights.actions.pending import unfinished
from upart.rights.actions.restraining import ask_to_lift, ask_to_restrict
from upart.rights.ledger.models import LedgerPosition
from upart.rights.models import RequestKind, RightsRequest
from upart.rights.restricting.actions import restrict, restrictions_of
from upart.rights.restricting.models import Ground, Scope


def act(made, name, do, slug="athena"):
    """Somebody does something with a right of theirs."""
    with made.app.test_request_context(), made.writing(slug) as session:
        do(who(session, name))


def requests(made, slug="athena") -> list[tuple[str, str]]:
    """Kind and state of each request."""
    with made.reading(slug) as session:
        return sorted((row.kind.value, row.state.value) for row in session.scalars(select(RightsRequest)))


def test_the_first_answer_does_without_whoever_was_erased_since(school):
    put_back = backup(school)
    ask(school)
    work(school)
    assert kinds(school) == ["erasure", "done"]
    school = put_back()
    assert "lena@example.org" in text(school)
    assert "Lena" not in sign_in(school, "ada").get("/manage/people/").text
    assert "lena@example.org" not in text(school)
    assert requests(school) == [("erase", "done")]
    assert kinds(school)[2:] == ["erasure", "done"]
    with school.reading("athena") as session:
        assert "rights.replayed" in session.scalars(select(Event.type)).all()


def test_restriction_objection_and_withdrawal_hold_again_and_the_first_job_knows(school):
    habit(school)
    put_back = backup(school)
    act(school, "Lena", lambda lena: ask_to_restrict(lena, Ground.CLAIMS, goes_on=True))
    act(school, "Theo", lambda theo: ask_to_object(theo, Purpose.NEWSLETTER))
    act(school, "Theo", lambda theo: ask_to_withdraw(theo, Purpose.PERSONALISE))
    work(school)
    before = requests(school)
    school = put_back()
    assert requests(school) == []
    work(school)  # the worker is the first to start
    assert requests(school) == before == [("object", "done"), ("restrict", "done"), ("withdraw", "done")]
    assert "lena@example.org" not in sign_in(school, "ada").get("/manage/people/").text
    with school.reading("athena") as session:
        assert [one.ground for one in restrictions_of(who(session, "Lena"))] == [Ground.CLAIMS]


def test_who_was_erased_and_came_back_stays(portal):
    """Lena is somebody new after her erasure; the backup is of then, and older ledger lines name her old address."""
    act(portal, "Lena", ask_to_erase)
    work(portal)
    with portal.writing("athena") as session:
        session.add(Person(name="Lena", email="lena@example.org"))
    put_back = backup(portal)
    portal = put_back()
    with portal.everywhere() as session:
        session.execute(delete(LedgerPosition))  # as if the copy knew nothing of the ledger
    portal = again(portal)
    assert "lena@example.org" in sign_in(portal, "ada").get("/manage/people/").text
    assert kinds(portal) == ["erasure", "done"]


def test_by_address_goes_who_was_here_before_with_another_id(portal):
    act(portal, "Lena", ask_to_erase)
    work(portal)
    with portal.writing("athena") as session:
        session.add(Person(name="Lena B.", email="lena@example.org", created_at=clock.now() - timedelta(days=9)))
    with portal.everywhere() as session:
        session.execute(delete(LedgerPosition))
    portal = again(portal)
    work(portal)
    assert "Lena B." not in text(portal)


def test_what_was_taken_back_or_lifted_since_stays_so(portal):
    act(portal, "Lena", lambda lena: ask_to_erase(lena, waits=True))
    act(portal, "Theo", lambda theo: ask_to_restrict(theo, Ground.CLAIMS, goes_on=True))
    put_back = backup(portal)
    act(portal, "Lena", lambda lena: cancel(unfinished(lena, RequestKind.ERASE)))
    act(portal, "Theo", lambda theo: ask_to_lift(theo, restrictions_of(theo)[0].id))
    portal = put_back()
    assert "lena@example.org" in sign_in(portal, "ada").get("/manage/people/").text
    assert ("erase", "cancelled") in requests(portal)
    with portal.reading("athena") as session:
        assert [restrictions_of(who(session, name)) for name in ("Lena", "Theo")] == [[], []]


def test_an_erasure_that_waited_waits_again_from_the_day_it_was_asked_for(portal):
    put_back = backup(portal)
    act(portal, "Lena", lambda lena: ask_to_erase(lena, waits=True))
    with portal.reading("athena") as session:
        begins = session.scalars(select(RightsRequest.begins_at)).one()
    portal = put_back()
    assert "lena@example.org" not in sign_in(portal, "ada").get("/manage/people/").text
    with portal.reading("athena") as session:
        assert abs(session.scalars(select(RightsRequest.begins_at)).one() - begins) < timedelta(seconds=1)


def test_an_objection_is_weighed_again_and_a_granted_one_is_carried_out_again(portal):
    put_back = backup(portal)
    act(portal, "Lena", lambda lena: ask_to_object(lena, Purpose.SECURE))
    portal = put_back()
    assert sign_in(portal, "ada").get("/").status_code == 200
    assert requests(portal) == [("object", "needs_decision")]


def test_the_same_copy_put_back_twice_ends_as_once(portal):
    put_back = backup(portal)
    act(portal, "Lena", ask_to_erase)
    act(portal, "Theo", lambda theo: ask_to_restrict(theo, Ground.CLAIMS, goes_on=True))
    portal = put_back()
    work(portal)
    once = requests(portal)
    with portal.everywhere() as session:
        session.execute(delete(LedgerPosition))
    portal = again(portal)
    work(portal)
    assert requests(portal) == once


def test_a_granted_objection_begins_again(portal):
    put_back = backup(portal)
    act(portal, "Lena", lambda lena: ask_to_object(lena, Purpose.SECURE))
    with portal.app.test_request_context(), portal.writing("athena") as session:
        grant(session.scalars(select(RightsRequest)).one(), "You are right.")
    portal = put_back()
    work(portal)
    assert requests(portal) == [("object", "done")]


def test_the_ledger_names_nobody(portal):
    with portal.reading("athena") as session:
        lena = who(session, "Lena")
        marks = ("lena", str(lena.id), lena.id.hex, str(lena.account_id))
    act(portal, "Lena", lambda one: ask_to_restrict(one, Ground.ACCURACY, "It is about Lena.", goes_on=True))
    act(portal, "Lena", ask_to_erase)
    work(portal)
    said = "".join(path.read_text() for path in (portal.state.config.instance / "ledger").iterdir())
    assert '"kind":"erasure"' in said
    assert [mark for mark in marks if mark in said.lower()] == []


def test_a_single_row_is_restricted_again(school):
    row = answer_of(school, "Lena")
    put_back = backup(school)
    act(school, "Lena", lambda lena: restrict(lena, Ground.CLAIMS, scope=Scope.ROW, name="quizbank_answer", row_id=row, goes_on=True))
    school = put_back()
    work(school)
    with school.reading("athena") as session:
        assert [one.row_id for one in restrictions_of(who(session, "Lena"))] == [row]
    act(school, "Lena", lambda lena: ask_to_lift(lena, restrictions_of(lena)[0].id))
    assert str(row) not in "".join(path.read_text() for path in (school.state.config.instance / "ledger").iterdir())


def test_the_command_of_the_worker_starts_with_what_was_missed(portal):
    put_back = backup(portal)
    act(portal, "Lena", ask_to_erase)
    portal = put_back()
    (portal.state.config.instance / "upart.toml").touch()
    portal.close()
    assert CliRunner().invoke(main, ["--instance", str(portal.state.config.instance), "worker", "--once"]).exit_code == 0
    assert "lena@example.org" not in text(portal)
    assert requests(portal) == [("erase", "done")]
