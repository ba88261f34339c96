# SPDX-License-Identifier: MIT
"""Who received something is told when it was wrong, when it must not be used, and when it may be again (GDPR art. 16, 18, 19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from erasing import erase, given_to, text, who
from people import work
from sqlalchemy import select, update
from upart_quizbank.league import LEAGUE

from upart import clock
from upart.disclosure.correcting import corrected
from upart.disclosure.models import DisclosureNotice
from upart.jobs.models import Job
from upart.rights.actions.dead_letters import dead_letters, told_by_hand
from upart.rights.actions.passing_on import lifted, restricted


def rename(school, name: str, to: str, fields=("person.name",), **more) -> list[str]:
    """Somebody corrects their name; who is told?"""
    with school.app.test_request_context(), school.writing("athena") as session:
        person = who(session, name)
        person.name = to
        return corrected(person, fields, **more)


def at_once(school) -> None:
    """What waits is tried again now."""
    with school.everywhere() as session:
        session.execute(update(Job).where(Job.task == "disclosure.tell").values(run_at=clock.now()).execution_options(synchronize_session=False))
    work(school)


def notices(school) -> list[tuple]:
    with school.reading("athena") as session:
        rows = session.scalars(select(DisclosureNotice).order_by(DisclosureNotice.id)).all()
        return [(row.act.value, row.recipient, row.state.value, row.attempts) for row in rows]


def test_the_league_learns_the_right_name_and_nothing_that_it_never_had(school, league):
    assert rename(school, "Lena", "Lena Zell", ("person.name", "person.zone")) == [LEAGUE]
    work(school)
    assert [person["name"] for person in league.people.values()] == ["Lena Zell", "Theo"]
    assert [call[:5] for call in league.calls] == ["PATCH"]
    with school.reading("athena") as session:
        row = session.scalars(select(DisclosureNotice)).one()
        assert (row.fields, row.told_at is not None) == (["person.name"], True)
    assert rename(school, "Lena Zell", "Lena Zell", ("person.zone",)) == []
    assert rename(school, "Ada", "Ada B", ("person.name",)) == []


def test_while_the_league_is_down_it_waits_and_then_gets_what_is_right_by_then(school, league):
    league.fails("refuse")
    rename(school, "Lena", "Lena Zel")
    work(school)
    rename(school, "Lena Zel", "Lena Zell")
    at_once(school)
    assert [state for *_, state, _ in notices(school)] == ["failed", "waiting"]
    assert school.breaches() == []
    league.fails("")
    at_once(school)
    at_once(school)
    assert [state for *_, state, _ in notices(school)] == ["done", "done"]
    assert [person["name"] for person in league.people.values()] == ["Lena Zell", "Theo"]


def test_a_correction_reaches_whoever_has_a_copy_of_it(school):
    given_to(school, "Lena", "Choir Ltd", ("quizbank_words.words",))
    with school.app.test_request_context(), school.writing("athena") as session:
        assert corrected(who(session, "Lena"), ["quizbank_answer.text"]) == ["Choir Ltd"]
    assert notices(school) == [("rectify", "Choir Ltd", "by_hand", 0)]


def test_an_earlier_address_goes_along_until_they_were_told(school, league):
    seen, stores = [], school.state.plugins.get("quizbank").stores
    stores[0] = replace(stores[0], rectify=lambda subject: seen.append((subject.addresses, dict(subject.values))))
    rename(school, "Lena", "Lena", ("person.email",), addresses=["old@example.org"])
    assert "old@example.org" in text(school)
    work(school)
    assert seen == [(("lena@example.org", "old@example.org"), {"person.email": "lena@example.org"})]
    assert "old@example.org" not in text(school)


def test_restricting_and_lifting_arrive_in_the_order_in_which_they_were_asked_for(school, league):
    league.fails("500")
    with school.app.test_request_context(), school.writing("athena") as session:
        lena = who(session, "Lena")
        assert restricted(lena) == [LEAGUE]
    work(school)
    with school.app.test_request_context(), school.writing("athena") as session:
        lifted(who(session, "Lena"))
    league.fails("")
    league.calls.clear()
    work(school)
    assert league.calls == [], "the restriction is not due again yet, and lifting waits for it"
    at_once(school)
    at_once(school)
    assert [call.rpartition("/")[2] for call in league.calls] == ["restrict", "lift"]
    assert league.restricted == set()


def test_what_nobody_can_tell_by_machine_waits_for_a_hand(school):
    given_to(school, "Lena", "Choir Ltd", ("person.name",))
    assert rename(school, "Lena", "Lena Zell") == ["Choir Ltd"]
    with school.reading("athena"):
        [letter] = dead_letters()
    assert (letter.what, letter.recipient, letter.by_hand, letter.request_id) == ("rectify", "Choir Ltd", True, None)
    with school.app.test_request_context(), school.writing("athena"):
        told_by_hand(letter.id)
    with school.reading("athena"):
        assert dead_letters() == []
    assert notices(school) == [("rectify", "Choir Ltd", "done", 0)]


def test_what_failed_for_a_day_is_shown_to_the_officer_and_tried_on(school, league):
    league.fails("garbage")
    rename(school, "Lena", "Lena Zell")
    for _ in range(11):
        at_once(school)
    with school.reading("athena"):
        assert dead_letters() == []
        with clock.shifted(timedelta(days=1, minutes=1)):
            [letter] = dead_letters()
    assert (letter.store, letter.attempts, letter.problem) == ("quizbank.league", 11, "JSONDecodeError")
    league.fails("")
    with clock.shifted(timedelta(days=1, hours=2)):
        work(school)
        with school.reading("athena"):
            assert dead_letters() == []


def test_a_notice_goes_with_its_person(school, league):
    league.fails("500")
    rename(school, "Lena", "Lena Zell")
    work(school)
    league.fails("")
    erase(school, "Lena Zell")
    assert notices(school) == []
    assert [person["name"] for person in league.people.values()] == ["Theo"]
    calls = list(league.calls)
    at_once(school)
    assert league.calls == calls
