# SPDX-License-Identifier: MIT
"""`upart rights`: carry out rights from the command line, for officers and operators."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from upart.accounts.models import Account, Person
from upart.cli import migrating
from upart.cli.root import academy_of, application, main
from upart.cli.work import make_worker
from upart.db import everywhere, reading, session, writing
from upart.errors import UpartError
from upart.rights.actions.archiving import subjects_for, write_archive
from upart.rights.actions.asking import ask_to_erase, is_last_person, unfinished
from upart.rights.actions.steps import answer, plan_in_numbers
from upart.rights.engine.holdings import holdings
from upart.rights.models import RequestKind
from upart.rights.subjects import with_account_of


@main.group()
def rights() -> None:
    """Rights of data subjects: access, erasure."""


@rights.command()
@click.argument("email")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Whose data.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
@click.pass_context
def access(ctx: click.Context, email: str, slug: str, out: Path) -> None:
    """Write a copy of all that an academy holds about EMAIL (GDPR art. 15, 20)."""
    app = _ready(ctx)
    academy = academy_of(app, slug)
    if out.exists():
        raise UpartError(f"{out} exists.", remedy="Name another file with --out; nothing is overwritten.")
    with app.app_context():
        with reading(academy):
            person = _person(email, academy.name)
            subjects, name = subjects_for(person), str.__str__(person.name)
        unfinished_copy = out.with_name(f".{out.name}.part")
        try:
            with open(os.open(unfinished_copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file, reading(academy):
                write_archive(file, subjects, name)
            unfinished_copy.replace(out)
        finally:
            unfinished_copy.unlink(missing_ok=True)
    click.echo(f"Written: {out} ({out.stat().st_size} bytes). It is personal data; hand it over safely and delete it then.")


@rights.command()
@click.argument("email")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Which academy forgets the person.")
@click.option("--dry-run", is_flag=True, help="Only say in numbers what would happen.")
@click.option("--now", is_flag=True, help="Do it before this command ends, instead of letting a worker do it.")
@click.option("--with-account", is_flag=True, help="Also close the account; it must have no other person.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def erase(ctx: click.Context, email: str, slug: str, dry_run: bool, now: bool, with_account: bool, as_json: bool) -> None:
    """Erase EMAIL from an academy, as declared beside each column (GDPR art. 17)."""
    app = _ready(ctx)
    academy = academy_of(app, slug)
    with app.app_context():
        if dry_run:
            with reading(academy):
                person = _person(email, academy.name)
                _may_close(person, with_account)
                _print({"state": "dry_run", "academy": slug, "tables": plan_in_numbers(holdings(), with_account_of(person, with_account))}, as_json)
            return
        with writing(academy):
            person = _person(email, academy.name)
            _may_close(person, with_account)
            begun = unfinished(person, RequestKind.ERASE) or ask_to_erase(person, with_account=with_account)
            id = begun.id
    if now:
        make_worker(app).run_due()
    with app.app_context(), reading(academy):
        _print({**answer(id), "academy": slug}, as_json)


def _ready(ctx: click.Context) -> Any:
    app = application(ctx)
    migrating.require_current(app)
    return app


def _person(email: str, academy: str) -> Person:
    address = email.strip().casefold()
    with everywhere("find the account of an address") as opened:
        account_id = opened.scalar(select(Account.id).where(Account.email == address))
    mine = (Person.email == address) | (Person.account_id == account_id) if account_id is not None else Person.email == address
    person = session.scalars(select(Person).where(mine)).first()
    if person is None:
        raise UpartError(f"{academy} knows nobody with the address {email}.", remedy="Look under Manage → People for the address that it has.")
    return person


def _may_close(person: Person, with_account: bool) -> None:
    if with_account and not is_last_person(person):
        raise UpartError("This account has people at other academies, or there is none.", remedy="Leave --with-account out, or erase those first.")


def _print(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    for row in found["tables"]:
        until = f", until {row['kept_until']} ({row['reason']})" if row["kept"] else ""
        click.echo(f"{row['plugin']}: {row['table']}: {row['deleted']} deleted, {row['unlinked']} unlinked, {row['kept']} kept{until}")
    click.echo(f"State: {found['state']}" + (f", request {found['request']}" if "request" in found else ", nothing was changed"))
