# SPDX-License-Identifier: MIT
"""Whoever sees somebody else's private data on a page leaves a line, which the one who was looked at can read."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from erasing import erase, who
from people import sign_in, work
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from upart import clock
from upart.accounts.models import Person
from upart.context import context
from upart.db import engine, reading, session
from upart.mail.models import MailMessage, MailState
from upart.rights.actions import looking
from upart.rights.actions.archiving import write_archive
from upart.rights.actions.retaining import retain
from upart.rights.models import Looked
from upart.rights.subjects import with_account_of


def looked(made, slug: str = "athena") -> list[tuple]:
    """Whose, by whom, as what, which kinds."""
    with made.reading(slug) as opened:
        names = {row.id: row.name for row in opened.scalars(select(Person))}
        rows = opened.scalars(select(Looked).order_by(Looked.id))
        return [(names[row.person_id], names.get(row.looker_id), row.role, row.page, row.categories) for row in rows]


def mine(made, name: str) -> str:
    """The page of what is held, as words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", sign_in(made, name).get("/privacy/mine").text))


def test_lena_sees_that_ada_has_opened_the_list_of_people(school):
    assert "no page has shown your address or other private text to anybody else" in mine(school, "lena")
    sign_in(school, "ada").get("/manage/people/")

    page = mine(school, "lena")

    assert "Ada, Owner All people of the academy, by name e-mail address" in page
    assert ("Lena", "Ada", "owner", "All people of the academy, by name", ["contact.email"]) in looked(school)


def test_of_oneself_nothing_is_noted(school):
    ada = sign_in(school, "ada")
    ada.get("/manage/people/")
    ada.get("/account/email")
    ada.get("/privacy/mine/core/person")

    assert "Ada" not in [whose for whose, *_rest in looked(school)]


def test_who_may_not_look_leaves_no_line(school):
    assert sign_in(school, "theo").get("/manage/people/").status_code == 404
    sign_in(school, "lena").get("/courses/")

    assert looked(school) == []


def test_odin_reads_of_his_own_academy_alone(school):
    sign_in(school, "ada").get("/manage/people/")

    assert looked(school, "orion") == []
    assert "Ada" not in mine(school, "odin")


def test_fifty_people_on_a_page_cost_one_insert(school):
    with school.writing("athena") as opened:
        opened.add_all(Person(name=f"Guest {n:02}", email=f"guest{n}@example.org") for n in range(60))
    ada, said = sign_in(school, "ada"), []
    with school.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda c, cursor, statement, *rest: said.append(statement))
        ada.get("/manage/people/")
    told = [one for one in said if "looked" in one]

    assert len(told) == 1
    assert told[0].startswith("INSERT INTO looked")
    assert len(looked(school)) == 49


def test_a_message_that_did_not_arrive_is_about_whom_it_was_for(school):
    with school.writing("athena") as opened:
        theo = who(opened, "Theo").id
        opened.add(
            MailMessage(person_id=theo, purpose="learn", recipient="theo@example.org", recipient_digest="", subject_line="", text="", state=MailState.FAILED)
        )
    sign_in(school, "ada").get("/manage/mail")

    assert [(whose, kinds) for whose, _by, _as, _page, kinds in looked(school)] == [("Theo", ["contact.email"])]


def test_a_form_that_was_refused_shows_as_much(school):
    with school.reading("athena") as opened:
        theo = who(opened, "Theo").id
    answer = sign_in(school, "ada").post(f"/manage/people/{theo}", data={"roles": "emperor"})

    assert answer.status_code == 422
    assert [(whose, page) for whose, _by, _as, page, _kinds in looked(school)] == [("Theo", "Give other roles")]


def test_a_value_that_came_without_its_row_is_found_by_it(school):
    with school.app.test_request_context(), reading(school.academy("athena")):
        ada = who(session, "Ada")
        bare = session.scalar(select(Person.email).where(Person.name == "Theo"))
        with context.knowing(ada, fresh=True), context.noting() as shown:
            bare.__html__()
            session.expunge(ada)
    with school.app.test_request_context(), context.set(school.academy("athena")):
        looking.write_down(shown, ada, "A page")

    assert bare.row is None
    assert [whose for whose, *_rest in looked(school)] == ["Theo"]


def test_of_two_people_with_one_address_the_one_whose_row_was_shown(school):
    with school.writing("athena") as opened:
        for name, state in (("Theo", MailState.FAILED), ("Lena", MailState.SENT)):
            opened.add(MailMessage(person_id=who(opened, name).id, purpose="learn", recipient="both@example.org", recipient_digest="", subject_line="", text="",
                                   state=state))  # fmt: skip
    sign_in(school, "ada").get("/manage/mail")

    assert [whose for whose, *_rest in looked(school)] == ["Theo"]


def test_jobs_and_commands_look_at_nobody(school):
    sign_in(school, "lena").post("/privacy/mine/archive")
    work(school)

    assert looked(school) == []


def test_it_is_in_the_copy_that_lena_takes_without_adas_id(school):
    sign_in(school, "ada").get("/manage/people/")
    out = io.BytesIO()
    with school.reading("athena") as opened:
        lena = who(opened, "Lena")
        write_archive(out, with_account_of(lena, False), "Lena")
    with zipfile.ZipFile(out) as archive:
        lines = archive.read("access/core/looked.json").decode()

    assert "All people of the academy, by name" in lines
    assert "somebody else" in lines


def test_ada_goes_and_her_looks_stay_nameless_lena_goes_and_they_go(school):
    with school.writing("athena") as opened:
        who(opened, "Theo").roles = ["teacher", "owner"]
    sign_in(school, "ada").get("/manage/people/")
    erase(school, "Ada")
    assert ("Lena", None, "owner") in [line[:3] for line in looked(school)]
    assert "Owner All people of the academy, by name" in mine(school, "lena")

    erase(school, "Lena")
    assert "Lena" not in [whose for whose, *_rest in looked(school)]


def test_after_a_year_it_is_forgotten(school):
    sign_in(school, "ada").get("/manage/people/")
    with school.app.app_context(), clock.shifted(timedelta(days=370)):
        retain()

    assert looked(school) == []


def test_what_cannot_be_noted_is_not_shown(school):
    ada = sign_in(school, "ada")

    def full(connection, cursor, statement, *rest):
        if statement.startswith("INSERT INTO looked"):
            raise OperationalError(statement, None, Exception("disk full"))

    with school.app.app_context():
        event.listen(engine(), "before_cursor_execute", full)
        answer = ada.get("/manage/people/")
        event.remove(engine(), "before_cursor_execute", full)

    assert answer.status_code == 503
    assert "lena@example.org" not in answer.text
    assert "lena@example.org" in ada.get("/manage/people/").text


@pytest.mark.parametrize("path", ["/privacy/mine", "/privacy/mine/core/looked"])
def test_the_pages_that_tell_it_open(school, path):
    sign_in(school, "ada").get("/manage/people/")

    assert sign_in(school, "lena").get(path).status_code == 200
