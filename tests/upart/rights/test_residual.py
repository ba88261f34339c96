# SPDX-License-Identifier: MIT
"""After an erasure it is searched for what may be left: whatever is found holds it up, with its place and never its text."""

from __future__ import annotations

import base64
import json
import quopri
import random
import re
import sqlite3
import unicodedata
from contextlib import closing
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from erasing import ask, erase, invoice_of, outcome, who
from people import mails, work

from upart import clock
from upart.accounts.models import Person
from upart.cli.migrating import owner_engine
from upart.context import context
from upart.db import bare, engine, uuid7
from upart.jobs.models import Job
from upart.rights.actions.proving import proof_of, receipt_of
from upart.rights.actions.searching_again import search_again
from upart.rights.engine.holdings import holdings
from upart.rights.receipts.models import RightsProof
from upart.rights.scanning.finding import holds_up
from upart.rights.scanning.matching import Matcher
from upart.rights.scanning.scan import scanned
from upart.rights.scanning.wanted import Identifier, What
from upart.storage.places import place

LENA = "lena@example.org"
DISGUISES = {
    "as it is": LENA,
    "upper case": LENA.upper(),
    "percent": f"https://example.org/?m={quote(LENA)}",
    "percent all over": "".join(f"%{ord(sign):02X}" for sign in LENA),
    "quoted-printable": quopri.encodestring(f"für {LENA}".encode()).decode() + " lena=40example.org",
    "a soft line break": "for lena@exam=\r\nple.org",
    "json": json.dumps(f"to {LENA}").replace("@", "\\u0040"),
    "base64": base64.b64encode(f"from {LENA} at noon".encode()).decode(),
    "base64 of a mail": base64.encodebytes(b"x" * 47 + f" {LENA} wrote".encode()).decode(),
    "percent in json": json.dumps({"link": "/?m=lena%40example.org"}),
}


def plant(made, texts, slug="athena"):
    """Texts that nobody has declared to be about anybody."""
    from upart_quizbank.models import Question

    with made.writing(slug) as session:
        session.add_all([Question(text=text, answer="") for text in texts])


def found(made, request):
    """The places at which something was found, with numbers."""
    with made.reading("athena"):
        return {(one["table"], one["column"], one["what"]): one["count"] for one in proof_of(request).found if not one["kept"]}


def later(made, hours=2):
    """A worker tries again what has failed."""
    with clock.shifted(timedelta(hours=hours)):
        work(made)


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES)
def test_an_address_is_known_in_each_disguise(text):
    assert set(Matcher([Identifier(What.ADDRESS, LENA)]).found(text.encode())) == {What.ADDRESS}
    assert not Matcher([Identifier(What.ADDRESS, "ena@example.org"), Identifier(What.ADDRESS, "theo@example.org")]).found(text.encode())


def test_letters_may_be_composed_or_not():
    matcher = Matcher([Identifier(What.ADDRESS, "josé@example.org"), Identifier(What.NAME, "Zoë Müller")])
    for text in ("JOSÉ@example.org, zoë müller", json.dumps("José@example.org, ZOË MÜLLER")):
        assert set(matcher.found(unicodedata.normalize("NFD", text).encode())) == {What.ADDRESS, What.NAME}


def test_a_phone_number_and_an_id_are_known_however_they_are_written():
    matcher = Matcher([Identifier(What.PHONE, "+43 (1) 234-567"), Identifier(What.ID, "01970000-aaaa-7bbb-8ccc-dddddddddddd")])
    assert set(matcher.found(b"tel:+431234567")) == {What.PHONE}
    assert set(matcher.found(b"/people/01970000AAAA7BBB8CCCDDDDDDDDDDDD")) == {What.ID}
    assert not matcher.found(b"+4312345678, 01970000-aaaa-7bbb-8ccc-ddddddddddde")


def test_base64_shows_a_random_address_wherever_it_begins():
    chance = random.Random(7)
    for _ in range(300):
        address = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789.-", k=chance.randint(2, 12))).strip(".-") + "@example.org"
        text = base64.b64encode(b" " * chance.randint(0, 2) + chance.choice((address, address.upper())).encode()).rstrip(b"=")
        assert Matcher([Identifier(What.ADDRESS, address)]).found(b"see " + text + b" there"), (address, text)


def test_what_was_planted_is_found_with_its_place_and_holds_the_request_up(school):
    with school.reading("athena") as session:
        lena = str(who(session, "Lena").id)
    with owner_engine(school.state) as owner, owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE quizbank_question ADD COLUMN aside TEXT")
    plant(school, DISGUISES.values())
    _everywhere(school, "UPDATE quizbank_question SET aside = :it WHERE academy_id = :a", it=f"id {lena}")
    with school.writing("athena") as session:
        session.add(Job(person_id=None, task="quizbank.nothing", payload={"to": LENA}, run_at=clock.now() + timedelta(days=900)))
    folder = school.state.config.instance / "logs"
    folder.mkdir()
    (folder / "access.log").write_text("GET /?m=lena%40example.org\n")
    with school.app.app_context():
        place().room()
        source = place().incoming
        (source / "one").write_text(f"From {LENA}")
        place().put(school.academy("athena").id, file := uuid7(), source / "one")

    request = ask(school)
    work(school)

    assert outcome(school, request)["state"] == "partially_done"
    assert {place: count for place, count in found(school, request).items() if place[2] != "name"} == {
        ("quizbank_question", "text", "address"): len(DISGUISES),
        ("quizbank_question", "aside", "id"): _questions(school),
        ("job", "payload", "address"): 1,
        ("instance/logs", "", "address"): 1,
        ("stored files", "", "address"): 1,
    }
    with school.reading("athena"):
        proof = proof_of(request)
        assert (proof.receipt, LENA in str(proof.found)) == ({}, False)

    (folder / "access.log").unlink()
    with school.app.app_context():
        place().delete(school.academy("athena").id, file)
    _everywhere(school, "DELETE FROM quizbank_question WHERE academy_id = :a")
    _everywhere(school, "DELETE FROM job WHERE academy_id = :a AND task = 'quizbank.nothing'")
    later(school)
    assert outcome(school, request)["state"] == "done"
    with school.reading("athena"):
        assert receipt_of(request)["state"] == "done"


def _everywhere(made, statement, **values):
    id = made.academy("athena").id
    with made.app.app_context(), bare("a test goes around all that is declared", write=True) as connection:
        connection.execute(sa.text(statement), {"a": id.hex if connection.dialect.name == "sqlite" else id, **values})


def _questions(made):
    from upart_quizbank.models import Question

    with made.reading("athena") as session:
        return session.scalar(sa.select(sa.func.count(Question.id)))


def test_a_name_alone_what_a_law_keeps_and_what_others_hold_hold_nothing_up(school):
    invoice_of(school, "Lena", clock.now())
    plant(school, ["Lena said so.", "magdalena did not"])
    plant(school, [LENA], slug="orion")
    request = erase(school)
    assert {place for place in found(school, request) if place[2] != "name"} == set()
    assert found(school, request)[("quizbank_question", "text", "name")] == 1
    with school.reading("athena") as session:
        proof = proof_of(request)
        [kept] = [one for one in proof.found if one["kept"]]
        assert (kept["plugin"], kept["table"], kept["column"], holds_up([kept])) == ("quizbank", "quizbank_invoice", "name", [])
        assert (proof.wanted, proof.scanned_at is not None, "backups" in proof.not_seen) == (None, True, True)
        assert "orion" not in json.dumps([proof.found, proof.not_seen, proof.receipt])
        assert session.scalars(sa.select(RightsProof)).one() is proof


def tonight(made, days):
    """The nightly search, so many days from now; what officers are told."""
    with clock.shifted(timedelta(days=days)), made.app.app_context(), context.set(made.academy("platform")):
        search_again()
        sent = mails(made, "ada@")
    return [mail.get_body(("plain",)).get_content() for mail in sent if "is here again" in mail["Subject"]]


def test_what_comes_back_is_seen_in_the_night_without_anybody_knowing_whom(portal):
    with portal.reading("athena") as session:
        lena = who(session, "Lena").id
    erase(portal, with_account=True)
    assert tonight(portal, 1) == []
    log = portal.state.config.instance / "old.log"
    log.write_text(f"GET /people/{lena.hex} ?m=lena%40example.org, theo@example.org, elena@example.org")
    with portal.writing("athena") as session:
        session.add(Job(person_id=None, task="courses.late", payload={"to": LENA.upper()}, run_at=clock.now() + timedelta(days=900)))
    [mail] = tonight(portal, 2)
    assert "job.payload: once" in mail
    assert re.findall(r"instance: (\w+)", mail) == ["once", "once"], "an address and an id; Theo is here, Elena was never erased"
    assert LENA not in mail
    assert len(tonight(portal, 9)) == 1, "after seven nights nobody looks any more"


def test_who_came_back_with_the_old_address_is_not_taken_for_what_came_back(portal):
    erase(portal, with_account=True)
    with portal.writing("athena") as session:
        session.add(Person(name="Lena", email=LENA))
    assert tonight(portal, 1) == []


def test_bytes_that_were_deleted_and_not_overwritten_are_found_in_the_file(portal):
    with portal.app.app_context(), closing(sqlite3.connect(engine().url.database, isolation_level=None)) as careless:
        for statement in ("PRAGMA secure_delete=OFF", "CREATE TABLE aside (text)", "INSERT INTO aside VALUES ('to Left@Nowhere.example')", "DELETE FROM aside"):
            careless.execute(statement)
        found = scanned(holdings(), {"address": ["left@nowhere.example", "lena@example.org"]}, portal.academy("orion").id)
    assert [(one["table"], one["what"], one["count"]) for one in found.as_data()] == [("the database file", "address", 1)], "Lena's stand in her rows"


def test_one_letter_is_not_searched_for_which_is_said(portal):
    with portal.app.app_context():
        found = scanned(holdings(), {"name": ["L"], "address": [], "phone": ["12"]}, portal.academy("athena").id)
    assert found.as_data() == []
    assert [text for text in found.not_seen if "fewer than 4 letters" in text] == [
        "a text of fewer than 4 letters (name), which stands everywhere",
        "a text of fewer than 4 letters (phone), which stands everywhere",
    ]
