# SPDX-License-Identifier: MIT
"""The kit of plugin authors: what it writes is whole, what it refuses leaves nothing, and its check sees what is wrong."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from contextlib import closing
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from upart.academies import actions
from upart.cli import migrating
from upart.cli.kit.beginning import begin
from upart.cli.main import main
from upart.hooks.plan import Dispatcher
from upart.testing.kit import bench as benches
from upart.testing.kit import tables
from upart.testing.kit.bench import Bench
from upart.testing.kit.isolation import isolated
from upart.testing.kit.looking import is_readable
from upart.testing.kit.running import fails, is_off, stays_light
from upart.testing.kit.tables import leaves, migrates

FAULTS = (
    ("views.py", 'return render("sieve/front.html")', 'return render("sieve/front.html", notes=session.scalars(select(Note)).all())'),
    ("views.py", "paged, render, show", "paged, render, session, show"),
    ("views.py", "get_or_404(Note, note, author_id=context.person.id)", "get_or_404(Note, note)"),
    ("views.py", "    return show(", "    [session.scalar(select(Note.title).where(Note.id == row.id)) for row in page.rows]\n    return show("),
    ("templates/sieve/front.html", "</h1>", "</h1>{% for note in notes %}{{ note.title }}{% endfor %}<img src='https://elsewhere.example/x.png'>"),
    ("migrations/sieve0001_first.py", '        op.f("ix_sieve_note_academy_id_written_at"),', '        op.f("ix_sieve_note_other"),'),
    ("migrations/sieve0001_first.py", '    op.drop_table("sieve_note")', '    op.get_bind()'),
    ("hooks.py", "Task, hookimpl", "Slot, Task, hookimpl"),
    ("hooks.py", "@hookimpl\ndef upart_menu", '@hookimpl\ndef upart_slots() -> list[Slot]:\n    return [Slot(name="home.section", template="sieve/front.html", values=dict)]\n\n\n@hookimpl\ndef upart_menu'),
)  # fmt: skip
"""What somebody may do wrong in a plugin that loads all the same: file, what stood there, what stands there now."""


@pytest.fixture(scope="module")
def sieve(tmp_path_factory):
    """A plugin with all of these faults, where a process finds it."""
    folder = begin("sieve", tmp_path_factory.mktemp("sieve"))
    for place, old, new in FAULTS:
        file = folder / "upart_sieve" / place
        assert old in file.read_text(), old
        file.write_text(file.read_text().replace(old, new))
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    yield EntryPoint("sieve", "upart_sieve.hooks", "upart.plugins")
    sys.path.remove(str(folder))


@pytest.fixture
def tried(sieve, tmp_path, monkeypatch, postgres_server):
    """An installation in which it is tried."""
    install = benches.install
    monkeypatch.setattr(benches, "install", lambda folder: install(folder, plugins=[sieve]))
    monkeypatch.setattr(tables, "install", lambda folder, url="", **named: install(folder, url, plugins=[sieve], **named))
    monkeypatch.setattr(tables, "entry_points", lambda group: [])
    with closing(Bench("sieve", tmp_path, postgres_server, None, {})) as made:
        yield made


def test_a_plugin_with_faults_is_told_each_of_them(tried, monkeypatch):
    said = "\n".join(str(one) for part in (migrates, stays_light, isolated) for one in part(tried))

    assert "On sqlite the models say otherwise than the migrations" in said
    assert "On postgresql the models say otherwise than the migrations" in said
    assert "sieve_note is there after all its migrations were taken back" in said
    assert "GET /sieve/notes: " in said
    assert "statements over many rows" in said
    assert "vic, GET athena.localhost/sieve/: shows sieve_note.title" in said
    assert "asks elsewhere.example" in said
    assert "POST athena.localhost/sieve/notes/" in said

    monkeypatch.setenv("UPART_TEST_AXE", str(Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js"))
    if shutil.which("chromium"):
        assert any("vic, GET /sieve/ (light): image-alt: " in one for one in is_readable(tried))
    else:
        assert not list(is_readable(tried))

    monkeypatch.setattr(Dispatcher, "isolated", lambda self, plugin, call, what: call())
    assert "when the slot home.section fails" in str(list(fails(tried)))
    with monkeypatch.context() as patch:
        patch.setattr(actions, "disable_plugin", lambda session, academy, plugin: True)
        assert any("although the plugin is off" in one for one in is_off(tried))
    monkeypatch.setattr(migrating, "purge", lambda app, plugin, confirm: [])
    assert any("sieve_note is left after a purge" in one for one in leaves(tried))


BAD = ("courses", "core", "media", "people", "Quiz", "q", "class", "quiz_", "a__b", "../quiz", "quiz bank", "q" * 41, "courses_more", "é1", "")


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_cannot_be_used_is_refused_and_leaves_nothing(tmp_path, name):
    done = CliRunner().invoke(main, ["plugins", "new", "--into", str(tmp_path), "--", name])
    assert (done.exit_code, done.stderr[:7]) == (1, "Error: ")
    assert "Choose another name" in done.stderr or "lower case letters" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "quiz").mkdir()
    (tmp_path / "quiz" / "mine.txt").write_text("Mine.")
    done = CliRunner().invoke(main, ["plugins", "new", "quiz", "--into", str(tmp_path)])
    assert "is there already" in done.stderr
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["mine.txt"]
    assert "no folder" in CliRunner().invoke(main, ["plugins", "new", "quiz", "--into", str(tmp_path / "nowhere")]).stderr


def test_whoever_is_stopped_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("upart.cli.kit.beginning.PLUGIN", (("README.md", "README.md"), ("lost", "nothing")))
    with pytest.raises(Exception, match="nothing"):
        begin("quiz", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_new_theme_is_worn(tmp_path):
    folder = begin("bright", tmp_path, theme=True)
    known = folder / "upart_theme_bright-0.1.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: upart-theme-bright\nVersion: 0.1\n")
    (known / "entry_points.txt").write_text("[upart.themes]\nbright = upart_theme_bright\n")
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120
    )
    assert "1 passed" in done.stdout, done.stdout
