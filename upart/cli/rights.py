# SPDX-License-Identifier: MIT
"""`upart rights`: carry out rights from the command line, for officers and operators."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from upart.accounts.models import Person
from upart.cli import migrating
from upart.cli.root import academy_of, application, main
from upart.cli.work import make_worker
from upart.context import CurrentAcademy
from upart.db import everywhere, reading, session, writing
from upart.errors import UpartError
from upart.rights.actions.archiving import subjects_for, write_archive
from upart.rights.actions.asking import ask_to_erase, is_last_person
from upart.rights.actions.steps import answer, plan_in_numbers, steps_in_numbers
from upart.rights.actions.working import hasten_all
from upart.rights.engine.holdings import holdings
from upart.rights.models import AskedBy, RightsRequest
from upart.rights.subjects import person_at, with_account_of


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
                answers = write_archive(file, subjects, name)
            unfinished_copy.replace(out)
        finally:
            unfinished_copy.unlink(missing_ok=True)
    for one in (one for one in answers if one.problem):
        whose = f" of {one.store.recipient}" if one.store.recipient else ""
        click.echo(
            f"Missing: what the store '{one.store.name}'{whose} holds; it could not be read ({one.problem}). The copy says so. Try again later.", err=True
        )
    click.echo(f"Written: {out} ({out.stat().st_size} bytes). It is personal data; hand it over safely and delete it then.")


@rights.command()
@click.argument("email")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Which academy forgets the person.")
@click.option("--dry-run", is_flag=True, help="Only say in numbers what would happen.")
@click.option("--now", is_flag=True, help="Do it before this command ends, without the 72 hours in which a person may think better of it.")
@click.option("--with-account", is_flag=True, help="Also close the account; it must have no other person.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def erase(ctx: click.Context, email: str, slug: str, dry_run: bool, now: bool, with_account: bool, as_json: bool) -> None:
    """Erase EMAIL from an academy, as declared beside each column (GDPR art. 17).

    It begins after 72 hours, in which the person can take it back; with --now at once, which the history of the request shows.
    """
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
            id = ask_to_erase(person, with_account=with_account, waits=not now, asked_by=AskedBy.OFFICER).id
    if now:
        make_worker(app).run_due()
    with app.app_context(), reading(academy):
        _print({**answer(id), "academy": slug}, as_json)


@rights.command(name="list")
@click.option("--academy", "slug", metavar="SLUG", help="Of this academy only.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def list_(ctx: click.Context, slug: str | None, as_json: bool) -> None:
    """All requests: what was asked for, where it is, until when it must be answered."""
    app = _ready(ctx)
    chosen = [academy_of(app, slug)] if slug else _academies(app)
    found = [line for academy in chosen for line in _requests(app, academy)]
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    for one in found:
        click.echo(f"{one['request']}  {one['academy']}  {one['kind']}: {one['state']}, received {one['received_on']}, due {one['due_on']}")
    if not found:
        click.echo("No requests.")


@rights.command()
@click.argument("id", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def show(ctx: click.Context, id: UUID, as_json: bool) -> None:
    """One request with its steps."""
    app = _ready(ctx)
    with app.app_context():
        with everywhere("find the academy of a request") as opened:
            academy_id = opened.scalar(select(RightsRequest.academy_id).where(RightsRequest.id == id))
        academy = app.extensions["upart"].directory.by_id(academy_id) if academy_id else None
        if academy is None:
            raise UpartError(f"There is no request {id}.", remedy="Run: upart rights list")
        with reading(academy):
            row = session.get_one(RightsRequest, {"academy_id": academy.id, "id": id})
            found = {**_line(row, academy.slug), "steps": steps_in_numbers(id), "receipt": None}
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    click.echo(f"{found['kind']}: {found['state']}, received {found['received_on']}, due {found['due_on']}")
    for step in found["steps"]:
        problem = f", tried {step['attempts']} times: {step['problem']}" if step["problem"] else ""
        click.echo(f"{step['holder']}: {step['state']}{problem}")


@rights.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Try every open step now, whether its time has come or not; then all else that is due."""
    app = _ready(ctx)
    with app.app_context():
        hasten_all()
    make_worker(app).run_due()
    with app.app_context():
        left = [line for academy in _academies(app) for line in _requests(app, academy) if line["state"] == "partially_done"]
    click.echo(f"{len(left)} requests are done in part only." if left else "No step is left open.")


def _academies(app: Any) -> list[CurrentAcademy]:
    directory = app.extensions["upart"].directory
    with app.app_context():
        return sorted(filter(None, map(directory.by_id, directory.homes())), key=lambda academy: academy.slug)


def _requests(app: Any, academy: CurrentAcademy) -> list[dict[str, Any]]:
    with app.app_context(), reading(academy):
        return [_line(row, academy.slug) for row in session.scalars(select(RightsRequest).order_by(RightsRequest.received_at, RightsRequest.id))]


def _line(row: RightsRequest, slug: str) -> dict[str, Any]:
    """A request as contract 4.2 has it; the person by id, never by name."""
    return {
        "request": row.id, "academy": slug, "kind": row.kind.value, "state": row.state.value, "received_on": row.received_at.date(), "due_on": row.due_on,
        "person": row.person_id,
    }  # fmt: skip


def _ready(ctx: click.Context) -> Any:
    app = application(ctx)
    migrating.require_current(app)
    return app


def _person(email: str, academy: str) -> Person:
    person = person_at(email)
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
