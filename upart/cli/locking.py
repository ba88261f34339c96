# SPDX-License-Identifier: MIT
"""`upart privacy accept`: what `privacy.lock` holds back at an academy, and the agreement of its owner."""

from __future__ import annotations

import json

import click

from upart.academies.actions import accept_declarations
from upart.cli import migrating
from upart.cli.data import privacy
from upart.cli.root import academy_of, application
from upart.db import everywhere, reading
from upart.errors import UpartError
from upart.policy import differences
from upart.policy.locking import waiting


@privacy.command()
@click.option("--academy", "slug", required=True, metavar="SLUG", help="On behalf of this academy, whose owner has decided so.")
@click.option("--plugin", "only", metavar="ID", help="Only what this plugin adds.")
@click.option("--dry-run", is_flag=True, help="Say what would be agreed to, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def accept(ctx: click.Context, slug: str, only: str | None, dry_run: bool, as_json: bool) -> None:
    """Agree to what upgrades of plugins add; until then it is not used (see `upart plugins enable` for a plugin that is off)."""
    app = application(ctx)
    migrating.require_current(app)
    academy = academy_of(app, slug)
    if only is not None and app.extensions["upart"].plugins.get(only) is None:
        raise UpartError(f"There is no plugin '{only}'.", remedy="See: upart plugins list")
    if only is not None and only not in academy.plugins:
        raise UpartError(f"'{only}' is not on for {slug}.", remedy=f"Run: upart plugins enable {only} --academy {slug}")
    with app.app_context(), reading(academy):
        found = [(plugin, different) for plugin, different in waiting(academy) if only in (None, plugin.id)]
        said = [(plugin.id, list(differences.plain(differences.lines(different)))) for plugin, different in found]
    if as_json:
        data = [{"plugin": plugin.id, "agreed": not dry_run, "changes": [change.as_data() for change in different]} for plugin, different in found]
        click.echo(json.dumps(data, indent=2))
    for id, lines in said if not as_json else ():
        click.echo("\n".join([f"{id}:", *(f"  {line}" for line in lines)]))
    if not dry_run and found:
        with app.app_context(), everywhere(f"agree to what upgrades add, for {slug}", write=True) as session:
            for plugin, _different in found:
                accept_declarations(session, academy.id, plugin.id)
    if not as_json:
        click.echo("Nothing waits." if not found else "Nothing was changed." if dry_run else f"Agreed for {slug}.")
