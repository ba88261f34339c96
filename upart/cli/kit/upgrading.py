# SPDX-License-Identifier: MIT
"""`upart upgrade --check`: what an upgrade would do, said before anything is changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy import select

from upart.academies.models import Academy, AcademyPlugin
from upart.cli import migrating
from upart.cli.root import application, main, show
from upart.db import everywhere
from upart.hooks.health import Finding, Verdict, critical, good, recommended
from upart.hooks.locks import difference, lock_of
from upart.hooks.models import PluginState
from upart.policy import differences


@main.command()
@click.option("--check", is_flag=True, required=True, help="Only say what would happen: upart db upgrade does it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def upgrade(ctx: click.Context, check: bool, as_json: bool) -> None:
    """Say what waits to be upgraded, and what stands against it; exit 1 when something does. Changes nothing."""
    app = application(ctx)
    found = [*_plugins(app), *_migrations(app)]
    found = found or [good("upgrade", "Nothing waits: the database fits what is installed.")]
    if as_json:
        show([asdict(one) for one in found], True)
    else:
        for one in found:
            click.echo(f"{one.verdict.value:<12} {one.part}: {one.text}" + (f"\n{'':<12} {one.remedy}" if one.remedy else ""))
    if any(one.verdict is Verdict.CRITICAL for one in found):
        sys.exit(1)


def _plugins(app: Any) -> Iterator[Finding]:
    """Plugins that cannot be used with this UPART."""
    for plugin in app.extensions["upart"].plugins.found.values():
        if plugin.state is PluginState.BROKEN:
            yield critical("plugins", f"'{plugin.id}' {plugin.version} cannot be used: {plugin.reason}", plugin.remedy)


def _migrations(app: Any) -> Iterator[Finding]:
    """Migrations that wait, and databases that come from somewhere newer; then what has not been agreed to, if that can be read already."""
    rows = migrating.status(app)
    for row in rows:
        if row.state == "ahead":
            yield critical("migrations", f"The database of '{row.owner}' comes from a newer version.", "Install that version, or restore a backup of this one.")
        elif row.state == "orphan":
            yield recommended("migrations", f"Data of '{row.owner}' are here, its package is not.", f"Install it again, or run: upart db purge {row.owner}")
        elif row.state == "behind":
            named = ", ".join(_waiting(app, row))
            yield recommended("migrations", f"Of '{row.owner}' these wait: {named}.", "Make a backup (upart backup FILE), then run: upart db upgrade")
    if all(row.state != "behind" for row in rows if row.owner == "core") and not any(row.state == "ahead" for row in rows):
        yield from _agreements(app)


def _waiting(app: Any, row: migrating.Standing) -> list[str]:
    """The scripts that come after the one that the database has, the first one first."""
    owner = next(one for one in migrating.owners(app.extensions["upart"]) if one.name == row.owner)
    assert owner.script is not None
    later = owner.script.iterate_revisions("head", row.current or "base")
    return [one.revision + (f" ({one.doc.splitlines()[0].rstrip('.')})" if one.doc else "") for one in later][::-1]


def _agreements(app: Any) -> Iterator[Finding]:
    """What plugins do with data that an academy has not agreed to: it is held back until somebody does."""
    plugins = app.extensions["upart"].plugins
    with app.app_context(), everywhere("what has nobody agreed to?") as session:
        pairs = session.execute(
            select(AcademyPlugin.academy_id, AcademyPlugin.plugin, Academy.slug).join(Academy, Academy.id == AcademyPlugin.academy_id).order_by(Academy.slug)
        ).all()
        for academy, id, slug in pairs:
            plugin = plugins.get(id)
            if plugin is not None and plugin.healthy:
                lock = lock_of(session, academy, id)
                for line in differences.plain(differences.lines(difference(lock, plugin))) if lock is not None else ():
                    yield recommended(
                        "agreements", f"{slug} has not agreed to this of '{id}': {line}", f"Ask its owner, or run: upart plugins enable {id} --academy {slug}"
                    )
