# SPDX-License-Identifier: MIT
"""Commands answer bad input with words on stderr and exit 1, never with a traceback."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from upart.cli.main import main

ROOT = Path(__file__).parents[3]


def run(*words: str, instance=None):
    return CliRunner().invoke(main, [*(("--instance", str(instance)) if instance else ()), *words])


@pytest.fixture
def instance(portal):
    (portal.state.config.instance / "upart.toml").touch()
    return portal.state.config.instance


def says(answer, *words: str) -> None:
    assert answer.exit_code == 1, answer.output
    assert answer.stderr.startswith("Error: ")
    assert all(word in answer.stderr for word in words), answer.stderr


@pytest.mark.parametrize("words", [("serve",), ("db", "upgrade"), ("plugins", "list"), ("privacy", "check"), ("academy", "list"), ("hooks",)])
def test_without_an_installation(tmp_path, words):
    says(run(*words, instance=tmp_path / "nowhere"), "no installation", "upart demo")


def test_a_misspelt_and_a_bad_setting(instance, monkeypatch):
    (instance / "upart.toml").write_text('base_hots = "x"\n')
    says(run("db", "status", instance=instance), "base_hots", "Did you mean base_host?")
    (instance / "upart.toml").write_text('base_host = "http://x/"\n')
    says(run("db", "status", instance=instance), "UPART_BASE_HOST", "without port")
    (instance / "upart.toml").write_text("base_host\n")
    says(run("db", "status", instance=instance), "cannot be read")
    (instance / "upart.toml").write_text("")
    monkeypatch.setenv("UPART_DATABSE_URL", "x")
    says(run("db", "status", instance=instance), "UPART_DATABSE_URL", "UPART_DATABASE_URL")


def test_a_taken_port(instance):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        says(run("serve", "--bind", f"127.0.0.1:{port}", instance=instance), str(port), "in use")
    says(run("serve", "--bind", "nonsense", instance=instance), "no address", "HOST:PORT")


def test_a_demo_never_takes_or_deletes_somebody_elses_folder(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    says(run("demo", "--no-browser", "--port", "8997", instance=tmp_path), "holds something else")
    says(run("demo", "--no-browser", "--fresh", "--port", "8997", instance=tmp_path), "was not made by upart demo")
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_file_that_is_no_database_and_a_database_that_is_empty(instance):
    sqlite3.connect(instance / "empty.sqlite").close()
    (instance / "upart.toml").write_text(f'database_url = "sqlite:///{instance / "empty.sqlite"}"\n')
    says(run("plugins", "list", instance=instance), "upart db upgrade")
    (instance / "upart.toml").write_text('database_url = "mysql://x"\n')
    says(run("plugins", "list", instance=instance), "UPART_DATABASE_URL")


def test_enabling_and_disabling_say_what_happened(instance):
    assert "already on" in run("plugins", "enable", "courses", "--academy", "athena", instance=instance).output
    assert "now off" in run("plugins", "disable", "courses", "--academy", "athena", instance=instance).output
    assert "already off" in run("plugins", "disable", "courses", "--academy", "athena", instance=instance).output
    says(run("plugins", "enable", "courses", "--academy", "sparta", instance=instance), "no academy 'sparta'", "upart academy list")


def test_a_folder_that_cannot_be_written():
    says(run("demo", "--no-browser", "--port", "8997", instance="/sys/upart"), "/sys/upart", "another folder")


@pytest.mark.parametrize("command", ["demo", "test", "check"])
def test_a_python_that_is_too_old(tmp_path, command):
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = "--version" ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    done = subprocess.run([ROOT / "bin" / command], env={**os.environ, "PYTHON": str(old)}, capture_output=True, text=True)

    assert done.returncode == 1
    assert "3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr
