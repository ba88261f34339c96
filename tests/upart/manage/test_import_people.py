# SPDX-License-Identifier: MIT
"""Ada brings in people by a table, in whatever way her spreadsheet has saved it; sees first what comes of it; takes it back."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from erasing import erase
from people import mails, sign_in, work
from restricting import restrict_at
from sqlalchemy import select

from upart import clock
from upart.accounts.models import Person
from upart.consent.models import ConsentEvent
from upart.errors import Problem
from upart.jobs.models import Job
from upart.manage import importing
from upart.manage.models import ImportRow, ImportRun, Work
from upart.manage.reading import ROWS, read_table
from upart.rights.actions.retaining import retain
from upart.rights.models import RightsRequest

HERE = "/manage/people/import"
TWO_PEOPLE = "Name;Mail\nZoë Žižek;zoe@example.org\nBö, Ann;ann@example.org\n"


def send(browser, table: str | bytes, name: str = "people.csv") -> str:
    """Send a table; returns the path of its page."""
    data = table if isinstance(table, bytes) else table.encode()
    answer = browser.post(HERE, data={"table": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def figures(page: str) -> dict[str, int]:
    return {word: int(number) for number, word in re.findall(r"<b>(\d+)</b><small>([^<]+)</small>", page)}


def guests(portal) -> dict[str, str]:
    with portal.reading("athena") as session:
        return {str.__str__(one.email): one.name for one in session.scalars(select(Person).where(Person.account_id.is_(None)))}


def bring_in(portal, browser, path: str) -> str:
    """Press the button, let the worker work; returns the page of what came of it."""
    answer = browser.post(f"{path}/start")
    assert answer.status_code == 303, answer.text
    work(portal)
    assert browser.get(answer.headers["Location"]).status_code == 200
    return browser.get(path).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_table_is_read_however_it_was_saved(encoding, between):
    out = io.StringIO()
    csv.writer(out, delimiter=between, lineterminator="\r\n").writerows(
        [["Name", "E-mail"], ['Bö, Ann; "the" first', "ann@example.org"], ["Zoë\tŽižek", "z@example.org"]]
    )
    table = read_table(out.getvalue().encode(encoding))
    assert (table.between, list(table.head)) == (between, ["Name", "E-mail"])
    assert [list(row) for _n, row in table.rows] == [['Bö, Ann; "the" first', "ann@example.org"], ["Zoë\tŽižek", "z@example.org"]]


@pytest.mark.parametrize(
    ("data", "encoding", "name"),
    [("Name;Mail\nŽofie – €;a@b.org".encode("cp1252"), "cp1252", "Žofie – €"), (b"Name;Mail\nJos\xe9 \x81;a@b.org", "latin-1", "José \x81")],
)
def test_old_encodings_are_told_apart(data, encoding, name):
    table = read_table(data)
    assert (table.encoding, table.rows[0][1][0]) == (encoding, name)


@pytest.mark.parametrize("data", [b"", b"\n\n ,, \n", b"\xff\xfe\x00", b"a," * 60 + b"\n", b"name,mail\n" + b"a,b@c.org\n" * (ROWS + 1), b'"' + b"x" * 200_000])
def test_what_is_no_table_is_refused_in_words(data):
    with pytest.raises(Problem) as refused:
        read_table(data)
    assert (refused.value.status, bool(refused.value.remedy)) == (422, True)


def test_ada_sees_what_would_come_of_each_row_and_nothing_has(portal):
    ada = sign_in(portal, "ada")
    table = (
        "Name,E-mail,Phone\nMara,mara@example.org,1\nLena,lena@example.org,2\nOtto,otto@example;org,3\n,nobody@example.org,4\nMara again,MARA@example.org,5\n"
    )
    page = ada.get(send(ada, table)).text
    assert figures(page) == {"would be added": 1, "are here already": 1, "cannot come in": 3}
    assert "Nothing stands here." in page
    assert "Row 2 says the same. Keep one of them." in page
    assert "<code>otto@example;org</code>" in page
    assert guests(portal) == {}
    work(portal)
    assert guests(portal) == {}


def test_what_was_shown_comes_in_whoever_is_new_is_told_and_agrees_to_nothing(portal):
    ada = sign_in(portal, "ada")
    page = bring_in(portal, ada, send(ada, TWO_PEOPLE.encode("utf-16")))
    assert figures(page) == {"added": 2, "were here already": 0, "left out": 0}
    assert guests(portal) == {"zoe@example.org": "Zoë Žižek", "ann@example.org": "Bö, Ann"}
    assert len(mails(portal, "zoe@")) == 1
    with portal.reading("athena") as session:
        new = select(Person.id).where(Person.account_id.is_(None))
        assert session.scalars(select(ConsentEvent).where(ConsentEvent.person_id.in_(new))).all() == []
        assert {role for person in session.scalars(select(Person).where(Person.account_id.is_(None))) for role in person.roles} == {"learner"}


def test_sending_it_again_does_nothing(portal):
    ada = sign_in(portal, "ada")
    bring_in(portal, ada, send(ada, TWO_PEOPLE))
    path = send(ada, TWO_PEOPLE)
    page = ada.get(path).text
    assert figures(page) == {"would be added": 0, "are here already": 2, "cannot come in": 0}
    assert figures(bring_in(portal, ada, path)) == {"added": 0, "were here already": 2, "left out": 0}
    assert (len(guests(portal)), len(mails(portal, "zoe@"))) == (2, 1)


def test_rows_that_were_left_out_come_back_as_a_table_that_is_no_formula(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, "Name,E-mail\n=cmd(),no address\nMara,mara@example.org\n")
    before = ada.get(f"{path}/left").data
    page = bring_in(portal, ada, path)
    assert figures(page) == {"added": 1, "were here already": 0, "left out": 1}
    assert ada.get(f"{path}/left").data == before
    head, line = csv.reader(io.StringIO(before.decode("utf-8-sig")))
    assert (head, line[:2], bool(line[2])) == (["Name", "E-mail", "What to do"], ["'=cmd()", "no address"], True)


def test_columns_that_nobody_guesses_are_chosen(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, "mara@example.org,Mara\notto@example.org,Otto\n")
    assert "Say which column is: Name, E-mail." in ada.get(path).text
    assert ada.post(f"{path}/start").status_code == 422
    assert ada.post(f"{path}/columns", data={"name": "7", "email": "0"}).status_code == 422
    ada.post(f"{path}/columns", data={"name": "1", "email": "0"})
    assert figures(bring_in(portal, ada, path))["added"] == 2


def test_it_is_taken_back_as_a_whole_but_for_whoever_has_an_account_by_now(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, TWO_PEOPLE)
    bring_in(portal, ada, path)
    with portal.everywhere() as session:
        ann = session.scalars(select(Person).where(Person.name == "Bö, Ann")).one()
        ann.account_id = session.scalars(select(Person.account_id).where(Person.name == "Odin")).one()
    where = ada.post(f"{path}/undo").headers["Location"]
    work(portal)
    for page in (ada.get(where).text, ada.get(path).text):
        assert ("They have an account by now." in page, "<b>1</b><small>stay</small>" in page) == (True, True)
    assert guests(portal) == {}
    with portal.reading("athena") as session:
        assert session.scalar(select(Person.name).where(Person.name == "Bö, Ann")) == "Bö, Ann"
        assert [request.asked_by.value for request in session.scalars(select(RightsRequest))] == ["officer"]
    assert ada.post(f"{path}/undo").status_code == 409


def test_who_stays_is_counted_as_that_and_nobody_restricted_is_erased_with_the_table(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, TWO_PEOPLE)
    bring_in(portal, ada, path)
    restrict_at(portal, "Bö, Ann")
    where = ada.post(f"{path}/undo").headers["Location"]
    work(portal)
    assert list(guests(portal)) == ["ann@example.org"]
    assert [(figures(page)["taken back"], figures(page)["stay"]) for page in (ada.get(path).text, ada.get(where).text)] == [(1, 1)] * 2
    assert "The data of this person are restricted." in ada.get(where).text


def test_the_work_can_be_watched_stopped_and_gone_on_with_by_nobody_else(portal, monkeypatch):
    monkeypatch.setattr(importing, "PIECE", 2)
    ada = sign_in(portal, "ada")
    path = send(ada, "Name,E-mail\n" + "".join(f"Guest {n},guest{n}@example.org\n" for n in range(7)))
    where = ada.post(f"{path}/start").headers["Location"]
    page = ada.get(where).text
    assert ("0 %" in page, 'http-equiv="refresh"' in page) == (True, True)
    assert sign_in(portal, "theo").get(where).status_code == 404
    assert sign_in(portal, "odin").post(f"{where}/cancel").status_code == 404
    ada.post(f"{where}/cancel")
    work(portal)
    page = ada.get(where).text
    assert ("Stopped." in page, 'http-equiv="refresh"' in page, len(guests(portal))) == (True, False, 0)
    assert figures(ada.get(path).text)["not reached"] == 7


def test_a_worker_that_is_killed_between_pieces_loses_and_doubles_nobody(portal, monkeypatch):
    monkeypatch.setattr(importing, "PIECE", 3)
    ada = sign_in(portal, "ada")
    path = send(ada, "Name,E-mail\n" + "".join(f"Guest {n},guest{n}@example.org\n" for n in range(10)))
    ada.post(f"{path}/start")
    add, calls = importing._add, []

    def dies(*given):
        calls.append(given)
        if len(calls) in (2, 8):
            raise SystemExit
        return add(*given)

    monkeypatch.setattr(importing, "_add", dies)
    for _try in range(4):
        with portal.everywhere() as session:
            for job in session.scalars(select(Job).where(Job.task == "people.import")):
                job.run_at = job.run_at.replace(year=2000)
        work(portal)
    assert (len(guests(portal)), len(calls) > 10) == (10, True)
    assert figures(ada.get(path).text) == {"added": 10, "were here already": 0, "left out": 0}


def test_who_is_in_a_table_finds_the_row_and_is_forgotten_with_it(portal):
    ada = sign_in(portal, "ada")
    send(ada, "Name,E-mail\nLena the learner,lena@example.org\nMara,mara@example.org\n")
    lena = sign_in(portal, "lena")
    assert "Rows about you in tables that somebody has sent" in lena.get("/privacy/mine").text
    erase(portal, "Lena")
    with portal.reading("athena") as session:
        assert [row.cells[0] for row in session.scalars(select(ImportRow))] == ["Mara"]


def test_a_table_can_be_forgotten_and_of_what_came_in_no_words_stay(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, TWO_PEOPLE)
    assert ada.post(f"{path}/let-go").status_code == 303
    assert ada.get(path).status_code == 404
    bring_in(portal, ada, send(ada, TWO_PEOPLE))
    with portal.reading("athena") as session:
        assert [row.cells for row in session.scalars(select(ImportRow))] == [[], []]
        assert len(session.scalars(select(ImportRun)).all()) == len(session.scalars(select(Work)).all()) == 1


def test_who_may_not_sees_no_table_and_a_wrong_file_keeps_its_form(portal):
    ada = sign_in(portal, "ada")
    path = send(ada, TWO_PEOPLE)
    for name in ("theo", "odin"):
        browser = sign_in(portal, name)
        assert browser.get(path).status_code == browser.post(f"{path}/start").status_code == browser.get(f"{path}/left").status_code == 404
    assert ada.post(HERE, data={"table": (io.BytesIO(b""), "x.csv")}, content_type="multipart/form-data").status_code == 422
    assert "no address" not in ada.post(HERE, data={}).text
    assert guests(portal) == {}


def test_three_hundred_rows_come_in_on_both_databases(school):
    ada = sign_in(school, "ada")
    path = send(ada, "Name,E-mail\n" + "".join(f"Guest {n},guest{n}@example.org\n" for n in range(300)) + "Wrong,none\n")
    assert figures(ada.get(path).text) == {"would be added": 300, "are here already": 0, "cannot come in": 1}
    assert figures(bring_in(school, ada, path)) == {"added": 300, "were here already": 0, "left out": 1}


def test_after_a_week_nothing_of_a_table_is_left_and_after_a_month_nothing_of_the_work(portal):
    ada = sign_in(portal, "ada")
    bring_in(portal, ada, send(ada, TWO_PEOPLE + "Nobody;none\n"))
    found = []
    for days in (6, 8, 31):
        with portal.app.app_context(), clock.shifted(timedelta(days=days)):
            retain()
        with portal.reading("athena") as session:
            found.append([len(session.scalars(select(table.id)).all()) for table in (ImportRow, ImportRun, Work)])
    assert found == [[3, 1, 1], [0, 0, 1], [0, 0, 0]]
    assert len(guests(portal)) == 2
