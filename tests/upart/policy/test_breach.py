# SPDX-License-Identifier: MIT
"""Somebody got in: whom it concerns, in numbers; the clock; the mail to the people. Each academy for itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from erasing import answer_of, invoice_of, who
from people import mails, sign_in, work
from restricting import restrict_at
from sqlalchemy import select
from toil import command

from upart import clock
from upart.accounts.models import Person
from upart.db import uuid7
from upart.errors import UpartError
from upart.events.models import Event
from upart.policy import actions, breaching
from upart.policy.actions import tell_some, told
from upart.policy.breaching import Incident, concerned
from upart.policy.models import Breach

YESTERDAY = timedelta(days=1)


def incident(table, until=None):
    return Incident(table, clock.now() - YESTERDAY, until, clock.now())


def counted(made, table, slug="athena", until=None):
    with made.reading(slug):
        return next((one.counted for one in concerned(incident(table, until)) if one.academy.slug == slug), None)


def live_in(made, name, zone, slug="athena"):
    with made.writing(slug) as session:
        who(session, name).zone = zone


def test_people_are_counted_once_whichever_column_names_them(school):
    for learner, reviewer in (("Lena", "Theo"), ("Lena", None), ("Theo", "Lena")):
        answer_of(school, learner, reviewer)
    answer_of(school, "Odin", slug="orion")
    live_in(school, "Theo", "Asia/Tokyo")
    found = counted(school, "quizbank_answer")
    assert (found.rows, found.people, found.countries) == (3, 2, {"AT": 1, "JP": 1})
    assert found.categories["edu.result"] == {"AT": 1, "JP": 1}
    assert found.categories["id.name"] == {"AT": 1, "JP": 1}
    assert counted(school, "quizbank_words").people == 2
    assert counted(school, "quizbank_answer", "orion").people == 1


def test_a_category_counts_those_of_whom_it_says_something(school):
    invoice_of(school, "Lena", clock.now())
    with school.writing("athena") as session:
        from upart_quizbank.models import Invoice

        session.query(Invoice).one().phone = None
        session.add(Invoice(payer_id=who(session, "Theo").id, clerk_id=who(session, "Ada").id, number="8", name="", street="", phone="+1", cents=1))
    found = counted(school, "quizbank_invoice")
    assert found.people == 3
    assert [found.categories[name].get("AT") for name in ("contact.phone", "contact.address", "pay.purchase")] == [1, 1, 2]
    assert "content.private" not in found.categories


def test_a_team_concerns_all_its_members_and_who_is_known_by_a_digest_is_counted_apart(school):
    from upart_quizbank.models import Guest, Member, Team

    with school.writing("athena") as session:
        team = Team(name="Owls", password="hoot")
        session.add_all([team, *(Guest(address_digest=digest, nickname="X", points=1) for digest in ("one", "one", "two"))])
        session.flush()
        session.add_all([Member(team_id=team.id, person_id=who(session, name).id, nickname=name) for name in ("Lena", "Theo")])
    assert (counted(school, "quizbank_team").people, counted(school, "quizbank_team").categories) == (2, {"auth.secret": {"AT": 2}})
    assert (counted(school, "quizbank_guest").people, counted(school, "quizbank_guest").found_by) == (0, 2)


def test_an_account_stands_for_its_person_here_and_the_platforms_table_is_the_platforms(school):
    with school.writing("athena") as session:
        from upart.accounts.models import MailToken, TokenPurpose

        lena = who(session, "Lena")
        session.add(MailToken(account_id=lena.account_id, purpose=TokenPurpose.RESET, digest="d", ends_at=clock.now(), address_digest="x"))
    assert (counted(school, "mail_token").people, counted(school, "mail_token").countries) == (1, {"AT": 1})
    assert counted(school, "mail_token").found_by == 0
    with school.reading("athena"):
        assert [(one.academy.slug, one.counted.people) for one in concerned(incident("account"))] == [("platform", 4)]


def test_lines_made_after_the_end_are_not_counted(portal):
    with portal.writing("athena") as session:
        session.add(Person(id=uuid7(), name="Mara", email="mara@example.org"))
    hour = timedelta(hours=1)
    assert counted(portal, "person", until=clock.now() + hour).people == 4
    assert counted(portal, "person", until=clock.now() - hour) is None


def asked(portal, *words):
    (portal.state.config.instance / "upart.toml").touch()
    return command(portal.state.config.instance, "privacy", "breach", *words)


def test_the_command_says_numbers_and_the_clock_and_names_nobody(portal):
    known = clock.now() - timedelta(hours=70, minutes=30)
    answer = asked(portal, "--table", "courses_enrolment", "--since", "2026-01-01", "--known", known.isoformat(), "--academy", "athena", "--json")
    [line] = json.loads(answer.output)
    assert (line["academy"], line["people"], line["rows"], line["countries"], line["hours_left"]) == ("athena", 1, 2, {"AT": 1}, 1)
    assert line["categories"]["usage.activity"] == 1
    assert {fact["key"] for fact in line["article_33"] if fact["open"]} == {"nature", "effects", "remedies", "risk"}
    text = asked(portal, "--table", "person", "--since", "2026-01-01", "--known", (known - YESTERDAY).isoformat()).output
    assert [name for name in ("Lena", "Ada", "Odin", "example.org") if name in text] == []
    assert "Why later than 72 hours (art. 33(1)): open." in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--table", "person", "--since", "2099-01-01"), "has not come yet"),
        (("--table", "person", "--since", "yesterday"), "Write a date or a time"),
        (("--table", "person", "--since", "2026-02-01", "--until", "2026-01-01"), "The end lies before the beginning"),
        (("--table", "person", "--since", "2026-02-01", "--known", "2099-01-01"), "has not come yet"),
        (("--table", "persons", "--since", "2026-01-01"), "Did you mean person?"),
        (("--table", "academy_setting", "--since", "2026-01-01"), "nothing about people"),
        (("--table", "person", "--since", "2026-01-01", "--academy", "nowhere"), "upart academy list"),
    ],
)
def test_what_cannot_be_is_answered_with_a_remedy(portal, words, said):
    answer = asked(portal, *words)
    assert (answer.exit_code, said in answer.output) == (1, True), answer.output


def test_nobody_is_told_without_the_officers_text_and_an_academy(portal, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Somebody read your progress.")
    words = ("--table", "courses_enrolment", "--since", "2026-01-01")
    assert asked(portal, *words, "--notify", str(letter), "--subject", "A breach").exit_code == 2
    assert asked(portal, *words, "--academy", "athena", "--notify", str(letter)).exit_code == 2
    assert mails(portal) == []
    assert asked(portal, *words, "--academy", "athena", "--notify", str(letter), "--subject", "A breach").exit_code == 0
    assert [(message["To"], message["Subject"]) for message in mails(portal)] == [("lena@example.org", "A breach")]
    with portal.everywhere() as session:
        assert [event.type for event in session.scalars(select(Event)) if event.type.startswith("policy.breach")] == [
            "policy.breach_noted",
            "policy.breach_told",
        ]


def breach_of(portal, table="courses_enrolment", slug="athena"):
    with portal.app.test_request_context(), portal.writing(slug) as session:
        row = actions.note(incident(table))
        session.flush()
        return row.id


def test_each_gets_one_mail_also_who_is_restricted_and_when_the_job_runs_twice(school, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    restrict_at(school, "Lena")
    id = breach_of(school, "person")
    with school.writing("athena") as session:
        actions.tell(session.get_one(Breach, {"academy_id": school.academy("athena").id, "id": id}), "A breach", "Your progress was read.")
    work(school)
    with school.writing("athena"):
        tell_some(str(id))
    assert sorted(message["To"] for message in mails(school) if message["Subject"] == "A breach") == [f"{name}@example.org" for name in ("ada", "lena", "theo")]
    with school.reading("athena") as session:
        assert {state.value: number for state, number in told(session.query(Breach).one()).items()} == {"sent": 3}


def test_holders_of_accounts_are_told_by_the_platform(portal):
    id = breach_of(portal, "account", "platform")
    with portal.writing("platform") as session:
        actions.tell(session.get_one(Breach, {"academy_id": portal.academy("platform").id, "id": id}), "A breach", "Change your password.")
    assert len({message["To"] for message in mails(portal)}) == len(mails(portal)) == 5


FORM = {"table": "person", "since": "2026-01-01", "until": "", "known": "2026-01-02 10:00", "happened": "A disk was lost."}


def test_ada_writes_a_breach_down_completes_reports_tells_and_closes_it(portal):
    ada = sign_in(portal, "ada")
    path = ada.post("/manage/privacy/breaches/new", data=FORM).headers["Location"]
    page = ada.get(path).text
    assert all(words in page for words in ("A disk was lost.", "3 people with lines there now", "Why later than 72 hours", "Write to 3 people"))
    assert "hours late" in ada.get("/manage/").text
    assert ada.post(path, data={"nature": "A disk.", "effects": "Little.", "remedies": "It was found.", "late": "We slept."}).status_code == 303
    assert ada.post(f"{path}/tell", data={"line": "", "message": "Kept words"}).status_code == 422
    assert ada.post(f"{path}/tell", data={"line": "A disk", "message": "It was found."}).status_code == 303
    assert ada.post(f"{path}/tell", data={"line": "A disk", "message": "Again."}).status_code == 409
    assert [ada.post(f"{path}/{act}").status_code for act in ("report", "report", "close", "close")] == [303, 409, 303, 409]
    assert len(mails(portal)) == 3
    assert all(words in ada.get(path).text for words in ("Little.", "We slept.", "3 left", "Authority told"))
    assert "hours late" not in ada.get("/manage/").text


def test_what_was_typed_stays_when_it_cannot_be(portal):
    ada = sign_in(portal, "ada")
    for wrong in (
        {"known": "at noon"},
        {"since": "2099-01-01"},
        {"until": "2025-01-01"},
        {"table": "account"},
        {"known": "2099-01-01"},
        {"since": "0001-01-01", "known": ""},
    ):
        answer = ada.post("/manage/privacy/breaches/new", data={**FORM, **wrong})
        assert (answer.status_code, "A disk was lost." in answer.text) == (422, True), wrong


def test_breaches_of_athena_are_athenas(portal):
    id = breach_of(portal)
    paths = ("", f"/{id}")
    for name in ("theo", "lena", "odin", "pia"):
        browser = sign_in(portal, name)
        found = [str(id) in browser.get(f"/manage/privacy/breaches{path or '/'}").text for path in paths]
        assert found == [False, False], name
        assert browser.post(f"/manage/privacy/breaches/{id}/close").status_code == 404


def test_a_table_that_nobody_knows_any_more_leaves_the_page(portal):
    id = breach_of(portal, "gone_plugin_table")
    assert "not known" in sign_in(portal, "ada").get(f"/manage/privacy/breaches/{id}").text
    with pytest.raises(UpartError, match="no table"), portal.reading("athena"):
        breaching.concerned(incident("gone_plugin_table"))
