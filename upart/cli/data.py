# SPDX-License-Identifier: MIT
"""Commands about the database, academies and declarations."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select

from upart import clock
from upart.academies.models import Academy
from upart.cli import migrating
from upart.cli.root import academy_of, application, main, show
from upart.config import Config, write_own
from upart.db import everywhere, writing
from upart.jobs import copies
from upart.mail.actions import count_waiting, drop_waiting
from upart.privacy import check, register
from upart.rights.actions import ending
from upart.webhooks import actions as webhooks


@main.group()
def db() -> None:
    """The database and its migrations."""


@db.command()
@click.option("--plugin", metavar="ID", help="Only this plugin (or: core).")
@click.pass_context
def upgrade(ctx: click.Context, plugin: str | None) -> None:
    """Bring the database to the newest version. Safe to run twice at once."""
    for row in migrating.upgrade(application(ctx), plugin):
        click.echo(f"{row.owner}: {row.current or '-'} ({row.state})")


@db.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """How the database stands, per owner."""
    show(migrating.as_rows(migrating.status(application(ctx))), as_json, ("owner", "current", "head", "state"))


@db.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def orphans(ctx: click.Context, as_json: bool) -> None:
    """Data of plugins that are no longer installed. Rights requests still reach them."""
    rows = [row for row in migrating.status(application(ctx)) if row.state == "orphan"]
    if not rows and not as_json:
        click.echo("There are none.")
        return
    show(migrating.as_rows(rows), as_json, ("owner", "current"))


@db.command()
@click.argument("plugin")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def purge(ctx: click.Context, plugin: str, yes: bool) -> None:
    """Drop the tables of an uninstalled PLUGIN, for ever."""

    def confirm(tables: list[str]) -> bool:
        return yes or click.confirm(f"This drops {len(tables)} tables with all their rows: {', '.join(tables)}. Go on?")

    dropped = migrating.purge(application(ctx), plugin, confirm)
    click.echo(f"Dropped: {', '.join(dropped)}" if dropped else "Nothing was changed.")


@db.command()
@click.option("--drop-mail", is_flag=True, help="Do not send the messages that were waiting when the copy was made.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def adopt(ctx: click.Context, drop_mail: bool, yes: bool) -> None:
    """Let a copied or moved installation write to people again."""
    app = application(ctx)
    migrating.require_current(app)
    config: Config = app.extensions["upart"].config
    with app.app_context():
        why, waiting = copies.why_copied(), 0 if drop_mail else count_waiting()
        if not why:
            click.echo("This is no copy: nothing to do.")
            return
        click.echo(why)
        click.echo("Messages that waited are dropped." if drop_mail else f"Messages that waited and are sent then: {waiting}.")
        if not yes and not click.confirm("Is the other installation gone, and shall this one write to people?"):
            click.echo("Nothing was changed.")
            return
        mine = config.instance_id or copies.belongs_to()
        if drop_mail:
            drop_waiting()
            webhooks.drop_waiting()
        with everywhere("adopt a copied installation", write=True) as session:
            copies.adopt(session, mine)
    write_own(config.instance, instance_id=mine, place=str(config.instance.resolve()))
    click.echo("Mail leaves again.")


@main.group()
def academy() -> None:
    """Academies."""


@academy.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_academies(ctx: click.Context, as_json: bool) -> None:
    """All academies of this installation; the platform is number one."""
    app = application(ctx)
    migrating.require_current(app)
    with app.app_context(), everywhere("list the academies") as session:
        slugs = list(session.scalars(select(Academy.slug).order_by(Academy.kind.desc(), Academy.slug)))
    found = [app.extensions["upart"].directory.by_slug(slug) for slug in slugs]
    rows = [
        {
            "slug": a.slug, "name": a.name, "kind": a.kind, "host": a.host, "plugins": sorted(a.plugins), "custody_since": a.custody_at,
            "ending": a.ending, "closes_at": a.closes_at,
        }
        for a in found
    ]  # fmt: skip
    show(rows, as_json)


@academy.command()
@click.argument("slug")
@click.option("--now", is_flag=True, help="At once, without 30 days and without telling its people.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def close(ctx: click.Context, slug: str, now: bool, yes: bool) -> None:
    """Close an academy: in 30 days, of which everybody is told, all its people are erased, then all that it holds.

    What a law keeps stays until its time is over. With --now the erasure begins before this command ends; the worker brings it to its end.
    """
    app = application(ctx)
    migrating.require_current(app)
    chosen = academy_of(app, slug)
    if not yes and not click.confirm(f"This erases everybody at {chosen.name}, {'now' if now else 'in 30 days'}, and all that it holds. Go on?"):
        click.echo("Nothing was changed.")
        return
    directory = app.extensions["upart"].directory
    with app.app_context():
        with writing(chosen):
            day = ending.close(clock.now() if now else None)
        if now:
            ending.come_further(chosen, directory.at(directory.base_host))
    click.echo(f"{chosen.name} is being closed." if now else f"{chosen.name} closes on {day:%-d %B %Y}. Its people are told by mail.")


@main.group()
def privacy() -> None:
    """What is declared about personal data."""


@privacy.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def inventory(ctx: click.Context, as_json: bool) -> None:
    """Every column and what it holds (GDPR art. 30)."""
    known: register.Register = application(ctx).extensions["upart"].plugins.register
    show(register.inventory(known), as_json, ("plugin", "table", "column", "kind", "category", "purpose", "retain", "on_erase"))


@privacy.command("check")
@click.pass_context
def check_(ctx: click.Context) -> None:
    """Compare declarations with tables and with the live database; exit 1 if they differ."""
    app = application(ctx)
    state = app.extensions["upart"]
    found = [f"Plugin '{p.id}' is broken: {p.reason} {p.remedy}".strip() for p in state.plugins.found.values() if p.state == "broken"]
    found += [text for owner in ("core", *(p.id for p in state.plugins.healthy())) for text in check.problems(state.plugins.register, owner)]
    with migrating.owner_engine(state) as engine, engine.connect() as connection:
        found += check.live_problems(state.plugins.register, connection)
    for text in found:
        click.echo(text, err=True)
    if found:
        sys.exit(1)
    tables = state.plugins.register.tables
    click.echo(f"{len(tables)} tables, {sum(len(entry.columns) for entry in tables.values())} columns: all declared, all in the database.")
