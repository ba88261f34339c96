# SPDX-License-Identifier: MIT
"""`upart plugins new`: a package to begin with, whole or not at all."""

from __future__ import annotations

import keyword
import os
import shutil
import tempfile
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from upart.cli.plugins import plugins
from upart.core import CORE, CORE_PATHS
from upart.db import Model
from upart.errors import UpartError
from upart.hooks.loader import GROUP, IDENTIFIER
from upart.theming.themes import GROUP as THEMES

PLUGIN = (
    ("pyproject.toml", "pyproject.toml"),
    ("README.md", "README.md"),
    (".gitignore", "gitignore"),
    (".github/workflows/check.yml", "ci.yml"),
    ("{package}/__init__.py", "init.py"),
    ("{package}/hooks.py", "hooks.py"),
    ("{package}/models.py", "models.py"),
    ("{package}/forms.py", "forms.py"),
    ("{package}/actions.py", "actions.py"),
    ("{package}/views.py", "views.py"),
    ("{package}/api.py", "api.py"),
    ("{package}/search.py", "search.py"),
    ("{package}/py.typed", ""),
    ("{package}/migrations/{name}0001_first.py", "first.py"),
    ("{package}/templates/{name}/front.html", "front.html"),
    ("{package}/templates/{name}/notes.html", "notes.html"),
    ("{package}/templates/{name}/mail/reminder.txt", "reminder.txt"),
    ("{package}/words/de.json", "de.json"),
    ("tests/test_{name}.py", "test.py"),
)
"""Files of a new plugin, each with its template in `plugin/`; the names are those of the bundled plugins."""

THEME = (
    ("pyproject.toml", "pyproject.toml"),
    ("README.md", "README.md"),
    (".gitignore", "gitignore"),
    (".github/workflows/check.yml", "ci.yml"),
    ("{package}/__init__.py", "init.py"),
    ("{package}/theme.toml", "theme.toml"),
    ("{package}/static/{name}.css", "theme.css"),
    ("tests/test_{name}.py", "test.py"),
)
"""Those of a new theme."""

BRACKETS: dict[str, Any] = {
    "variable_start_string": "[[", "variable_end_string": "]]", "block_start_string": "[%", "block_end_string": "%]",
    "comment_start_string": "[#", "comment_end_string": "#]",
}  # fmt: skip
"""Their own: some of the files are templates themselves."""

LONGEST = 40
"""Characters of a name: with `alembic_version_` before it, it still fits into the 63 that PostgreSQL keeps."""


@plugins.command()
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path), default=".", metavar="DIR", help="Folder in which the new one is made.")
@click.option("--theme", is_flag=True, help="A theme instead of a plugin.")
def new(name: str, into: Path, theme: bool) -> None:
    """Write a package NAME that runs, migrates and passes every check; then change it."""
    made = begin(name, into, theme=theme)
    click.echo(f"{made} is there: {'a theme' if theme else 'a plugin'} that works. Next:")
    click.echo(f"  pip install -e {made}[test] && cd {made} && pytest")
    if not theme:
        click.echo(f"Where UPART runs, restart it, then: upart db upgrade, upart plugins enable {name} --academy SLUG")


def begin(name: str, into: Path, *, theme: bool = False) -> Path:
    """Make the folder `into`/`name` with a plugin or a theme. Raises UpartError for a name that cannot be used, and when something is there already."""
    _usable(name)
    _free(name, theme=theme)
    if not into.is_dir():
        raise UpartError(f"There is no folder {into}.", remedy="Make it, or name another one with --into DIR.")
    target = into / name
    if target.exists() or target.is_symlink():
        raise UpartError(f"{target} is there already.", remedy="Choose another name, or name another folder with --into DIR.")
    # Beside its place, then renamed: whoever is killed on the way leaves nothing that looks like a plugin.
    beside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=into))
    try:
        _write(beside, name, theme=theme)
        beside.chmod(0o777 & ~_mask())
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


def _usable(name: str) -> None:
    if not IDENTIFIER.fullmatch(name) or name.endswith("_") or "__" in name:
        raise UpartError(
            f"'{name}' cannot be a plugin's name.", remedy=f"Use 2 to {LONGEST} lower case letters, digits and single _ between them, a letter first."
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise UpartError(f"'{name}' is a word of Python.", remedy="Choose another name.")


def _free(name: str, *, theme: bool) -> None:
    """Refuse a name that core or something installed already has, with all that would clash later."""
    if find_spec(package_of(name, theme=theme)) is not None or name in entry_points(group=THEMES if theme else GROUP).names:
        raise UpartError(f"{'A theme' if theme else 'A plugin'} '{name}' is installed already.", remedy="Choose another name.")
    if theme:
        return
    pages = {one.name for feature in CORE if hasattr(feature, "upart_blueprints") for one in feature.upart_blueprints()}
    tables = {table for table in Model.metadata.tables if f"{table}_".startswith(f"{name}_")}
    if name in ("core", "upart", *pages) or f"/{name}/" in CORE_PATHS or tables:
        raise UpartError(f"'{name}' is a word that UPART uses itself.", remedy="Choose another name, such as the name of what your plugin is about.")
    for other in entry_points(group=GROUP).names:
        if other.startswith(f"{name}_") or name.startswith(f"{other}_"):
            raise UpartError(
                f"'{name}' begins like the installed plugin '{other}': their tables would be mistaken for each other's.", remedy="Choose another name."
            )


def package_of(name: str, *, theme: bool = False) -> str:
    """The package of a plugin or a theme."""
    return f"upart_theme_{name}" if theme else f"upart_{name}"


def _write(folder: Path, name: str, *, theme: bool) -> None:
    package = package_of(name, theme=theme)
    values = {"name": name, "slug": name.replace("_", "-"), "package": package, "title": name.replace("_", " ").capitalize(), "version": version("upart")}
    here = Path(__file__).parent
    loader = FileSystemLoader([here / ("theme" if theme else "plugin"), here / "plugin"])
    templates = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, **BRACKETS)  # noqa: S701 - none of them is a page
    for place, template in THEME if theme else PLUGIN:
        path = folder / place.format(name=name, package=package)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(templates.get_template(f"{template}.in").render(values) if template else "", encoding="utf-8")


def _mask() -> int:
    """The bits that new files of this user do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
