# SPDX-License-Identifier: MIT
"""Ada publishes the privacy policy of Athena: what must be named, what people are told, who waits, what nobody can smuggle in."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import TWO, bundled, two
from erasing import QUIZBANK
from people import mails, sign_in, work
from policies import change, publish, read
from sqlalchemy import select
from toil import command, until
from upart_quizbank.league import LEAGUE

from upart import clock
from upart.academies.actions import disable_plugin, enable_plugin
from upart.accounts.models import Person
from upart.consent.models import ConsentLapse
from upart.errors import Problem
from upart.mail.actions import CONFIG
from upart.operators import Operator
from upart.operators import read as read_operators
from upart.plugin import disclose
from upart.policy import publishing, versions
from upart.policy.models import PolicyVersion
from upart.policy.publishing import NotPublished
from upart.rights.restricting.actions import restrict
from upart.rights.restricting.models import Ground


def standing(made, slug: str = "athena"):
    with made.app.test_request_context(), made.reading(slug):
        return versions.standing(made.academy(slug))


def by_herself(portal, digest: str = ""):
    ada = sign_in(portal, "ada")
    page = ada.get("/manage/privacy/policy").text
    found = digest or re.search(r'name="digest" value="(\w+)"', page)[1]
    return ada.post("/manage/privacy/policy", data={"digest": found})


def test_ada_reads_the_differences_and_publishes_them(portal):
    change(portal, legal_name="Minerva e.U.")
    page = html.unescape(sign_in(portal, "ada").get("/manage/privacy/policy").text)
    assert "What changes from version 1 to 2" in page
    assert "Material, because it is: somebody else is responsible." in page
    assert "3 people are told by mail" in page
    answer = by_herself(portal)
    assert answer.headers["Location"] == "/privacy/versions/2"
    with portal.reading("athena") as session:
        row = session.scalars(select(PolicyVersion).where(PolicyVersion.number == 2)).one()
        assert (row.material, [one["id"] for one in row.found]) == (True, ["legal_name"])


def test_everybody_is_told_once_of_what_is_material_and_of_nothing_else(portal):
    change(portal, place="Graz")
    publish(portal)
    work(portal)
    assert mails(portal) == []
    change(portal, legal_name="Minerva e.U.")
    publish(portal)
    work(portal)
    work(portal)
    assert sorted(mail["To"] for mail in mails(portal)) == ["ada@example.org", "lena@example.org", "theo@example.org"]
    text = mails(portal, "lena")[0].get_body(("plain",)).get_content()
    assert "The privacy policy of Athena has changed" in mails(portal, "lena")[0]["Subject"]
    assert "Who is responsible: [− Athena Learning] [+ Minerva]" in " ".join(text.split())
    assert "/privacy/versions/3" in text


def test_whoever_leaves_before_the_mails_go_gets_none_and_whoever_is_restricted_is_told(portal):
    change(portal, legal_name="Minerva e.U.")
    publish(portal)
    with portal.writing("athena") as session:
        theo, lena = (session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one() for name in ("theo", "lena"))
        restrict(theo, Ground.ACCURACY, tell=False)
        lena.email = ""  # a guest without an address; the batch must not stop at her
    work(portal)
    assert sorted(mail["To"] for mail in mails(portal)) == ["ada@example.org", "theo@example.org"]


def test_nothing_is_published_while_something_is_unnamed(portal):
    change(portal, legal_name="", privacy_contact="")
    page = html.unescape(sign_in(portal, "ada").get("/manage/privacy/policy").text)
    assert "Who is responsible is not named." in page
    assert "Nobody is named to write to." in page
    assert "Publish version" not in page
    answer = by_herself(portal, standing(portal).digest)
    assert answer.status_code == 422
    assert "Fill in who runs the academy" in answer.text
    with pytest.raises(NotPublished):
        publish(portal)


def test_machines_of_others_must_be_named_with_their_country(portal):
    config = portal.app.extensions[CONFIG]
    relay = replace(config, mail_url=("smtps://user:hunter2@relay.example:465", "smtp://localhost:25"))
    portal.app.extensions[CONFIG] = relay
    [unnamed] = standing(portal).missing
    assert (unnamed.id, unnamed.remedy) == ("recipient.relay.example", "The operator sets UPART_INFRASTRUCTURE to: mail: name, country")
    assert "hunter2" not in json.dumps(standing(portal).facts)
    portal.app.extensions[CONFIG] = replace(relay, infrastructure=(Operator("mail", "Postbote AG", "CH"),))
    assert "nothing says what protects data there" in standing(portal).missing[0].what
    portal.app.extensions[CONFIG] = replace(relay, infrastructure=read_operators("mail: Postbote AG, CH, adequacy decision 2000/518/EC"))
    assert standing(portal).missing == []
    both = replace(relay, infrastructure=read_operators("mail: Postbote AG, CH, adequacy decision 2000/518/EC; mail: Taube, AT"))
    portal.app.extensions[CONFIG] = both
    assert {"Postbote AG (mail)", "Taube (mail)"} <= set(standing(portal).facts["recipient"]), "each operator stands there, also two of one task"
    publish(portal)
    assert "Postbote AG (mail) is outside of the European Economic Area (Switzerland)" in read(portal)


def test_what_changed_while_ada_read_is_not_published_unseen(portal):
    change(portal, place="Graz")
    seen = standing(portal).digest
    change(portal, legal_name="Minerva e.U.")
    answer = by_herself(portal, seen)
    assert answer.status_code == 409
    assert "Something has changed since you looked." in answer.text
    with pytest.raises(Problem) as raised:
        publish(portal, "orion")
    assert raised.value.message == "Nothing has changed since the last version."


def test_what_is_not_material_is_published_by_itself_and_the_rest_waits(portal):
    change(portal, place="Graz")
    change(portal, "orion", legal_name="Others")
    work(portal)
    with clock.shifted(timedelta(hours=2)):
        work(portal)
    assert [(found.number, len(found.changes)) for found in (standing(portal, slug) for slug in TWO)] == [(3, 0), (2, 1)]
    assert "Some of it is material and waits for you." in sign_in(portal, "odin").get("/manage/").text


def test_consents_end_where_a_new_version_says_so(portal, monkeypatch):
    monkeypatch.setattr(publishing, "lapsing", lambda found, new: ["newsletter"] if found else [])
    change(portal, legal_name="Minerva e.U.")
    publish(portal)
    with portal.reading("athena") as session:
        assert [(one.purpose, one.why) for one in session.scalars(select(ConsentLapse))] == [("newsletter", "Version 2 of the privacy policy")]


def with_a_processor(made):
    with made.everywhere() as session:
        disable_plugin(session, made.academy("athena").id, "quizbank")
    change(made, "platform", legal_name="Host GmbH")
    change(made, legal_name="Athena e.U.", privacy_contact="privacy@athena.example")
    publish(made)
    with made.everywhere() as session:
        enable_plugin(session, made.academy("athena").id, "quizbank")
    with made.writing("athena") as session:
        session.add(Person(name="Lena", email="lena@example.org"))


@pytest.fixture
def league(database, original, tmp_path):
    """Athena has published; then it switches on a plugin that has a processor."""
    with original(database, (*bundled(), QUIZBANK), two, with_a_processor).copied(tmp_path) as made:
        yield made


def give_to_the_league(made):
    with made.app.test_request_context(), made.writing("athena") as session:
        return disclose(session.scalars(select(Person)).one(), ("person.name",), LEAGUE, "learn")


def test_a_new_processor_is_announced_and_gets_nothing_for_thirty_days(league):
    assert f'data-declaration="recipient.{LEAGUE}"' in read(league)  # above the policy, before anybody has published it
    with pytest.raises(Problem, match="the privacy policy in force does not name it yet"):
        give_to_the_league(league)
    change(league, "platform", legal_name=LEAGUE)
    until(lambda: {f"{LEAGUE} (host)", LEAGUE} <= set(standing(league).facts["recipient"]), 5)  # a host that a plugin names as well
    change(league, "platform", legal_name="Host GmbH")
    publish(league)
    day = clock.now() + timedelta(days=30)
    assert {LEAGUE: day.date().isoformat()} == announced(league)
    with pytest.raises(Problem) as raised:
        give_to_the_league(league)
    assert "nothing goes there before" in f"{raised.value.message} {raised.value.remedy}"
    change(league, place="Graz")
    publish(league)
    assert {LEAGUE: day.date().isoformat()} == announced(league)
    with clock.shifted(timedelta(days=31)):
        assert give_to_the_league(league)["person"][0]["name"] == "Lena"


def announced(made) -> dict[str, str]:
    with made.reading("athena") as session:
        return session.scalars(select(PolicyVersion).order_by(PolicyVersion.number.desc())).first().announced


def test_own_paragraphs_are_marked_and_run_no_script(portal):
    ada = sign_in(portal, "ada")
    form = {"legal_name": "Athena Learning e.U.", "place": "Vienna", "privacy_contact": "privacy@athena.example", "authority": "the authority"}
    words = "Be **kind**. <script>alert(1)</script> [x](javascript:alert(1)) ![dot](https://elsewhere.example/dot.png)"
    assert ada.post("/manage/privacy/policy/words", data={**form, "policy_rights": words}).status_code == 303
    publish(portal)
    page = portal.visitor("athena").get("/privacy").text
    own = re.search(r'<blockquote class="own-words" data-declaration="setting.policy_rights">(.*?)</blockquote>', page, re.S)[1]
    assert "In the academy’s own words" in own
    assert "<strong>kind</strong>" in own
    assert "<script" not in own
    assert "href=" not in own
    assert "elsewhere.example" not in own
    assert "![" not in portal.visitor("athena").get("/privacy/download?format=md").text
    for kind in ("md", "html"):
        assert "<script" not in portal.visitor("athena").get(f"/privacy/download?format={kind}").text
    assert ada.post("/manage/privacy/policy/words", data={**form, "policy_end": "x" * 20_001}).status_code == 422


def test_odin_sees_nothing_of_athenas_draft_and_lena_none_at_all(portal):
    change(portal, legal_name="Minerva e.U.")
    assert "Minerva" not in sign_in(portal, "odin").get("/manage/privacy/policy/draft").text
    lena = sign_in(portal, "lena")
    for path in ("/manage/privacy/policy", "/manage/privacy/policy/draft", "/manage/privacy/policy/words"):
        assert lena.get(path).status_code == 404
    assert lena.post("/manage/privacy/policy", data={"digest": standing(portal).digest}).status_code == 404


def test_commands_say_the_same(portal, tmp_path):
    (tmp_path / "upart.toml").touch()
    made = json.loads(command(tmp_path, "privacy", "policy", "--academy", "athena", "--format", "json").stdout)
    assert set(made) >= {"version", "hash", "controller", "missing", "statements", "recipients", "cookies", "decisions", "purposes"}
    assert (made["version"], made["controller"]["name"], made["missing"]) == (1, "Athena Learning e.U.", [])
    assert set(made["statements"][0]) >= {"id", "category", "purpose", "basis", "retain", "recipients"}
    assert "# Datenschutzerklärung: Athena" in command(tmp_path, "privacy", "policy", "--academy", "athena", "--language", "de").stdout
    refused = command(tmp_path, "privacy", "policy", "--academy", "athena", "--language", "xx")
    assert (refused.exit_code, "Languages are: en, de." in refused.stderr) == (1, True)
    change(portal, legal_name="Minerva e.U.")
    told = json.loads(command(tmp_path, "privacy", "diff", "--academy", "athena", "--json").stdout)
    assert told["material"] is True
    assert [(one["kind"], one["id"], one["new"], one["material"]) for one in told["changes"]] == [("controller", "legal_name", "Minerva e.U.", True)]
    assert "Version 2 is published" in command(tmp_path, "privacy", "publish", "--academy", "athena").stdout
    refused = command(tmp_path, "privacy", "publish", "--academy", "platform")
    assert refused.exit_code == 1
    assert "Nobody is named to write to. Fill in" in refused.stderr


def test_operators_are_named_in_one_line_and_a_wrong_one_stops_the_start():
    assert read_operators("server: Donau, Hosting GmbH, AT; mail: Postbote AG, CH, clauses, of 2021") == (
        Operator("server", "Donau, Hosting GmbH", "AT"), Operator("mail", "Postbote AG", "CH", "clauses, of 2021"),
    )  # fmt: skip
    assert read_operators("") == ()
    for wrong in ("Donau", "server: Donau", "server: , AT", "clouds: Donau, AT", "server: Donau, Austria"):
        with pytest.raises(ValueError, match="for example: server: Donau Hosting, AT"):
            read_operators(wrong)
