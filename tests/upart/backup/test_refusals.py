# SPDX-License-Identifier: MIT
"""What a restore refuses it refuses with a remedy, before it has touched anything."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest
from keeping import at_rest, back_up, keep, restore
from sqlalchemy import text
from toil import command

from upart.backup import manifest, sealing
from upart.backup.aside import alone
from upart.cli.migrating import owner_engine
from upart.errors import UpartError
from upart.keys import ring
from upart.testing import install

PHRASE = sealing.passphrase("correct horse battery staple")


@pytest.fixture
def refuses(portal, tmp_path):
    """Restore a file, be refused in these words, and find all as it was."""
    keep(portal, b"an essay")
    before = at_rest(portal)

    def refuse(file, words: str, remedy: str, secret=None, *, replace: bool = True) -> None:
        with pytest.raises(UpartError, match=words) as caught:
            restore(portal, file, secret, replace=replace)
        assert remedy in caught.value.remedy
        assert at_rest(portal) == before

    return refuse


def test_an_installation_that_holds_something(portal, refuses, tmp_path):
    back_up(portal, tmp_path / "backup")
    refuses(tmp_path / "backup", "academies or files", "--replace", replace=False)


def test_a_wrong_passphrase_none_and_another_way(portal, refuses, tmp_path):
    back_up(portal, file := tmp_path / "backup", PHRASE)
    refuses(file, "passphrase does not fit", "Type it again", sealing.passphrase("correct horse battery"))
    refuses(file, "is encrypted", "--passphrase-stdin")
    refuses(file, "in another way", "--passphrase-stdin", sealing.key_file(bytes(32)))


def test_a_file_that_is_cut_changed_or_something_else(portal, refuses, tmp_path):
    back_up(portal, tmp_path / "backup")
    (file := tmp_path / "other").write_bytes((tmp_path / "backup").read_bytes()[:-1000])
    refuses(file, "damaged|cut", "another copy")
    data = bytearray((tmp_path / "backup").read_bytes())
    data[data.index(b"an essay")] ^= 1
    file.write_bytes(data)
    refuses(file, "files/.* is not what was written", "another copy")
    for content in (b"", b"\0" * 4096, b"a letter"):
        file.write_bytes(content)
        refuses(file, "no backup of UPART|cut short", "")


def test_another_installation(refuses, tmp_path):
    (folder := tmp_path / "elsewhere").mkdir()
    other = install(folder, plugins=[])
    back_up(other, tmp_path / "backup")
    other.close()
    refuses(tmp_path / "backup", "another installation", "instance/keys")


def test_a_newer_version_of_the_format_and_of_a_plugin(portal, refuses, tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "FORMAT", 2)
    back_up(portal, tmp_path / "backup")
    monkeypatch.undo()
    refuses(tmp_path / "backup", "newer format", "Install that version")
    with owner_engine(portal.state) as engine, engine.begin() as connection:
        (before,) = connection.execute(text("SELECT version_num FROM alembic_version_courses")).scalars()
        connection.execute(text("UPDATE alembic_version_courses SET version_num = 'courses9999'"))
    back_up(portal, tmp_path / "newer")
    with owner_engine(portal.state) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version_courses SET version_num = :before"), {"before": before})
    refuses(tmp_path / "newer", "'courses' is newer", "Install that version of 'courses'")


def test_the_other_kind_of_database(portal, tmp_path):
    with portal.app.app_context(), pytest.raises(sealing.BadBackup, match="holds a database of SQLite; this installation uses PostgreSQL") as caught:
        manifest.refuse_foreign(manifest.describe("sqlite", {}, (), ring(), None), "postgresql", {}, ring())
    assert "UPART_DATABASE_URL" in caught.value.remedy


def test_while_something_else_uses_the_database(installation, tmp_path):
    back_up(installation, tmp_path / "backup")
    before, url = at_rest(installation), installation.state.config.database_url
    installation.close()
    if url.startswith("sqlite"):
        program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM academy').fetchall(); print(1, flush=True); sys.stdin.read()"
        with subprocess.Popen([sys.executable, "-c", program, url.removeprefix("sqlite:///")], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            with pytest.raises(UpartError, match="in use") as caught:
                restore(installation, tmp_path / "backup")
            other.stdin.close()
    else:
        with psycopg.connect(url.replace("+psycopg", "")), pytest.raises(UpartError, match="in use by 1 connections") as caught:
            restore(installation, tmp_path / "backup")
    assert "Stop them" in caught.value.remedy
    assert at_rest(installation) == before
    installation.close()
    restore(installation, tmp_path / "backup")


def test_two_at_once(portal, tmp_path):
    with alone(portal.state.config), pytest.raises(UpartError, match="at work"):
        back_up(portal, tmp_path / "backup")


def test_a_file_that_exists_stays_unless_it_may_go(portal, tmp_path):
    (file := tmp_path / "backup").write_text("dear")
    with pytest.raises(UpartError, match="exists"):
        back_up(portal, file)
    assert file.read_text() == "dear"
    assert back_up(portal, file, overwrite=True).size == file.stat().st_size


def test_the_commands_say_it_and_exit_with_1(portal, tmp_path):
    (folder := portal.state.config.instance).joinpath("upart.toml").touch()
    portal.close()
    file = str(tmp_path / "backup")
    written = command(folder, "backup", file, "--passphrase-stdin", types="correct horse battery staple\n")
    assert (written.exit_code, "encrypted" in written.output) == (0, True), written.output
    again = command(folder, "backup", file)
    assert (again.exit_code, "--overwrite" in again.stderr) == (1, True)
    refused = command(folder, "restore", file, "--replace", "--passphrase-stdin", types="wrong horse battery\n")
    assert (refused.exit_code, "does not fit" in refused.stderr) == (1, True)
    done = command(folder, "restore", file, "--replace", "--passphrase-stdin", types="correct horse battery staple\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "All invariants hold."), done.output
    checked = command(folder, "restore", file, "--check", "--passphrase-stdin", types="correct horse battery staple\n")
    assert "nothing was changed" in checked.output
