# SPDX-License-Identifier: MIT
"""Ada works with the list of people: finds, orders, keeps views, does things to many, takes it out. Theo does so with his courses."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from uuid import UUID

import pytest
from people import idle, sign_in
from restricting import restrict_at
from sqlalchemy import event, select
from upart_courses.models import Course

from upart.accounts.models import Person
from upart.db import engine
from upart.errors import PluginError
from upart.events.models import Event
from upart.manage import actions
from upart.manage.listing import Column, Filter, Listing
from upart.manage.models import ListView
from upart.manage.sheet import harmless
from upart.rights.models import Looked

LIST = "/manage/people/"


def crowd(portal, number: int, start: int = 0) -> None:
    with portal.writing("athena") as session:
        session.add_all(Person(name=f"Guest {n:05}", email=f"guest{n}@example.org") for n in range(start, start + number))


def names(page: str) -> list[str]:
    return re.findall(r'<a class="name" href="/manage/people/[^"]*">([^<]+)</a>', page)


def ids(portal, *wanted: str) -> list[str]:
    with portal.reading("athena") as session:
        return [str(session.scalar(select(Person.id).where(Person.name == name))) for name in wanted]


def suspended(portal) -> set[str]:
    with portal.reading("athena") as session:
        return set(session.scalars(select(Person.name).where(Person.suspended_at.is_not(None))))


def rows(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_ada_finds_filters_and_orders_by_the_address_alone(portal):
    crowd(portal, 3)
    ada = sign_in(portal, "ada")
    assert names(ada.get(f"{LIST}?role=teacher").text) == ["Theo"]
    assert names(ada.get(f"{LIST}?state=guest&order=-name").text) == ["Guest 00002", "Guest 00001", "Guest 00000"]
    assert names(ada.get(f"{LIST}?q=GUEST1@").text) == ["Guest 00001"]
    assert "guest1@example.org" not in ada.get(f"{LIST}?cols=name,joined").text
    assert ada.get(f"{LIST}?role=emperor").status_code == 400


def test_page_after_page_names_everybody_once(portal):
    crowd(portal, 120)
    ada, path, seen = sign_in(portal, "ada"), f"{LIST}?state=guest&order=-joined", []
    while path:
        page = ada.get(path).text
        seen += names(page)
        more = re.search(r'href="([^"]*after=[^"]*)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert sorted(seen) == [f"Guest {n:05}" for n in range(120)]
    assert ada.get(f"{LIST}?after=nonsense").status_code == 400


def test_a_large_academy_needs_no_more_statements_and_counts_nothing(portal):
    ada, sent = sign_in(portal, "ada"), []
    with portal.app.app_context():
        event.listen(engine(), "before_cursor_execute", lambda connection, cursor, statement, *rest: sent.append(statement))

    def needed() -> list[str]:
        sent.clear()
        assert ada.get(f"{LIST}?state=guest").status_code == 200
        return list(sent)

    crowd(portal, 60)
    small = needed()
    crowd(portal, 3000, 60)
    assert needed() == small
    assert not any("count(" in statement for statement in small)


def test_chosen_people_are_suspended_whoever_cannot_be_is_named_and_undo_takes_it_back(portal):
    ada, chosen = sign_in(portal, "ada"), ids(portal, "Ada", "Lena", "Theo")
    page = ada.post(f"{LIST}act", data={"row": chosen, "do": "suspend"}).text
    assert suspended(portal) == {"Lena", "Theo"}
    assert "2 people are suspended" in page
    assert "Ada is the last owner of" in page
    undo = re.findall(r'name="row" value="([^"]+)"', page)
    again = ada.post(f"{LIST}act", data={"row": undo, "do": "lift"}).text
    assert ("2 people can sign in again" in again, suspended(portal)) == (True, set())


def test_what_was_so_before_is_not_undone(portal):
    ada, (lena, theo) = sign_in(portal, "ada"), ids(portal, "Lena", "Theo")
    ada.post(f"{LIST}act", data={"row": [lena], "do": "suspend"})
    page = ada.post(f"{LIST}act", data={"row": [lena, theo], "do": "suspend"}).text
    assert "Of one more it was true already." in page
    assert re.findall(r'name="row" value="([^"]+)"', page) == [theo]


def test_all_that_match_are_asked_for_by_number_and_only_those_are_touched(portal):
    crowd(portal, 70)
    ada, asked = sign_in(portal, "ada"), {"state": "guest", "all": "1", "do": "suspend"}
    question = ada.post(f"{LIST}act", data=asked).text
    assert ("Suspend 70 people?" in question, suspended(portal)) == (True, set())
    sure = re.search(r'name="sure" value="([^"]+)"', question)[1]
    crowd(portal, 1, 70)
    assert "Suspend 71 people?" in ada.post(f"{LIST}act", data={**asked, "sure": sure}).text
    assert suspended(portal) == set()
    sure = re.search(r'name="sure" value="([^"]+)"', ada.post(f"{LIST}act", data=asked).text)[1]
    assert "71 people are suspended" in ada.post(f"{LIST}act", data={**asked, "sure": sure}).text
    assert len(suspended(portal)) == 71


def test_too_many_nobody_and_nonsense_are_refused_in_words(portal, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 3)
    ada = sign_in(portal, "ada")
    crowd(portal, 4)
    assert ada.post(f"{LIST}act", data={"all": "1", "do": "suspend"}).status_code == 409
    assert ada.post(f"{LIST}act", data={"do": "suspend"}).status_code == 422
    assert ada.post(f"{LIST}act", data={"row": "no-id", "do": "suspend"}).status_code == 400
    assert ada.post(f"{LIST}act", data={"row": ids(portal, "Lena"), "do": "vanish"}).status_code == 422
    assert suspended(portal) == set()


def test_odin_and_theo_can_do_nothing_to_lena(portal):
    data = {"row": ids(portal, "Lena"), "do": "suspend"}
    assert sign_in(portal, "theo").post(f"{LIST}act", data=data).status_code == 404
    assert sign_in(portal, "odin").post(f"{LIST}act", data=data).status_code == 422
    assert suspended(portal) == set()


def test_the_download_is_what_the_page_shows_all_of_it(portal):
    crowd(portal, 60)
    ada = sign_in(portal, "ada")
    answer = ada.post(f"{LIST}download", data={"state": "guest", "cols": "name,email", "order": "-name"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="athena-people-')
    assert answer.data.startswith(b"\xef\xbb\xbf")
    head, *lines = rows(answer)
    assert head == ["Person", "Address"]
    assert lines == [[f"Guest {n:05}", f"guest{n}@example.org"] for n in reversed(range(60))]


def test_a_download_is_written_down_for_the_academy_and_for_each_person(portal):
    sign_in(portal, "ada").post(f"{LIST}download", data={"q": "lena"})
    with portal.reading("athena") as session:
        lena = session.scalar(select(Person.id).where(Person.name == "Lena"))
        told = session.execute(select(Looked.person_id, Looked.page, Looked.categories)).all()
        said = session.scalars(select(Event.data).where(Event.type == "manage.downloaded")).all()
    assert told == [(lena, "Downloaded: All people of the academy, by name", ["contact.email"])]
    assert said == [{"list": "people", "rows": 1, "columns": ["name", "email", "roles", "state", "joined"]}]
    assert "people: one row" in sign_in(portal, "ada").get("/manage/audit").text


def test_more_people_than_a_statement_can_name_are_told_too(portal):
    crowd(portal, 2500)
    sign_in(portal, "ada").post(f"{LIST}download", data={"state": "guest"})
    with portal.reading("athena") as session:
        assert len(set(session.scalars(select(Looked.person_id)))) == 2500


def test_both_databases_page_act_and_take_out_alike(school):
    crowd(school, 60)
    ada, asked = sign_in(school, "ada"), {"state": "guest", "order": "-joined", "cols": "name"}
    shown = [names(ada.get(f"{LIST}?state=guest&order=-joined").text), rows(ada.post(f"{LIST}download", data=asked))[1:]]
    assert [name for (name,) in shown[1]][:50] == shown[0]
    question = ada.post(f"{LIST}act", data={**asked, "all": "1", "do": "suspend"}).text
    sure = re.search(r'name="sure" value="([^"]+)"', question)[1]
    assert "60 people are suspended" in ada.post(f"{LIST}act", data={**asked, "all": "1", "do": "suspend", "sure": sure}).text
    assert ada.post(f"{LIST}views", data={"name": "Gone", "state": "suspended"}).status_code == 303
    assert "Ada is the last owner" in ada.post(f"{LIST}act", data={"row": ids(school, "Ada"), "do": "suspend"}).text


def test_who_may_not_take_it_out_or_is_merely_recognised_gets_nothing(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Theo")).one().roles = ["manager"]
    theo = sign_in(portal, "theo")
    assert (theo.get(LIST).status_code, "Download</button>" in theo.get(LIST).text) == (200, False)
    assert theo.post(f"{LIST}download").status_code == 404
    answer = idle(sign_in(portal, "ada", remember=True)).post(f"{LIST}download")
    assert (answer.status_code, "lena@" in answer.text) == (401, False)
    assert "lena@" not in sign_in(portal, "odin").post(f"{LIST}download").text


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "  =cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(portal, name):
    with portal.writing("athena") as session:
        session.add(Person(name=name, email="formula@example.org"))
    cell = rows(sign_in(portal, "ada").post(f"{LIST}download", data={"q": "formula@", "cols": "name"}))[1][0]
    assert cell == f"'{name}"
    assert harmless(-5) == -5


def test_a_download_stays_flat_in_memory(portal):
    crowd(portal, 500)
    ada = sign_in(portal, "ada")

    def peak() -> int:
        tracemalloc.start()
        assert ada.post(f"{LIST}download", data={"state": "guest", "cols": "name,joined"}).data
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak()
    small = peak()
    crowd(portal, 4500, 500)
    assert peak() < small + 3_000_000


def test_restricted_people_are_in_no_list_view_or_download(portal):
    restrict_at(portal, "Lena")
    ada = sign_in(portal, "ada")
    for question in ("", "?q=lena", "?role=learner", "?order=-joined", "?state=in"):
        assert "lena@example.org" not in ada.get(LIST + question).text
    assert "Lena" not in ada.post(f"{LIST}download").text
    page = ada.post(f"{LIST}act", data={"row": ids(portal, "Lena"), "do": "suspend"}).text
    assert ("are restricted" in page, suspended(portal)) == (True, set())


def test_ada_keeps_a_view_that_others_find_without_what_she_looked_for(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Theo")).one().roles = ["manager"]
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    answer = ada.post(f"{LIST}views", data={"name": "Who is new", "shared": "y", "joined": "7", "order": "-joined", "q": "lena@example.org"})
    assert answer.headers["Location"] == f"{LIST}?joined=7&order=-joined"
    with portal.reading("athena") as session:
        assert [(view.name, view.asked) for view in session.scalars(select(ListView))] == [("Who is new", {"joined": "7", "order": "-joined"})]
    assert re.search(r'href="/manage/people/\?joined=7&amp;order=-joined" aria-current="page">Who is new', ada.get(answer.headers["Location"]).text)
    assert "Who is new" in theo.get(LIST).text
    assert "Who is new" not in sign_in(portal, "odin").get(LIST).text


def test_a_view_is_ones_own_to_replace_and_to_delete(portal):
    with portal.writing("athena") as session:
        session.scalars(select(Person).where(Person.name == "Theo")).one().roles = ["owner"]
    ada, theo = sign_in(portal, "ada"), sign_in(portal, "theo")
    for role in ("learner", "teacher"):
        ada.post(f"{LIST}views", data={"name": "Mine", "role": role})
    with portal.reading("athena") as session:
        (view,) = session.scalars(select(ListView)).all()
    assert (view.asked, "Mine" in theo.get(LIST).text) == ({"role": "teacher"}, False)
    assert theo.post(f"{LIST}views/{view.id}/delete").status_code == 404
    assert ada.post(f"{LIST}views/{view.id}/delete").status_code == 303
    assert "Mine" not in ada.get(LIST).text
    assert ada.post(f"{LIST}views", data={"name": ""}).status_code == 422


def test_theo_archives_his_courses_and_nobody_elses(portal):
    with portal.writing("athena") as session:
        ada = session.scalars(select(Person).where(Person.name == "Ada")).one()
        mine, hers = session.scalars(select(Course).join(Person, Person.id == Course.author_id).where(Person.name == "Theo").limit(2)).all()
        hers.author_id = ada.id
        chosen, others = str(mine.id), str(hers.id)
    theo = sign_in(portal, "theo")
    assert "One course is archived" in theo.post("/teach/courses/act", data={"row": [chosen, others], "do": "archive"}).text
    question = theo.post("/teach/courses/act", data={"row": [chosen], "do": "publish"}).text
    assert "Publish one course?" in question
    with portal.reading("athena") as session:
        states = dict(session.execute(select(Course.id, Course.state)).all())
    assert (states[UUID(chosen)].value, states[UUID(others)].value) == ("archived", "published")


def test_a_list_that_cannot_work_is_refused_where_it_is_declared():
    column = Column(key="name", label="Person", of=Person.name, sort=True)
    about = {"name": "x", "model": Person, "title": "X", "sentence": "X", "columns": (column,)}
    with pytest.raises(PluginError, match="no column to order by"):
        Listing(**about, order="joined")
    with pytest.raises(PluginError, match="lists use that word themselves"):
        Listing(**about, order="name", filters=(Filter(key="after", label="A", options={}, where=str),))
