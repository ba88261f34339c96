# SPDX-License-Identifier: MIT
"""A plugin of one file lies in the installation: it is checked, migrates, shows its page and can go, as any other."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import EntryPoint

import pytest

from upart.cli.proving.stage import PLUGIN
from upart.hooks.loader import load
from upart.hooks.single import OneFile, one_file_plugins
from upart.testing import assert_privacy_contract, install


@pytest.fixture
def put(tmp_path):
    """Put the example plugin into the installation, with one text in it changed."""

    def copy(old: str = "", new: str = "") -> None:
        shutil.copytree(PLUGIN, tmp_path / "plugins", dirs_exist_ok=True)
        file = tmp_path / "plugins" / "journal.py"
        file.write_text(file.read_text().replace(old, new) if old else file.read_text())

    return copy


def journal(upart) -> dict:
    return {row["id"]: row for row in json.loads(upart("plugins", "list", "--json"))}["journal"]


def test_it_is_refused_with_the_line_runs_once_declared_and_is_an_orphan_when_its_file_is_gone(upart, put, tmp_path):
    put(' = personal(Category.CONTENT_PRIVATE, needed=Needed.OPTIONAL, default="")')
    upart("db", "upgrade")
    assert "journal_entry.mood, which is neither personal nor not_personal. Add personal(...)" in journal(upart)["reason"]
    assert "plugins/journal.py of the installation" in journal(upart)["reason"]

    put()
    assert "journal: journal0001 (current)" in upart("db", "upgrade")
    assert "all declared, all in the database" in upart("privacy", "check")
    assert {row["table"] for row in json.loads(upart("privacy", "inventory", "--json")) if row["plugin"] == "journal"} == {"journal_entry"}

    (tmp_path / "plugins" / "journal.py").unlink()
    assert json.loads(upart("db", "orphans", "--json"))[0]["owner"] == "journal"
    assert "journal_entry" in upart("db", "purge", "journal", "--yes")


def test_a_file_that_fails_is_named_with_its_line_and_the_rest_runs(upart, put):
    put("class EntryForm(Form):", "1 / 0\n\n\nclass EntryForm(Form):")
    upart("db", "upgrade")
    row = journal(upart)
    assert (row["state"], "ZeroDivisionError" in row["reason"], "journal.py, line" in row["remedy"]) == ("broken", True, True)


def test_a_package_of_the_same_name_goes_first(tmp_path, put):
    put()
    [file] = one_file_plugins(tmp_path)
    assert file == OneFile("journal", tmp_path / "plugins" / "journal.py")
    found = load([EntryPoint("journal", "upart_nowhere.hooks", "upart.plugins")], files=[file])
    assert "No module named 'upart_nowhere'" in found.found["journal"].reason


def test_the_example_does_what_it_declares(tmp_path, put):
    put()
    made = install(tmp_path, plugins=[])
    assert assert_privacy_contract("journal", made).rows > 3
    made.close()
