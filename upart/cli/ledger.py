# SPDX-License-Identifier: MIT
"""`upart rights ledger`: look at the ledger, and accept that lines of it are lost."""

from __future__ import annotations

import json
from collections import Counter

import click

from upart.cli import migrating
from upart.cli.rights import rights
from upart.cli.root import academy_of, application
from upart.db import writing
from upart.rights.actions.catching_up import catch_up
from upart.rights.ledger.book import book, head
from upart.rights.ledger.upkeep import accept_loss


@rights.command()
@click.option("--accept-loss", "accept", is_flag=True, help="Go on without lines that are lost for good; the audit trail says so.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def ledger(ctx: click.Context, accept: bool, as_json: bool) -> None:
    """Check every line of the ledger, and do again what this database has not seen of it."""
    app = application(ctx)
    migrating.require_current(app)
    lost = 0
    if accept:
        with app.app_context(), writing(academy_of(app, "platform")):
            lost = accept_loss()
    again = catch_up(app)
    with app.app_context():
        lines, at, where = book().verify(), head(), book().where
    found = {
        "where": where, "key": at.key, "chains": len(at.places), "lines": len(lines), "kinds": dict(Counter(line.kind for line in lines)),
        "done_again": again, "lost_chains": lost,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if lost:
        click.echo(f"Lines of {lost} chains are lost. Whoever was erased, restricted or has objected in them is known by this database alone.")
    click.echo(f"{found['lines']} lines in {found['chains']} chains in {found['where']} are as they were written. Done again: {again}.")
