# SPDX-License-Identifier: MIT
"""`upart doctor`: does this installation stand as it should?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from upart import config
from upart.cli.examining import DATABASE, invariants
from upart.cli.machine import MACHINE
from upart.cli.root import application, main
from upart.errors import UpartError
from upart.hooks.health import Finding, Verdict, critical


@main.command()
@click.option("--audit", "with_audit", is_flag=True, help="Also ask of all data whether everything holds that must.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def doctor(ctx: click.Context, with_audit: bool, as_json: bool) -> None:
    """Look at folder, secrets, database, disk, backups, mail, clock, plugins, jobs and requests; exit 1 when something is critical. Changes nothing."""
    found = list(_examined(ctx, with_audit))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            click.echo(f"{one.verdict.value:<12} {one.part}: {one.text}" + (f"\n{'':<12} {one.remedy}" if one.remedy else ""))
    if any(one.verdict is Verdict.CRITICAL for one in found):
        sys.exit(1)


def _examined(ctx: click.Context, with_audit: bool) -> Iterator[Finding]:
    folder, _notice = config.find_instance(ctx.find_root().obj)
    settings = config.load(folder)
    damaged = False
    for finding in _each(MACHINE, settings):
        damaged = damaged or (finding.part == "database" and finding.verdict is Verdict.CRITICAL)
        yield finding
    if damaged:
        return  # nobody can ask it anything
    try:
        app = application(ctx)
        with app.app_context():
            yield from _each((*DATABASE, *((invariants,) if with_audit else ())), app)
    except UpartError as error:
        yield critical("start", error.message, error.remedy)


def _each(checks: Iterable[Callable[[Any], Iterator[Finding]]], of: Any) -> Iterator[Finding]:
    """The findings of each check; one that fails is a finding too."""
    for check in checks:
        try:
            yield from check(of)
        except UpartError as error:
            yield critical(check.__name__, error.message, error.remedy)
        except SQLAlchemyError as error:
            yield critical(
                check.__name__, f"The database does not answer: {getattr(error, 'orig', error)}.", "Run upart db upgrade, and check that the server runs."
            )
