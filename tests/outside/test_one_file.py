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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # its migrations go the way of every plugin's
def test_it_is_refused_with_the_line_runs_once_declared_and_is_an_orphan_when_its_file_is_gone(upart, put, tmp_path):
    put(' = personal(Category.CONTENT_PRIVATE, needed=Needed.OPTIONAL, default="")')
    upart("db", "upgrade")
    assert journal(upart)["reason"] == (
        "Plugin 'journal' keeps journal_entry.mood, which is neither personal nor not_personal. "
        'Add personal(...) or not_personal("why") in plugins/journal.py of the installation.'
    )

    put()
    assert "journal: journal0001 (current)" in upart("db", "upgrade")
    assert "all declared, all in the database" in upart("privacy", "check")

    (tmp_path / "plugins" / "journal.py").unlink()
    assert json.loads(upart("db", "orphans", "--json"))[0]["owner"] == "journal"
    assert "journal_entry" in upart("db", "purge", "journal", "--yes")


def test_a_file_that_fails_is_named_with_its_line(tmp_path, put):
    put("class EntryForm(Form):", "1 / 0\n\n\nclass EntryForm(Form):")
    found = load([], files=one_file_plugins(tmp_path)).found["journal"]
    assert (found.healthy, "ZeroDivisionError" in found.reason, "journal.py, line" in found.remedy) == (False, True, True)


def test_a_file_takes_no_package_s_name(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "theme_harbor.py").write_text("raise SystemExit")
    (tmp_path / "plugins" / "_draft.py").write_text("raise SystemExit")
    [found] = load([], files=one_file_plugins(tmp_path)).found.values()
    assert found.reason == "A package upart_theme_harbor is installed."


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
