# SPDX-License-Identifier: MIT
"""`upart privacy art30`, `contract`, `risks`: what the law wants written down, compiled; and the breach desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from upart.cli import migrating
from upart.cli.data import privacy
from upart.cli.root import academy_of, application
from upart.context import CurrentAcademy
from upart.db import reading, session, writing
from upart.errors import UpartError
from upart.policy import actions, breaching, fides
from upart.policy.art30 import processor_record, record
from upart.policy.breaching import Concerned, Incident, concerned, hours_left, not_seen
from upart.policy.contract import contract
from upart.policy.risks import risks
from upart.policy.sheets import Sheet
from upart.policy.written import FORMATS
from upart.theming.forms import LONGEST

Command = Callable[..., Any]


def _formats(*more: str) -> Callable[[Command], Command]:
    def add(command: Command) -> Command:
        chosen = click.option("--format", "kind", type=click.Choice([*FORMATS, *more]), default="md", show_default=True, help="How it is written.")
        return chosen(click.option("--json", "as_json", is_flag=True, help="As JSON, with ids instead of words.")(command))

    return add


@privacy.command()
@click.option("--academy", "slug", metavar="SLUG", help="Of this academy, as controller. Without: of this installation, as processor.")
@click.option("--host", is_flag=True, help="Of this installation, as processor of its academies (GDPR art. 30(2)).")
@_formats("fides")
@click.pass_context
def art30(ctx: click.Context, slug: str | None, host: bool, kind: str, as_json: bool) -> None:
    """The record of processing activities (GDPR art. 30)."""
    if slug and host:
        raise click.UsageError("Give --academy or --host, not both.")
    if slug is None and kind == "fides":
        raise click.UsageError("Give --academy with --format fides.")
    _print(ctx, slug, kind, as_json, record)


@privacy.command("contract")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="On behalf of which academy.")
@_formats()
@click.pass_context
def contract_(ctx: click.Context, slug: str, kind: str, as_json: bool) -> None:
    """What a contract with whoever runs the installation must say (GDPR art. 28(3))."""
    _print(ctx, slug, kind, as_json, contract)


@privacy.command("risks")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Of which academy.")
@_formats()
@click.pass_context
def risks_(ctx: click.Context, slug: str, kind: str, as_json: bool) -> None:
    """What speaks for an impact assessment, in numbers, and what only the academy can answer (GDPR art. 35)."""
    _print(ctx, slug, kind, as_json, risks)


def _print(ctx: click.Context, slug: str | None, kind: str, as_json: bool, make: Callable[[CurrentAcademy], Sheet]) -> None:
    app = application(ctx)
    migrating.require_current(app)
    academy = academy_of(app, slug) if slug is not None else None
    with app.app_context(), reading(academy):
        if kind == "fides" and academy is not None and not as_json:
            text = fides.manifest(academy)
        else:
            text = FORMATS["json" if as_json else kind][1](make(academy) if academy is not None else processor_record())
    click.echo(text, nl=False)


@privacy.command()
@click.option("--table", required=True, metavar="T", help="The table that was open; see: upart privacy inventory.")
@click.option("--since", required=True, metavar="DATE", help="From when data may have been open (ISO; without a zone UTC).")
@click.option("--until", metavar="DATE", help="Until when; without: until now.")
@click.option("--known", metavar="DATE", help="When it became known: from there 72 hours run. Without: now.")
@click.option("--academy", "slug", metavar="SLUG", help="Only this academy.")
@click.option("--note", "happened", metavar="TEXT", help="Write it down at that academy, with what happened, in words that name nobody.")
@click.option(
    "--notify", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="Write it down and mail this text to all concerned."
)
@click.option("--subject", metavar="TEXT", help="The subject of that mail.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def breach(
    ctx: click.Context, table: str, since: str, until: str | None, known: str | None, slug: str | None, happened: str | None, notify: Path | None,
    subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Whom a breach concerns, in numbers, for each academy; what art. 33 asks; until when (GDPR art. 33, 34).

    Nobody is told of anything unless --notify names a text: then everybody concerned at --academy gets it by mail.
    """
    app = application(ctx)
    migrating.require_current(app)
    academy = academy_of(app, slug) if slug else None
    text = _notice(notify, subject, slug, happened)
    with app.app_context(), reading(academy):
        one = breaching.incident(
            table, breaching.instant(since, "--since"), breaching.instant(until, "--until") if until else None,
            breaching.instant(known, "--known") if known else None,
        )  # fmt: skip
        found = concerned(one, academy)
    if academy is not None and (happened or text):
        id = _write_down(app, academy, one, happened or "", subject or "", text)
        click.echo(f"Written down as {id}." + (" The mails wait for a worker." if text else ""), err=True)
    _show(one, found, as_json)


def _notice(file: Path | None, subject: str | None, slug: str | None, happened: str | None) -> str:
    """The officer's text, checked. Raises UsageError, UpartError."""
    if (file or happened) and not slug:
        raise click.UsageError("Each academy tells its own people: name it with --academy.")
    if file is None:
        return ""
    if not (subject or "").strip():
        raise click.UsageError("Give the subject of the mail with --subject.")
    try:
        text = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise UpartError(f"{file} is no text in UTF-8.", remedy="Save it as UTF-8.") from None
    if not text or len(text) > LONGEST:
        raise UpartError(f"{file} is empty or longer than {LONGEST} characters.", remedy="Write what happened, what it may mean, and what people can do.")
    return text


def _write_down(app: Any, academy: CurrentAcademy, one: Incident, happened: str, subject: str, text: str) -> UUID:
    with app.app_context(), writing(academy):
        row = actions.note(Incident(one.table, one.since, one.until, one.known_at, happened))
        session.flush()
        if text:
            actions.tell(row, subject, text)
        return row.id


def _show(one: Incident, found: list[Concerned], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([line.as_data(one) for line in found], indent=2, default=str))
        return
    left = hours_left(one)
    click.echo(f"Known since {one.known_at:%Y-%m-%d %H:%M} UTC. The authority is told by {one.due_at:%Y-%m-%d %H:%M} UTC ({left} hours left).")
    for line in found:
        click.echo(f"\n{line.academy.slug}: {_numbers(line.counted.countries)}")
        for name, by_country in sorted(line.counted.categories.items()):
            click.echo(f"  {name}: {sum(by_country.values())} ({_numbers(by_country)})")
        for fact in line.facts:
            click.echo(f"  {fact.label} ({fact.source}): {fact.value or f'open. {fact.ask}'}")
    if not found:
        click.echo("No academy has a line in that table.")
    click.echo(f"\n{not_seen(one)} Countries are those of the time zones that people chose.")


def _numbers(countries: dict[str, int]) -> str:
    return ", ".join(f"{code} {number}" for code, number in sorted(countries.items())) or "nobody by a link"
