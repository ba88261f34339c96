# SPDX-License-Identifier: MIT
"""What of Lena goes to whom: the minimum, to those who are declared, noted by the names of columns."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from erasing import answer_of, ask, erase, text, who
from people import sign_in
from sqlalchemy import select
from upart_quizbank.league import LEAGUE, SENT, recipient
from upart_quizbank.models import Answer

from upart.accounts.models import Person
from upart.disclosure.models import Disclosure
from upart.disclosure.rules import NotDisclosed
from upart.errors import Problem
from upart.privacy.taxonomy import Purpose
from upart.rights.actions.archiving import write_archive
from upart.rights.actions.disclosing import disclose
from upart.rights.models import RightsStep
from upart.rights.receivers import received
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground, Scope
from upart.rights.subjects import with_account_of

LEAGUE_STORE = "quizbank.league"
AGREED = "On the page of the league, 3 May 2026."


def give(school, *fields: str, name: str = "Lena", to: str = LEAGUE, purpose: str = Purpose.LEARN, **more):
    with school.app.test_request_context(), school.writing("athena") as session:
        return disclose(who(session, name), fields, to, purpose, **more)


def log(school) -> list[Disclosure]:
    with school.reading("athena") as session:
        return list(session.scalars(select(Disclosure)))


def test_the_league_gets_the_columns_that_were_asked_for_of_lena_alone(school):
    answer_of(school, "Lena", reviewer="Theo")
    answer_of(school, "Theo", reviewer="Lena", words="Because it is warm.")
    given = give(school, "person.email", "quizbank_answer.text")
    assert given == {"person": [{"email": "lena@example.org"}], "quizbank_answer": [{"text": "Because it rises."}, {"text": None}]}
    assert give(school, "quizbank_answer.text", rows=()) == {"quizbank_answer": []}


def test_the_log_knows_the_names_of_columns_and_no_value(school):
    answer_of(school, "Lena")
    give(school, "person.name", "person.email", "quizbank_answer.verdict")
    [row] = log(school)
    with school.reading("athena") as session:
        assert (row.person_id, row.recipient, row.purpose) == (who(session, "Lena").id, LEAGUE, "learn")
    assert row.fields == ["person.name", "person.email"], "what was empty did not go"
    assert not any("lena" in str(value).lower() for value in vars(row).values())


def test_what_a_door_rolls_back_is_not_in_the_log(school):
    with pytest.raises(RuntimeError), school.app.test_request_context(), school.writing("athena") as session:
        disclose(who(session, "Lena"), ["person.name"], LEAGUE, Purpose.LEARN)
        raise RuntimeError
    assert log(school) == []


def test_a_row_of_the_same_transaction_goes_out_too(school):
    with school.app.test_request_context(), school.writing("athena") as session:
        lena = who(session, "Lena")
        lena.name = "Lena Zell"
        assert disclose(lena, ["person.name"], LEAGUE, Purpose.LEARN) == {"person": [{"name": "Lena Zell"}]}


REFUSED = (
    (("person.email",), {"to": "Choir Ltd"}, "'Choir Ltd' is not declared"),
    (("person.email",), {"purpose": Purpose.PROMOTE}, "receives data for 'learn', not for 'promote'"),
    (("person.email",), {"purpose": "advertise"}, "There is no purpose 'advertise'"),
    (("person.language",), {}, "not declared for demographic.language"),
    (("quizbank_answer.steps",), {}, "not declared for device.agent"),
    (("person.shoe_size",), {}, "no declared column 'person.shoe_size'"),
    (("nowhere.name",), {}, "no declared column 'nowhere.name'"),
    ((), {}, "Nothing was named"),
    (("account.password_hash",), {}, "is secret"),
    (("user_session.digest",), {"permission": AGREED}, "is secret"),
    (("user_session.digest",), {"authority": "12 Os 5/26"}, "is secret"),
    (("quizbank_answer.doubts",), {"permission": AGREED}, "only after a human has looked"),
    (("quizbank_answer.learner_id",), {}, "says nothing outside"),
    (("quizbank_guest.address_digest",), {}, "says nothing outside"),
    (("account.email",), {}, "says nothing about people, or not to others"),
    (("academy.name",), {}, "says nothing about people"),
    (("sign_in.network",), {}, "sign_in.network is never shared"),
    (("sign_in.network",), {"permission": "  "}, "sign_in.network is never shared"),
)  # fmt: skip


@pytest.mark.parametrize(("fields", "how", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_nothing_else_goes_out(portal_school, fields, how, message):
    with pytest.raises(NotDisclosed, match=message):
        give(portal_school, *fields, **how)
    assert log(portal_school) == []


@pytest.fixture
def portal_school(school):
    if school.state.config.database_url.startswith("postgresql"):
        pytest.skip("rules do not depend on the database")
    return school


def choir(school, *categories: str) -> str:
    """Quizbank has declared one more recipient, for these categories."""
    school.state.plugins.get("quizbank").recipients.append(replace(recipient, name="Choir Ltd", categories=categories))
    return "Choir Ltd"


def test_a_column_that_names_its_recipients_goes_to_them_alone(portal_school, monkeypatch):
    tables = portal_school.state.plugins.register.tables
    columns = tuple(
        replace(one, declaration=replace(one.declaration, recipients=(LEAGUE,))) if one.name == "name" and one.declaration else one
        for one in tables["person"].columns
    )
    monkeypatch.setitem(tables, "person", replace(tables["person"], columns=columns))
    other = choir(portal_school, "id.name")
    with pytest.raises(NotDisclosed, match=r"person\.name goes to Quiz League only"):
        give(portal_school, "person.name", to=other)
    assert give(portal_school, "person.name") == {"person": [{"name": "Lena"}]}


def test_json_goes_out_only_if_all_that_is_in_it_is_declared(portal_school):
    id, other = answer_of(portal_school, "Lena"), choir(portal_school, "edu.result", "device.agent")
    assert give(portal_school, "quizbank_answer.steps", to=other)["quizbank_answer"][0]["steps"]["device"] == "a telephone made of oak"
    with portal_school.writing("athena") as session:
        session.get(Answer, {"academy_id": portal_school.academy("athena").id, "id": id}).steps = {"shoe": 43}
    with pytest.raises(NotDisclosed, match=r"quizbank_answer\.steps holds shoe, which is not declared"):
        give(portal_school, "quizbank_answer.steps", to=other)


def test_her_network_goes_to_nobody_but_an_authority_that_names_its_decision(school):
    sign_in(school, "lena")
    with pytest.raises(NotDisclosed, match=r"not declared for device\.ip"):
        give(school, "sign_in.network", permission=AGREED)
    given = give(school, "sign_in.network", to="Regional court of Graz", authority="12 Os 5/26")
    assert list(given["sign_in"][0]) == ["network"]
    [row] = log(school)
    assert (row.recipient, row.authority, row.permission) == ("Regional court of Graz", "12 Os 5/26", "")


def test_a_plugin_that_objects_is_heard_before_anything_is_read(school, monkeypatch):
    def objects(operation, actor, subject):
        return ["She has asked that it is not used."] if (operation, subject.recipient) == ("disclose", LEAGUE) else []

    guards = school.state.plugins.manager.hook.upart_objections.get_hookimpls()
    monkeypatch.setattr(guards[0], "function", objects)
    monkeypatch.setattr(guards[0], "argnames", ("operation", "actor", "subject"))
    with pytest.raises(Problem, match="She has asked that it is not used") as refused:
        give(school, "person.name")
    assert (refused.value.status, log(school)) == (409, [])


@pytest.mark.parametrize("scope", [{}, {"scope": Scope.PURPOSE, "name": "learn"}, {"scope": Scope.TABLE, "name": "person"}])
def test_of_somebody_restricted_nothing_goes_out_but_to_an_authority(school, scope):
    with school.app.test_request_context(), school.writing("athena") as session:
        restrict(who(session, "Lena"), Ground.ACCURACY, **scope)
    with pytest.raises(Problem, match="The data of this person are restricted"):
        give(school, "person.name")
    assert log(school) == []
    assert give(school, "person.name", to="Regional court of Graz", authority="12 Os 5/26") == {"person": [{"name": "Lena"}]}
    assert give(school, "person.name", name="Theo") == {"person": [{"name": "Theo"}]}


def test_of_somebody_who_is_being_erased_nothing_goes_out(school):
    with school.reading("athena") as session:
        lena = who(session, "Lena").id
    ask(school)
    with pytest.raises(NotDisclosed, match="being erased"), school.app.test_request_context(), school.writing("athena") as session:
        disclose(session.get(Person, {"academy_id": school.academy("athena").id, "id": lena}), ["person.name"], LEAGUE, Purpose.LEARN)


def test_what_goes_out_while_an_erasure_begins_is_known_to_it_or_does_not_go(school):
    """The one that comes first is seen by the other, on both databases."""

    with school.reading("athena") as session:
        lena = {"academy_id": school.academy("athena").id, "id": who(session, "Lena").id}

    def go_out() -> str:
        try:
            with school.app.test_request_context(), school.writing("athena") as session:
                disclose(session.get(Person, lena), ["person.email"], LEAGUE, Purpose.LEARN)
        except NotDisclosed:
            return "refused"
        return "noted"

    def leave() -> list[str]:
        request = ask(school)
        with school.reading("athena") as session:
            return [step for step in session.scalars(select(RightsStep.holder).where(RightsStep.request_id == request)) if LEAGUE_STORE in step]

    with ThreadPoolExecutor(2) as both:
        told, left = both.submit(go_out), both.submit(leave)
    assert (told.result(), len(left.result())) in (("noted", 1), ("refused", 0))


def test_she_sees_who_really_received_what_and_her_copy_says_it_too(school):
    give(school, *SENT, permission=AGREED)
    page = sign_in(school, "lena").get("/privacy/mine").text
    assert LEAGUE in page.partition('id="others"')[2]
    assert "Switzerland (adequacy decision 2000/518/EC)" in page
    assert AGREED in page
    assert "Nobody outside of this portal has received anything" in sign_in(school, "theo").get("/privacy/mine").text
    out = io.BytesIO()
    with school.reading("athena") as session:
        write_archive(out, with_account_of(who(session, "Lena"), False), "Lena", [])
        assert [one.name for one in received(who(session, "Theo").id)] == []
    with zipfile.ZipFile(out) as copy:
        manifest = json.loads(copy.read("manifest.json"))
        assert LEAGUE in copy.read("index.html").decode()
    [real] = manifest["recipients"]
    assert (real["name"], real["received"], real["country"]) == (LEAGUE, list(SENT), "Switzerland")
    assert manifest["transfers"] == [{"recipient": LEAGUE, "country": "Switzerland", "safeguard": "adequacy decision 2000/518/EC"}]


def test_everybody_can_read_who_may_receive_what_where_it_is_switched_on(school):
    page = school.visitor("athena").get("/privacy").text.partition('id="recipients"')[2]
    for words in (LEAGUE, "Switzerland", "works on the academy&#39;s behalf", "a place in the table", "e-mail address, answers and results, name"):
        assert words in page


def test_the_log_goes_with_her(school):
    give(school, "person.name", to="Regional court of Graz", authority="12 Os 5/26")

    erase(school, "Lena")
    assert "12 Os 5/26" not in text(school)
