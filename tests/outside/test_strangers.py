# SPDX-License-Identifier: MIT
"""A stranger's plugin runs; a faulty one is set aside with a reason, and everything else goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

REASONS = {
    "halfmapped": ("breaks after it has mapped a class", "Correct upart_halfmapped"),
    "tooold": ("written for hooks >=7,<8", "Install a version"),
    "undeclared": ("keeps undeclared_note.text, which is neither personal nor not_personal", ""),
    "liar": ("says holds_nothing, but liar_visit.who is an id", ""),
    "strayed": ("'music_tune' does not begin with 'strayed_'", "strayed_music_tune"),
    "dreamer": ("upart_make_coffee, which is no hook", "Hooks are: upart_"),
}


def by_id(upart, packages) -> dict[str, dict]:
    return {row["id"]: row for row in json.loads(upart("plugins", "list", "--json", packages=packages))}


def test_six_broken_plugins_are_listed_with_reason_and_remedy_and_the_rest_runs(upart, broken, quizbank):
    packages = [*broken, quizbank]
    upart("db", "upgrade", packages=packages)

    rows = by_id(upart, packages)

    for name, (reason, remedy) in REASONS.items():
        assert rows[name]["state"] == "broken"
        assert reason in rows[name]["reason"]
        assert remedy in rows[name]["remedy"]
    assert rows["quizbank"]["state"] == rows["courses"]["state"] == "ok"


def test_the_core_still_selects_beside_a_half_mapped_plugin(upart, broken):
    upart("db", "upgrade", packages=broken)
    assert upart("academy", "list", "--json", packages=broken).strip() == "[]"


def test_quizbank_with_one_undeclared_column_is_refused_by_name_and_line(upart, quizbank, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(quizbank, copy)
    models = copy / "upart_quizbank" / "models.py"
    whole = models.read_text()
    models.write_text(whole.replace("personal(Category.EDU_RESULT)", "__import__('sqlalchemy.orm').orm.mapped_column()"))
    upart("db", "upgrade", packages=[copy])

    row = by_id(upart, [copy])["quizbank"]
    assert row["reason"] == (
        "Plugin 'quizbank' keeps quizbank_answer.text, which is neither personal nor not_personal. "
        'Add personal(...) or not_personal("why") in upart_quizbank/models.py.'
    )

    models.write_text(whole)
    upart("db", "upgrade", packages=[copy])
    assert by_id(upart, [copy])["quizbank"]["state"] == "ok"


def test_quizbanks_columns_are_in_the_inventory_and_in_the_database(upart, quizbank):
    upart("db", "upgrade", packages=[quizbank])

    rows = json.loads(upart("privacy", "inventory", "--json", packages=[quizbank]))
    text = next(row for row in rows if (row["table"], row["column"]) == ("quizbank_answer", "text"))

    assert (text["category"], text["purpose"], text["retain"], text["after"]) == ("edu.result", "learn", "24 months", "given_at")
    assert text["subjects"] == [{"via": "learner_id", "role": "learner"}]
    assert "all declared" in upart("privacy", "check", packages=[quizbank])


def test_after_its_package_is_gone_quizbank_is_an_orphan_that_can_be_purged(upart, quizbank):
    upart("db", "upgrade", packages=[quizbank])
    assert "is installed" in upart("db", "purge", "quizbank", "--yes", packages=[quizbank], fails=True)

    upart("db", "upgrade")
    assert json.loads(upart("db", "orphans", "--json"))[0]["owner"] == "quizbank"
    assert by_id(upart, [])["quizbank"]["state"] == "orphan"
    assert "quizbank_answer" in upart("db", "purge", "quizbank", "--yes")
    assert json.loads(upart("db", "orphans", "--json")) == []


def test_two_upgrades_at_once_on_an_empty_database_both_succeed(tmp_path, database_url):
    (tmp_path / "upart.toml").write_text(f'database_url = "{database_url}"\n')
    command = [sys.executable, "-c", "from upart.cli.main import main; main()", "--instance", str(tmp_path), "db", "upgrade"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) for _ in range(2)]
    answers = [(process.communicate(timeout=120), process.returncode) for process in both]

    assert [code for _, code in answers] == [0, 0], answers
    assert all("(current)" in out for (out, _), _ in answers)


@pytest.mark.parametrize(
    "words", [("db", "upgrade", "--plugin", "nothing"), ("plugins", "enable", "courses", "--academy", "nowhere"), ("plugins", "check", "nothing")]
)
def test_a_wrong_name_gets_words_and_a_remedy(upart, words):
    upart("db", "upgrade")
    said = upart(*words, fails=True)
    assert said.startswith("Error: ")
    assert "See: upart" in said or "Install its package" in said
