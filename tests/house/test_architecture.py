# SPDX-License-Identifier: MIT
"""About the code: contracts, sizes, what is documented, what a wheel holds."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [p for folder in ("upart", "plugins", "themes") for p in (ROOT / folder).rglob("*.py")]


def test_the_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "setup.cfg", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_every_package_is_guarded_by_the_contracts():
    law = configparser.ConfigParser()
    law.read(ROOT / "setup.cfg")
    packages = {p.parent.name for p in (*ROOT.glob("plugins/*/__init__.py"), *ROOT.glob("themes/*/__init__.py"))} | {"upart"}
    assert set(law["importlinter"]["root_packages"].split()) == packages


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_short_licensed_and_documented(path):
    text = path.read_text()
    assert text.startswith("# SPDX-License-Identifier: MIT\n")
    assert text.count("\n") <= 300 or "/migrations/" in str(path)
    assert ast.get_docstring(ast.parse(text))


def test_every_setting_hook_and_public_name_is_documented():
    from upart import plugin
    from upart.academies.settings import SETTINGS as OF_ACADEMY
    from upart.config import SETTINGS
    from upart.hooks import specs

    docs = "\n".join(p.read_text() for p in (ROOT / "docs").rglob("*.md"))
    hooks = [name for name in vars(specs) if name.startswith("upart_")]
    names = [*(s.name for s in SETTINGS), *(f"`{s.key}`" for s in OF_ACADEMY), *hooks, *(f"`{name}`" for name in plugin.__all__)]
    assert [name for name in names if name not in docs] == []


def test_the_changelog_is_about_the_version_that_is_built():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (ROOT / "CHANGELOG.md").read_text().split("## ")[1].startswith(version)


def test_migrations_and_models_agree(portal):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from upart.cli.migrating import owner_engine
    from upart.db import Model

    with owner_engine(portal.state) as engine, engine.connect() as connection:
        ours = {e.table for e in portal.state.plugins.register.tables.values()}
        options = {"include_object": lambda item, name, kind, reflected, other: kind != "table" or name in ours, "compare_type": False}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata) == []


def test_a_wheel_holds_plugins_themes_and_templates(tmp_path):
    import shutil

    source = tmp_path / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", "*.egg-info", "build", "tests", "demo"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    for wanted in ("upart/app.py", "upart/theming/templates/core/layout.html", "upart_courses/templates/courses/lesson.html", "upart_courses/art/own-numbers.svg",
                   "upart_theme_harbor/theme.toml", "upart_theme_harbor/static/harbor.css", "upart/theming/static/desk.css", "upart/theming/templates/core/desk.html", "upart/migrations/c0001_first.py", "upart_courses/migrations/courses0001_first.py",
                   "upart/py.typed", "upart/cli/kit/plugin/hooks.py.in", "upart/cli/kit/theme/theme.toml.in", "upart/cli/proving/example/plugins/journal.py", "upart/cli/proving/example/plugins/journal/migrations/journal0001_first.py", "upart/cli/proving/example/plugins/journal/templates/journal/mine.html"):  # fmt: skip
        assert wanted in names
