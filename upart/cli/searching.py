# SPDX-License-Identifier: MIT
"""`upart search`: the index of the search."""

from __future__ import annotations

import click

from upart.cli import migrating
from upart.cli.root import application, main


@main.group()
def search() -> None:
    """The index of the search. The database keeps it by itself; nobody need rebuild it but after a damage."""


@search.command()
@click.pass_context
def rebuild(ctx: click.Context) -> None:
    """Make the index anew, of all academies; on SQLite others wait with their writing meanwhile."""
    app = application(ctx)
    migrating.require_current(app)
    with migrating.owner_engine(app.extensions["upart"]) as engine:
        made = migrating.index(engine, app.extensions["upart"], anew=True)
    click.echo(f"Indexed: {', '.join(made)}." if made else "There is nothing to search here.")
