# SPDX-License-Identifier: MIT
"""Plugins as strangers would ship them: built, installed into a folder of their own, found by entry point."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import forking
import pytest

HERE = Path(__file__).parent
BROKEN = ("halfmapped", "tooold", "undeclared", "liar", "strayed", "dreamer")


def install_package(source: Path, target: Path) -> Path:
    """Build a wheel of `source` (a copy, so nothing is left there) and install it into `target`."""
    copy = target.with_name(target.name + "-source")
    shutil.copytree(source, copy)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", str(target), str(copy)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return target


def lay_out(source: Path, target: Path) -> Path:
    """What installing leaves there, without building: one package of this repository shows that a wheel does it too."""
    project = tomllib.loads((source / "pyproject.toml").read_text())["project"]
    name = project["name"].replace("-", "_")
    shutil.copytree(source / name, target / name)
    notes = target / f"{name}-{project['version']}.dist-info"
    notes.mkdir()
    (notes / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["upart.plugins"].items()
    (notes / "entry_points.txt").write_text("[upart.plugins]\n" + "".join(f"{key} = {value}\n" for key, value in points))
    return target


@pytest.fixture(scope="session")
def quizbank(tmp_path_factory) -> Path:
    """The folder into which quizbank is installed."""
    return install_package(HERE / "quizbank", tmp_path_factory.mktemp("quizbank") / "site")


@pytest.fixture(scope="session")
def broken(tmp_path_factory) -> list[Path]:
    """The folders into which the six broken plugins are installed."""
    return [lay_out(HERE / "broken" / name, tmp_path_factory.mktemp(name) / "site") for name in BROKEN]


@pytest.fixture
def upart(tmp_path, database_url):
    """Run a command in a process of its own: `upart("db", "status", packages=[...])`. `fails`: it does, and says why on stderr; `prints`: on stdout."""
    (tmp_path / "upart.toml").write_text(f'database_url = "{database_url}"\n')

    def run(*words: str, packages: list[Path] = (), fails: bool = False, prints: bool = False) -> str:
        path = os.pathsep.join([*map(str, packages), *filter(None, [os.environ.get("PYTHONPATH")])])
        done = forking.run("--instance", str(tmp_path), *words, env={**os.environ, "PYTHONPATH": path})
        assert (done.returncode == 0) is not (fails or prints), done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if fails else done.stdout

    return run
