# SPDX-License-Identifier: MIT
"""The records say what is declared: each processing once, nothing else; what only the academy knows stays open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from conftest import bundled
from erasing import answer_of, given_to
from people import sign_in
from toil import command
from upart_quizbank.league import LEAGUE

from upart import config
from upart.academies.actions import disable_plugin
from upart.app import create_app
from upart.clock import now
from upart.mail.actions import CONFIG
from upart.policy import fides
from upart.policy.art30 import processor_record, record
from upart.policy.contract import contract
from upart.policy.risks import risks
from upart.policy.sheets import Column, Part, Sheet
from upart.policy.written import FORMATS, as_csv
from upart.privacy.register import PERSONAL_KINDS, inventory
from upart.testing import Installation

MAKERS = (record, contract, risks)


def made_at(made, make=record, slug="athena"):
    with made.reading(slug):
        return make(made.academy(slug)).as_data()


def columns_of(sheet):
    return sorted((line["table"], column) for line in sheet["processings"] for column in line["columns"])


def declared(made, controller):
    rows = [row for row in inventory(made.state.plugins.register) if row["kind"] in PERSONAL_KINDS and row["controller"] in controller]
    return sorted({(row["table"], row["column"]) for row in rows})


def test_each_declared_column_stands_in_the_record_once_and_nothing_else_does(school):
    academys, platforms = made_at(school), made_at(school, slug="platform")
    assert columns_of(academys) == declared(school, ("academy",))
    assert set(columns_of(platforms)) >= set(declared(school, ("platform",)))
    ids = [line["id"] for line in academys["processings"]]
    assert len(ids) == len(set(ids))
    wanted = {
        (row["table"], row["purpose"], row["basis"]) for row in inventory(school.state.plugins.register) if row["purpose"] and row["controller"] == "academy"
    }
    assert wanted <= {(line["table"], line["purpose"], line["basis"]) for line in academys["processings"]}


def test_a_plugin_adds_its_lines_and_keeps_them_while_it_has_data(school):
    def tables():
        return {line["table"] for line in made_at(school)["processings"] if line["plugin"] == "quizbank"}

    answer_of(school, "Lena")
    assert "quizbank_invoice" in tables()
    with school.everywhere() as session:
        disable_plugin(session, school.academy("athena").id, "quizbank")
    assert tables() == {"quizbank_answer", "quizbank_words"}
    assert LEAGUE in [line["name"] for line in made_at(school)["recipients"]]


def test_what_an_uninstalled_plugin_has_left_stays_in_the_record_with_who_got_it(school, tmp_path):
    answer_of(school, "Lena")
    given_to(school, "Lena", LEAGUE)
    school.close()
    settings = config.load(tmp_path, {}, password_memory=8, mail_url=("file:",), database_url=school.state.config.database_url)
    lost = Installation(create_app(settings=settings, plugins=bundled()))
    sheet = made_at(lost)
    assert "quizbank_answer" in {line["table"] for line in sheet["processings"]}
    assert [line["known_by"] for line in sheet["recipients"] if line["name"] == LEAGUE] == ["log of disclosures"]
    lost.close()


@pytest.mark.parametrize("make", MAKERS)
def test_athenas_papers_know_nothing_of_orion(portal, make):
    for _media, write in FORMATS.values():
        with portal.reading("athena"):
            text = write(make(portal.academy("athena"))).lower()
        assert "courses" in text
        assert [word for word in ("orion", "odin", "compliant") if word in text] == []


def test_counts_of_the_risk_sheet_are_those_of_the_academy(portal):
    athena, orion = made_at(portal, risks), made_at(portal, risks, "orion")
    counted = [{line["table"]: line["rows"] for line in sheet["processings"]} for sheet in (athena, orion)]
    assert [(rows["person"], rows["courses_enrolment"]) for rows in counted] == [(3, 2), (1, 0)]
    assert [sheet["facts"][0]["value"] for sheet in (athena, orion)] == ["3", "1"]


def test_the_questions_of_the_risk_sheet_are_never_answered_for_the_owner(portal):
    sheet = made_at(portal, risks)
    assert {fact["key"] for fact in sheet["facts"] if not fact["open"]} == {"people"}
    assert [line["here"] for line in sheet["criteria"] if line["criterion"].startswith("Automated")] == ["open: nothing is declared about it"]


def test_the_host_lists_its_academies_as_controllers(portal):
    with portal.reading("platform"):
        sheet = processor_record().as_data()
    assert [line["academy"] for line in sheet["controllers"]] == ["athena", "orion"]
    assert sheet["source"] == "GDPR art. 30(2)"


def test_what_plugins_declare_of_recipients_abroad_is_a_transfer(school):
    sheet = made_at(school, contract)
    assert [(line["country"], line["third_country"]) for line in sheet["subprocessors"] if line["name"] == LEAGUE] == [("CH", True)]
    transfers = {line["table"]: line["transfers"] for line in made_at(school)["processings"] if line["transfers"]}
    assert transfers
    assert set(map(tuple, transfers.values())) == {("CH",)}


def test_machines_that_the_settings_name_are_processors_of_whom_the_rest_is_open(portal):
    settings = portal.app.extensions[CONFIG]
    urls = {"database_url": "postgresql+psycopg://upart:tr0ub4dor@db.example/upart", "mail_url": ("smtps://me:tr0ub4dor@relay.example",)}
    portal.app.extensions[CONFIG] = replace(settings, **urls)
    sheet = made_at(portal, contract)
    assert {line["name"]: line["known_by"] for line in sheet["subprocessors"]} == {"db.example": "UPART_DATABASE_URL", "relay.example": "UPART_MAIL_URL"}
    assert all(line["country"].startswith("open") for line in sheet["subprocessors"])
    assert "tr0ub4dor" not in json.dumps(sheet, default=str)
    measures = {line["measure"]: line["here"] for line in sheet["measures"]}
    assert measures["database"].startswith("open: ")
    assert "smtps" in measures["mail"]


def test_a_cell_of_the_csv_is_no_formula():
    part = Part("p", "P", "art. 30", (Column("title", "Title"),), ({"title": "=HYPERLINK(1)"}, {"title": "plain"}))
    assert as_csv(Sheet("art30", "T", "", "", now(), (), (part,))).split() == ["title", "'=HYPERLINK(1)", "plain"]


def test_ada_reads_and_downloads_them_and_others_find_nothing_there(portal):
    ada, pia = sign_in(portal, "ada"), sign_in(portal, "pia")
    assert "Record of processing activities" in ada.get("/manage/privacy/").text
    for name in ("art30", "contract", "risks"):
        assert ada.get(f"/manage/privacy/{name}").status_code == 200
        for kind in FORMATS:
            answer = ada.get(f"/manage/privacy/{name}/download?format={kind}")
            assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="athena-{name}-')
    assert "fides_key" in ada.get("/manage/privacy/art30/download?format=fides").text
    assert [ada.get(f"/manage/privacy/{path}").status_code for path in ("host", "nothing", "risks/download?format=exe", "risks/download?format=fides")] == [
        404
    ] * 4
    assert "On whose behalf" in pia.get("/manage/privacy/host").text
    assert [sign_in(portal, name).get("/manage/privacy/art30").status_code for name in ("theo", "lena")] == [404, 404]


def test_the_commands_answer_wrong_words_with_a_remedy(portal):
    instance = portal.state.config.instance
    (instance / "upart.toml").touch()
    answer = command(instance, "privacy", "risks", "--academy", "nowhere")
    assert (answer.exit_code, "upart academy list" in answer.output) == (1, True)
    assert command(instance, "privacy", "art30", "--academy", "athena", "--host").exit_code == 2
    assert json.loads(command(instance, "privacy", "art30", "--json").output)["academy"] is None
    assert json.loads(command(instance, "privacy", "contract", "--academy", "athena", "--json").output)["kind"] == "contract"


CHECK = """
import sys, yaml
from fideslang.default_taxonomy import DEFAULT_TAXONOMY as known
from fideslang.models import Taxonomy
made = Taxonomy(**yaml.safe_load(sys.stdin.read()))
categories = {one.fides_key for one in (*known.data_category, *made.data_category)}
declarations = made.system[0].privacy_declarations
used = {c for one in declarations for c in one.data_categories} | {c for d in made.dataset for t in d.collections for f in t.fields for c in f.data_categories}
assert used <= categories, used - categories
assert {one.data_use for one in declarations} <= {one.fides_key for one in known.data_use}
assert {s for one in declarations for s in one.data_subjects} <= {one.fides_key for one in known.data_subject}
print(len(declarations))
"""


def test_fides_reads_what_is_written_for_it(portal, tmp_path):
    if not os.environ.get("UPART_DEEP"):
        pytest.skip("runs with --deep: it installs fideslang into an environment of its own")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "fides")], check=True, timeout=120)
    python = str(tmp_path / "fides" / "bin" / "python")
    done = subprocess.run([python, "-m", "pip", "install", "-q", "fideslang==3.1.4"], capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"fideslang cannot be installed here: {done.stderr[-200:]}")
    with portal.reading("athena"):
        text = fides.manifest(portal.academy("athena"))
        lines = len(record(portal.academy("athena")).parts[0].lines)
    checked = subprocess.run([python, "-c", CHECK], input=text, capture_output=True, text=True, timeout=120)
    assert checked.stdout.strip() == str(lines), checked.stderr
