# SPDX-License-Identifier: MIT
"""`upart rights canary`: let somebody made up fly through the tables now, and see what became of them."""

from __future__ import annotations

import json
import sys

import click

from upart.cli import migrating
from upart.cli.rights import rights
from upart.cli.root import academy_of, application
from upart.context import CurrentAcademy
from upart.db import writing
from upart.events.actions import emit
from upart.hooks.plugged import plugged
from upart.rights.actions.catching_up import catch_up
from upart.rights.canary.actions import SETTING, flown_for, keep
from upart.rights.canary.models import Outcome
from upart.rights.canary.promises import accept


@rights.command()
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Through the tables of the core and of the plugins that this academy uses.")
@click.option("--accept", "accepts", is_flag=True, help="Measure against what is declared now, from now on; the audit trail says so.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def canary(ctx: click.Context, slug: str, accepts: bool, as_json: bool) -> None:
    """Enter somebody made up into all tables, copy and erase them, search for what is left; exit 1 when something is not as declared.

    All of it is taken back at the end. Where the academy keeps a canary, the result is published.
    """
    app = application(ctx)
    migrating.require_current(app)
    catch_up(app)
    academy = academy_of(app, slug)
    with app.app_context():
        if accepts:
            _accept(academy)
        flown = flown_for(academy)
        if academy.settings[SETTING]:
            with writing(academy):
                keep(flown)
    if as_json:
        click.echo(json.dumps({**flown.as_data(academy), "places": [_place(one) for one in flown.breaches]}, indent=2))
    else:
        for owner, examined, since in flown.owners:
            said = f"{owner}: {examined.rows} rows in {examined.tables} tables"
            click.echo(f"{said} were entered, copied, erased and searched for, against what was declared on {since:%Y-%m-%d}.")
        for one in flown.breaches:
            click.echo(str(one), err=True)
        click.echo("Broken: not all is done as declared." if flown.breaches else "Kept: all that was looked at is done as declared.")
        for text in flown.not_checked:
            click.echo(f"Not looked at: {text}.")
    if flown.outcome is Outcome.BROKEN:
        sys.exit(1)


def _accept(academy: CurrentAcademy) -> None:
    changed = accept(plugged().register, ["core", *sorted(academy.plugins & set(plugged().found))])
    if changed:
        with writing(academy):
            emit("rights.canary_accepted", owners=len(changed))


def _place(one: object) -> dict[str, str]:
    return {name: str(getattr(one, name)) for name in ("plugin", "where", "what", "remedy")}
