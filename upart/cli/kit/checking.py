# SPDX-License-Identifier: MIT
"""`upart plugins check`: what is wrong with a plugin, where, and what to do, before anybody meets it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from upart.app import State
from upart.cli.kit.findings import Finding
from upart.cli.kit.reading import read
from upart.cli.kit.trying import tried
from upart.cli.plugins import plugins
from upart.cli.root import application, show
from upart.errors import UpartError
from upart.hooks.loaded import Plugin
from upart.hooks.models import PluginState


@plugins.command()
@click.argument("id", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON: plugin, rule, place, text, remedy.")
@click.pass_context
def check(ctx: click.Context, id: str | None, as_json: bool) -> None:
    """Look at plugin ID (or each): whether it loads, what it imports, its templates, its migrations; exit 1 when something is wrong."""
    state: State = application(ctx).extensions["upart"]
    if id is not None and id not in state.plugins.found:
        raise UpartError(f"There is no plugin '{id}'.", remedy="Install its package, then see: upart plugins list")
    chosen = [state.plugins.found[id]] if id else list(state.plugins.found.values())
    found = {plugin.id: list(findings(plugin, state)) for plugin in chosen}
    if as_json:
        show([asdict(one) for each in found.values() for one in each], True)
    else:
        for plugin in chosen:
            wrong = found[plugin.id]
            standing = [plugin.state.value] if not wrong or plugin.state is not PluginState.OK else []
            click.echo(f"{plugin.id} {plugin.version}: " + ", ".join([*standing, *([f"{len(wrong)} to correct"] if wrong else [])]))
            for one in wrong:
                click.echo(f"  {one}")
    if any(found.values()):
        sys.exit(1)


def findings(plugin: Plugin, state: State) -> Iterator[Finding]:
    """All that is wrong with a plugin. Of one that does not load only why: nothing of it is here to be looked at."""
    if plugin.reason:
        yield Finding(plugin=plugin.id, rule="loads", place="", text=plugin.reason, remedy=plugin.remedy)
    if plugin.state is PluginState.BROKEN:
        return
    assert plugin.manifest is not None
    required = [state.plugins.found[name].package for name in plugin.manifest.requires if name in state.plugins.found]
    yield from read(plugin, required)
    yield from _migrations(plugin, state)


def _migrations(plugin: Plugin, state: State) -> Iterator[Finding]:
    """From nothing on a database of its own: what they make is what the models say; and back, where they can go back."""
    assert plugin.manifest is not None
    if not plugin.manifest.migrations:
        if plugin.tables:
            yield _about(plugin, f"It has the table {plugin.tables[0].name} and no migrations.", "Name their folder in its manifest: migrations=…")
        return
    with tempfile.TemporaryDirectory(prefix="upart-check-") as folder:
        settings = replace(state.config, database_url=f"sqlite:///{Path(folder) / 'tried.sqlite'}")
        trial = replace(state, config=settings)
        try:
            yield from (_about(plugin, *one) for one in tried(trial, plugin))
        except UpartError as error:
            yield _about(plugin, error.message, error.remedy)
        except Exception as error:  # a script may raise anything
            yield _about(
                plugin, f"They fail on an empty database: {type(error).__name__}: {str(error).splitlines()[0]}.", "Correct the script; none that was released."
            )


def _about(plugin: Plugin, text: Any, remedy: str) -> Finding:
    assert plugin.manifest is not None
    return Finding(plugin=plugin.id, rule="migrations", place=f"{plugin.folder.name}/{plugin.manifest.migrations}".rstrip("/"), text=str(text), remedy=remedy)
