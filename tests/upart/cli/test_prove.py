# SPDX-License-Identifier: MIT
"""`upart demo --prove` by itself: what does not hold is said, nothing is left behind, and what it looks with has eyes. The ten steps run in tests/browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile

import pytest
from click.testing import CliRunner
from served import free_port

from upart.cli.demo import PASSWORD
from upart.cli.main import main
from upart.cli.proving.looking import fingerprints, lines_that_carry_rights_out, search
from upart.cli.proving.showing import prove
from upart.cli.proving.stage import PLUGIN, Unproven
from upart.cli.proving.steps import Step
from upart.cli.serve import require_free
from upart.errors import UpartError


def lie(stage) -> list[str]:
    stage.serve()
    stage.work()
    raise Unproven("Found: she is still here.")


def test_a_step_that_does_not_hold_says_what_was_found_and_nothing_is_left(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("UPART_DATABASE_URL", "sqlite:////nowhere/at/all")  # of somebody's own installation
    port = free_port()
    with pytest.raises(UpartError, match="Step 1 of 1 does not hold: She is gone. Found: she is still here"):
        prove(port, PASSWORD, browser=False, steps=[Step("She is gone.", "Nothing.", lie)])
    assert "Done: Nothing." in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    require_free("127.0.0.1", port)


def test_ctrl_c_ends_all_that_was_started(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "upart.cli.main", "demo", "--prove", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(tmp_path)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        seen = next(line for line in process.stdout if line.startswith((" 2 of 10", "Error")))
        process.send_signal(signal.SIGINT)
        assert (seen[:8], process.wait(60)) == (" 2 of 10", 1)
    finally:
        process.kill()
        process.stdout.close()
    assert list(tmp_path.iterdir()) == []
    require_free("127.0.0.1", port)


@pytest.mark.parametrize("words", [["--fresh"], ["--instance"]], ids=["fresh", "instance"])
def test_it_touches_no_other_installation(tmp_path, words):
    before = ["--instance", str(tmp_path)] if words == ["--instance"] else []
    done = CliRunner().invoke(main, [*before, "demo", "--prove", *(words if not before else [])])
    assert (done.exit_code, "an installation of its own" in done.output, list(tmp_path.iterdir())) == (2, True, [])


def test_the_search_reads_every_file_in_each_disguise(tmp_path):
    (tmp_path / "deep").mkdir()
    for name, text in {"plain": "to Lena@Example.org", "deep/percent": "?m=lena%40example.org", "words": "x The median. x", "nothing": "elena"}.items():
        (tmp_path / name).write_text(text)
    found = search(tmp_path, "lena@example.org", "The median.")
    assert (found.files, found.hits) == (4, ["deep/percent", "plain", "words"])


def test_whoever_writes_code_that_erases_is_counted(tmp_path):
    assert lines_that_carry_rights_out(PLUGIN)[1] == 0
    (tmp_path / "journal.py").write_text("def erase_all(person):\n    return person\n\nsession.execute(\n    delete(Entry))\n# delete()\nOnErase.DELETE\n")
    assert lines_that_carry_rights_out(tmp_path) == (7, 3)


def test_one_changed_row_of_an_academy_is_seen(portal):
    database = portal.state.config.instance / "upart.sqlite"
    before = fingerprints(database, "orion")
    with portal.writing("orion") as session:
        from upart.accounts.models import Person

        session.query(Person).one().zone = "Africa/Cairo"
    now = fingerprints(database, "orion")
    assert [name for name in before if before[name] != now[name]] == ["person"]
