# SPDX-License-Identifier: MIT
"""Commands about plugins and hooks."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import click
from sqlalchemy import select, update

from upart.academies import switching
from upart.academies.models import Academy, AcademyPlugin
from upart.cli import migrating
from upart.cli.root import academy_of, application, main, show
from upart.context import CurrentAcademy
from upart.db import everywhere, reading, writing
from upart.errors import PluginError, UpartError
from upart.hooks import specs
from upart.hooks.loaded import Plugin
from upart.hooks.locks import difference, lock_of
from upart.hooks.models import PluginRecord, PluginState
from upart.policy import differences, locking


@main.group()
def plugins() -> None:
    """Plugins of this installation."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_plugins(ctx: click.Context, as_json: bool) -> None:
    """Every plugin with its state, the reason and what to do."""
    app = application(ctx)
    show(_rows(app), as_json, ("id", "version", "state", "academies", "reason", "remedy"))


def _rows(app: Any) -> list[dict[str, Any]]:
    state = app.extensions["upart"]
    enabled: dict[str, list[str]] = {}
    with app.app_context(), everywhere("list where plugins are enabled") as session:
        for plugin, slug in session.execute(select(AcademyPlugin.plugin, Academy.slug).join(Academy, Academy.id == AcademyPlugin.academy_id)):
            enabled.setdefault(plugin, []).append(slug)
        records = {record.plugin: record.version for record in session.scalars(select(PluginRecord))}
    rows = [
        {"id": p.id, "version": p.version, "state": p.state.value, "reason": p.reason, "remedy": p.remedy, "academies": sorted(enabled.get(p.id, []))}
        for p in state.plugins.found.values()
    ]
    for gone in sorted(set(records) - set(state.plugins.found)):
        why, what = "Its data are here, its package is not installed.", f"Install it again, or run: upart db purge {gone}"
        rows.append({"id": gone, "version": records[gone], "state": "orphan", "reason": why, "remedy": what, "academies": sorted(enabled.get(gone, []))})
    return rows


@plugins.command()
@click.argument("id")
@click.option("--academy", required=True, metavar="SLUG", help="For this academy.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def enable(ctx: click.Context, id: str, academy: str, yes: bool) -> None:
    """Switch plugin ID on for an academy, after saying what it does with data; also lifts its quarantine, and agrees to what an upgrade adds."""
    app = application(ctx)
    migrating.require_current(app)
    plugin = app.extensions["upart"].plugins.get(id)
    if plugin is None:
        raise UpartError(f"There is no plugin '{id}'.", remedy="Install its package, then see: upart plugins list")
    if plugin.state is PluginState.BROKEN:
        raise PluginError(f"Plugin '{id}' is broken: {plugin.reason}", remedy=plugin.remedy)
    chosen = academy_of(app, academy)
    if missing := locking.missing(plugin, chosen.plugins):
        raise UpartError(
            f"'{id}' needs '{missing[0]}', which is off for {academy}.", remedy=f"Run first: upart plugins enable {missing[0]} --academy {academy}"
        )
    if not _agreed(app, chosen, plugin, yes):
        click.echo("Nothing was changed.")
        return
    with app.app_context(), everywhere(f"lift the quarantine of plugin {id}", write=True) as session:
        session.execute(update(PluginRecord).where(PluginRecord.plugin == id).values(state=PluginState.OK, reason=""))
    plugin.state = PluginState.OK
    with app.app_context(), writing(chosen):
        new = switching.switch_on(id)
    click.echo(f"'{id}' is {'now' if new else 'already'} on for {academy}.")


def _agreed(app: Any, academy: CurrentAcademy, plugin: Plugin, yes: bool) -> bool:
    """Say what switching on adds to what the academy has agreed to; on a terminal, ask."""
    with app.app_context(), reading(academy) as session:
        lock = lock_of(session(), academy.id, plugin.id) if plugin.id in academy.plugins else None
        said = list(differences.plain(differences.lines(difference(lock, plugin))))
    if said:
        click.echo("\n".join([f"What '{plugin.id}' does with data that {academy.slug} has not agreed to yet:", *(f"  {line}" for line in said)]), err=True)
    return yes or not said or not sys.stdin.isatty() or click.confirm(f"Does {academy.slug} agree?")


@plugins.command()
@click.argument("id")
@click.option("--academy", required=True, metavar="SLUG", help="For this academy.")
@click.pass_context
def disable(ctx: click.Context, id: str, academy: str) -> None:
    """Switch plugin ID off for an academy. Its data stay, and rights requests still reach them."""
    app = application(ctx)
    migrating.require_current(app)
    chosen = academy_of(app, academy)
    found = app.extensions["upart"].plugins.found
    needing = [p.id for p in found.values() if p.id in chosen.plugins and p.manifest and id in p.manifest.requires]
    if needing:
        raise UpartError(f"'{needing[0]}' needs '{id}' and is on for {academy}.", remedy=f"Run first: upart plugins disable {needing[0]} --academy {academy}")
    if id not in found and id not in chosen.plugins:
        raise UpartError(f"There is no plugin '{id}'.", remedy="See: upart plugins list")
    with app.app_context(), writing(chosen):
        was_on = switching.switch_off(id)
    click.echo(f"'{id}' is {'now' if was_on else 'already'} off for {academy}.")


@main.command()
@click.pass_context
def hooks(ctx: click.Context) -> None:
    """Every hook, its contract, and who implements it."""
    manager = application(ctx).extensions["upart"].plugins.manager
    click.echo(f"Hook API {specs.HOOK_API}\n")
    for name in sorted(n for n in vars(specs) if n.startswith("upart_")):
        function = getattr(specs, name)
        who = ", ".join(impl.plugin_name for impl in getattr(manager.hook, name).get_hookimpls()) or "nobody"
        click.echo(f"{name}{inspect.signature(function)}\n  implemented by: {who}\n\n{_indented(inspect.getdoc(function) or '')}\n")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
