# SPDX-License-Identifier: MIT
"""`upart rights`: carry out rights from the command line, for officers and operators."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from upart.accounts.forms import address
from upart.accounts.models import Person
from upart.cli import migrating
from upart.cli.root import academy_of, application, main
from upart.cli.work import make_worker
from upart.context import CurrentAcademy
from upart.db import everywhere, reading, session, uuid7, writing
from upart.errors import UpartError
from upart.rights.actions.archiving import subjects_for, write_archive
from upart.rights.actions.asking import ask_to_erase, is_last_person
from upart.rights.actions.catching_up import catch_up
from upart.rights.actions.importing import bring_new, new_person, not_known, plan_of
from upart.rights.actions.proving import link_of, outcome, receipt_of
from upart.rights.actions.retaining import retain
from upart.rights.actions.steps import plan_in_numbers, steps_in_numbers
from upart.rights.actions.working import hasten_all
from upart.rights.engine.holdings import holdings
from upart.rights.importing.opened import MB, opened_copy
from upart.rights.models import AskedBy, RequestState, RightsRequest
from upart.rights.receivers import told_of_erasure
from upart.rights.subjects import person_at, with_account_of


@main.group()
def rights() -> None:
    """Rights of data subjects: access, portability, erasure, restriction."""


PATIENCE = 60.0
"""Seconds that a command waits for what another worker does."""

UNPACKED_BY_COMMAND = 64 * 1024 * MB
"""Bytes of all parts of a copy that comes in by a command."""


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


@rights.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Which academy gets to know the person.")
@click.option("--email", metavar="ADDRESS", help="Their address, instead of the one in the copy.")
@click.option("--dry-run", is_flag=True, help="Only report what would come in.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def import_(ctx: click.Context, file: Path, slug: str, email: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring a copy FILE from another installation into a new person of an academy (GDPR art. 20).

    Whoever signs up with the address later is that person. Somebody whom the academy knows brings it themselves, at /privacy/mine/import.
    """
    app = _ready(ctx)
    academy = academy_of(app, slug)
    with app.app_context(), file.open("rb") as source, opened_copy(source, most=UNPACKED_BY_COMMAND) as copy, writing(academy):
        plan = plan_of(copy, id := uuid7(), None)
        chosen = _address(email or plan.person.get("email"))
        not_known(chosen)
        if not dry_run:
            bring_new(copy, plan, new_person(id, plan.person, chosen))
    _print_report({"state": "dry_run" if dry_run else "done", "academy": slug, "person": None if dry_run else id, **plan.as_data()}, as_json)


def _address(text: str | None) -> str:
    if not text:
        raise UpartError("The copy names no address.", remedy="Give one with --email.")
    try:
        return address(text)
    except ValueError as error:
        raise UpartError(f"This address cannot be used: {error}", remedy="Give another one with --email.") from None


def _print_report(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    for row in found["tables"]:
        out = f"; {row['why']}" if row["why"] else "".join(f"; {n} stay out: {why}" for why, n in row["left"].items())
        columns = f"; of every line without {', '.join(row['columns'])}" if row["columns"] else ""
        click.echo(f"{row['plugin']}: {row['table']}: {row['fits']} of {row['rows']} come in{out}{columns}")
    said = "nothing was changed" if found["state"] == "dry_run" else f"person {found['person']}"
    click.echo(f"{found['rows']} lines and {found['files']} files. State: {found['state']}, {said}")


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
                tables = plan_in_numbers(holdings(), with_account_of(person, with_account))
                _print({"state": "dry_run", "academy": slug, "tables": tables, **_told(person.id)}, as_json)
            return
        with writing(academy):
            person = _person(email, academy.name)
            _may_close(person, with_account)
            asked = ask_to_erase(person, with_account=with_account, waits=not now, asked_by=AskedBy.OFFICER)
            id, half = asked.id, link_of(asked)
    if now:
        _carry_out(app, academy, id)
    with app.app_context(), reading(academy):
        _print(outcome(id), as_json)
    if now:
        click.echo(f"For the person alone, it is kept nowhere: {half}", err=True)


def _carry_out(app: Any, academy: CurrentAcademy, request: UUID) -> None:
    """Work until a request has been tried in all its parts; another worker may have taken it up before this one could."""
    worker, end, runs = make_worker(app), monotonic() + PATIENCE, True
    while runs:
        worker.run_due()
        with app.app_context(), reading(academy):
            runs = session.get_one(RightsRequest, {"academy_id": academy.id, "id": request}).state is RequestState.RUNNING and monotonic() < end
        sleep(0.1 if runs else 0)


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
            found = {**_line(row, academy.slug), "steps": steps_in_numbers(id), "receipt": receipt_of(id)}
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
    """Try every open step now, whether its time has come or not; then all else that is due, and let go of what has been kept long enough."""
    app = _ready(ctx)
    with app.app_context():
        hasten_all()
    make_worker(app).run_due()
    with app.app_context():
        for table, number in sorted(retain().items()):
            click.echo(f"{table}: {number} rows were kept long enough.")
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
    catch_up(app)
    return app


def _person(email: str, academy: str) -> Person:
    person = person_at(email)
    if person is None:
        raise UpartError(f"{academy} knows nobody with the address {email}.", remedy="Look under Manage → People for the address that it has.")
    return person


def _may_close(person: Person, with_account: bool) -> None:
    if with_account and not is_last_person(person):
        raise UpartError("This account has people at other academies, or there is none.", remedy="Leave --with-account out, or erase those first.")


def _told(person_id: UUID) -> dict[str, Any]:
    """Who will be told, as data: stores by machine, recipients by hand."""
    told = told_of_erasure(person_id)
    return {
        "stores": [{"name": one.store, "recipient": one.recipient or None, "received": list(one.fields)} for one in told if not one.by_hand],
        "recipients": [{"name": one.recipient, "received": list(one.fields)} for one in told if one.by_hand],
    }


def _print(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    for row in found["tables"]:
        until = f", until {row['kept_until']} ({row['reason']})" if row["kept"] else ""
        click.echo(f"{row['plugin']}: {row['table']}: {row['deleted']} deleted, {row['unlinked']} unlinked, {row['kept']} kept{until}")
    if found["state"] == "dry_run":
        for one in (one for one in found["stores"] if one["recipient"]):
            click.echo(f"{one['recipient']}: told by the store '{one['name']}'")
        for one in found["recipients"]:
            click.echo(f"{one['name']}: told by somebody of the academy")
    click.echo(f"State: {found['state']}" + (f", request {found['request']}" if "request" in found else ", nothing was changed"))
