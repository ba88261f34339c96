# SPDX-License-Identifier: MIT
"""Ada closes her academy: everybody is told, each is erased on the day, and nothing is left but what a law keeps."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from erasing import answer_of, ask, held, invoice_of, outcome, text, who
from people import mails, sign_in, work
from restoring import backup, kinds
from sqlalchemy import select, update
from toil import command
from upart_quizbank.models import Answer

from upart import clock
from upart.academies.models import Academy
from upart.accounts.models import Person
from upart.cli import demo
from upart.cli.work import make_worker
from upart.context import context
from upart.errors import Problem
from upart.files.actions import upload
from upart.jobs.models import Job
from upart.privacy.register import connected
from upart.privacy.taxonomy import Category, OnErase
from upart.rights.actions import ending
from upart.rights.engine.emptying import Emptier
from upart.rights.engine.holdings import Holdings, holdings
from upart.rights.restricting.actions import lift, restrict
from upart.rights.restricting.models import Ground, Restriction
from upart.storage.models import File
from upart.storage.places import place
from upart.testing import every_kill

DAY = timedelta(days=1)
SAID = {"sure": "y", "name": "athena"}


def rows(school, slug="athena") -> set[str]:
    """The tables in which the academy still has something."""
    return {table for table, _academy, *_ in held(school, slug, but=())}


def standing(school, slug="athena") -> str | None:
    with school.everywhere() as session:
        return session.scalar(select(Academy.ending).where(Academy.slug == slug))


def come_to_an_end(school) -> None:
    """Hour after hour, as the worker does it."""
    for hour in range(6):
        with clock.shifted(30 * DAY + timedelta(hours=hour + 1)):
            work(school)


@pytest.fixture
def closing(school):
    """Ada has said it; everybody got their mail."""
    demo.fill(school.app, "platform")
    invoice_of(school, "Lena", clock.now())
    answer_of(school, "Lena", "Theo")
    assert sign_in(school, "ada").post("/manage/close/", data=SAID).status_code == 303
    work(school)
    return school


def test_the_plan_says_what_goes_and_what_a_law_keeps(school):
    invoice_of(school, "Lena", clock.now())
    page = sign_in(school, "ada").get("/manage/close/").text
    with school.reading("athena") as session:
        people = len(session.scalars(select(Person)).all())

    assert f'People who are erased</th><td class="num" data-label="How many">{people}</td>' in page
    assert "Invoices (1)" in page
    assert standing(school) is None


@pytest.mark.parametrize("typed", [{"name": "athena"}, {"sure": "y"}, {"sure": "y", "name": "orion"}], ids=["not read", "no name", "another name"])
def test_nothing_happens_until_the_name_is_typed_and_the_plan_read(school, typed):
    assert sign_in(school, "ada").post("/manage/close/", data=typed).status_code == 422
    assert standing(school) is None


def test_everybody_is_told_once_and_sees_it_on_each_page(closing):
    day = (clock.now() + 30 * DAY).strftime("%-d %B %Y")
    for name in ("ada", "theo", "lena"):
        assert [mail["Subject"] for mail in mails(closing, f"{name}@")].count(f"Athena closes on {day}") == 1
    lena = sign_in(closing, "lena")
    for page in (lena.get("/courses/"), lena.get("/privacy/mine"), lena.get("/account/"), sign_in(closing, "ada").get("/manage/people/")):
        assert f"Athena closes on {day}." in page.text
    assert "closes on" not in sign_in(closing, "odin").get("/account/").text


def test_nobody_joins_an_academy_that_closes(closing):
    refused = sign_in(closing, "theo").post("/courses/music-theory-from-zero/enrol")
    assert (refused.status_code, "nobody begins here any more" in refused.text) == (409, True)
    answer = closing.visitor("athena").post("/sign-up", data={"name": "Mara", "email": "mara@example.org", "password": "a quiet walk at noon"})
    assert answer.status_code == 404


def test_ada_thinks_better_of_it(closing):
    ada = sign_in(closing, "ada")
    assert ada.post("/manage/close/back").status_code == 303
    with clock.shifted(31 * DAY):
        work(closing)
    assert standing(closing) is None
    assert "Athena goes on" in [mail["Subject"] for mail in mails(closing, "lena@")]
    with closing.reading("athena") as session:
        assert who(session, "Lena").email == "lena@example.org"


def test_on_the_day_all_are_erased_and_only_the_invoice_is_left(closing):
    orion = held(closing, "orion")
    come_to_an_end(closing)

    assert standing(closing) == "closed"
    assert rows(closing) == {"quizbank_invoice"}
    gone = closing.visitor("athena").get("/")
    assert (gone.status_code, "No portal answers at this address" in gone.text) == (404, True)
    assert held(closing, "orion") == orion
    told = [mail for mail in mails(closing, "pia@") if mail["Subject"] == "Athena is closed"]
    assert len(told) == 1
    assert "1 line stays because a law keeps it" in told[0].get_body(("plain",)).get_content()


def test_when_the_law_lets_the_invoice_go_the_academy_s_entry_goes_too(closing):
    come_to_an_end(closing)
    with clock.shifted(11 * 366 * DAY):
        work(closing)
    with clock.shifted(11 * 366 * DAY + timedelta(hours=2)):
        work(closing)
    assert standing(closing) is None
    assert rows(closing, "orion") != set()
    with closing.everywhere() as session:
        assert session.scalar(select(Academy).where(Academy.slug == "athena")) is None


def test_on_the_day_it_cannot_be_taken_back(closing):
    late = clock.shifted(30 * DAY + timedelta(minutes=1))
    with late, closing.app.test_request_context(), closing.writing("athena"), pytest.raises(Problem, match="The day has come"):
        ending.go_on_after_all(clock.now())
    assert standing(closing) == "announced"


def test_two_workers_close_it_once(closing):
    for hour in range(6):
        with clock.shifted(30 * DAY + timedelta(hours=hour + 1)), ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(make_worker(closing.app).run_due) for _ in range(2)]:
                done.result(timeout=120)
    assert standing(closing) == "closed"
    assert len([mail for mail in mails(closing, "pia@") if mail["Subject"] == "Athena is closed"]) == 1


def test_a_part_that_fails_is_named_and_tried_until_it_is_done(closing, league):
    league.fails("refuse")
    with clock.shifted(30 * DAY + timedelta(hours=1)):
        work(closing)
        assert standing(closing) == "leaving"
        ada = sign_in(closing, "ada")
        page = ada.get("/manage/close/")
        assert "Done in part, tried again" in page.text
        assert [ada.get(path).status_code for path in ("/manage/requests/", "/courses/")] == [200, 503]
        assert "Athena is closed" in closing.visitor("athena").get("/").text
    league.fails("")
    with clock.shifted(31 * DAY):
        work(closing)
    come_to_an_end(closing)
    with clock.shifted(31 * DAY + timedelta(hours=3)):
        work(closing)
    assert standing(closing) == "closed"


def test_what_is_kept_for_a_claim_waits_until_that_is_lifted(closing):
    with closing.writing("athena") as session:
        claim = restrict(who(session, "Lena"), Ground.CLAIMS).id
    come_to_an_end(closing)
    assert standing(closing) == "leaving"
    with closing.writing("athena") as session:
        assert [person.name for person in session.scalars(select(Person).where(Person.name != ""))] == ["Ada", "Lena"]
        lift(session.scalars(select(Restriction).where(Restriction.id == claim)).one(), told=True)
    for hour in (8, 9, 10, 11):
        with clock.shifted(30 * DAY + timedelta(hours=hour)):
            work(closing)
    assert standing(closing) == "closed"


def test_an_only_owner_who_waits_for_another_waits_no_longer(closing):
    request = ask(closing, "Ada")
    work(closing)
    assert outcome(closing, request)["state"] == "needs_transfer"
    come_to_an_end(closing)
    assert standing(closing) == "closed"


def test_killed_anywhere_it_comes_to_the_same_end(portal):
    with portal.app.test_request_context(), portal.writing("athena"):
        upload(io.BytesIO(b"Words for everybody."), "words.txt", Category.CONTENT_PUBLIC, public=True)
    with portal.app.test_request_context(), portal.writing("athena"):
        ending.close()
    work(portal)
    with portal.everywhere() as session:  # the hour is struck by hand
        session.execute(update(Job).where(Job.task == "rights.closing").values(run_at=clock.now() + 900 * DAY))

    def hourly() -> None:
        with portal.app.app_context(), context.set(portal.academy("platform")):
            ending.sweep()

    killed = 0
    with clock.shifted(31 * DAY):
        for _who in ("everybody else", "owners", "what is left"):
            killed += len(list(every_kill(hourly, installation=portal)))
            work(portal)
    with portal.everywhere() as session:
        assert session.scalar(select(Academy).where(Academy.slug == "athena")) is None
    told = [mail for mail in mails(portal, "pia@") if mail["Subject"] == "Athena is closed"]
    assert len(told) == 1
    assert "Nothing of it is left" in told[0].get_body(("plain",)).get_content()
    with portal.app.app_context():
        assert list(place().list()) == []
    assert killed > 10
    assert portal.breaches() == []


def test_a_file_that_was_printed_for_a_kept_row_stays_with_it(school):
    kept = answer_of(school, "Lena")
    with school.app.test_request_context(), school.writing("athena") as session:
        lena = who(session, "Lena")
        sketch, other = (upload(io.BytesIO(b"A sketch of it."), name, Category.EDU_RESULT, about=lena, while_writing=True) for name in ("a.txt", "b.txt"))
        session.execute(update(Answer).where(Answer.id == kept).values(sketch_id=sketch.id))
        printed, ids = sketch.id, {sketch.id, other.id}
    with school.app.app_context():
        emptier = Emptier(_with_a_law(holdings()), school.academy("athena").id, lambda opened, counts: None)
        emptier.empty(emptier.held.entry("file"))
    with school.reading("athena") as session:
        assert {id for id in session.scalars(select(File.id)) if id in ids} == {printed}


def _with_a_law(held: Holdings) -> Holdings:
    """As if a law kept what people answered."""
    tables = dict(held.register.tables)
    law = OnErase.KEEP(law="DE.invoice", document=True)
    columns = [
        replace(column, declaration=replace(column.declaration, on_erase=law)) if column.name == "learner_id" else column
        for column in tables["quizbank_answer"].columns
    ]
    tables["quizbank_answer"] = replace(tables["quizbank_answer"], columns=tuple(columns))
    return Holdings(connected(tables.values()))


def test_a_backup_from_before_does_not_open_it_again(school, caplog):
    put_back = backup(school)
    assert sign_in(school, "ada").post("/manage/close/", data=SAID).status_code == 303
    come_to_an_end(school)
    assert standing(school) is None
    with clock.shifted(31 * DAY):
        school = put_back()
        assert "courses_course" in rows(school)
        first = school.visitor("athena").get("/courses/")
        assert (first.status_code, "Athena is closed" in first.text, "lena@example.org" in text(school)) == (503, True, False)
        for hour in range(4):
            with clock.shifted(31 * DAY + timedelta(hours=hour)):
                work(school)
    assert standing(school) is None
    assert "failed in a request" not in caplog.text
    assert held(school, "orion")


def test_after_a_restore_the_day_stands_again_and_so_does_that_it_goes_on(portal):
    put_back = backup(portal)
    ada = sign_in(portal, "ada")
    ada.post("/manage/close/", data=SAID)
    announced = put_back()
    day = (clock.now() + 30 * DAY).strftime("%-d %B %Y")
    assert f"Athena closes on {day}." in sign_in(announced, "lena").get("/account/").text
    put_back = backup(announced)
    announced = put_back()
    assert sign_in(announced, "ada").post("/manage/close/back").status_code == 303
    assert kinds(announced)[-1] == "going_on"
    with clock.shifted(40 * DAY):  # long after the day that was taken back
        later = put_back()
        assert later.visitor("athena").get("/courses/").status_code == 200
        assert standing(later) is None


def test_the_platform_is_never_closed(portal):
    pia = sign_in(portal, "pia")
    assert "Close the academy" not in pia.get("/manage/").text
    for answer in (pia.get("/manage/close/"), pia.post("/manage/close/", data=SAID)):
        assert answer.status_code == 409
        assert "The platform cannot be closed" in answer.text


def test_closing_is_for_owners_alone(portal):
    for name in ("lena", "theo"):
        browser = sign_in(portal, name)
        assert {browser.get("/manage/close/").status_code, browser.post("/manage/close/", data=SAID).status_code} == {404}
    assert standing(portal) is None


def test_an_operator_closes_an_academy_and_sees_it_in_the_list(portal):
    instance = portal.state.config.instance
    (instance / "upart.toml").touch()
    assert "closes on" in command(instance, "academy", "close", "athena", "--yes").output
    listed = json.loads(command(instance, "academy", "list", "--json").output)
    assert [one["ending"] for one in listed if one["slug"] == "athena"] == ["announced"]
    assert "is being closed" in command(instance, "academy", "close", "athena", "--now", "--yes").output
    assert standing(portal) == "leaving"
