# SPDX-License-Identifier: MIT
"""`upart privacy policy`, `diff`, `publish`: the policy that compiles itself, what is different since it was published, and publishing it."""

from __future__ import annotations

import json

import click

from upart.cli import migrating
from upart.cli.data import privacy
from upart.cli.root import academy_of, application
from upart.db import reading, writing
from upart.errors import UpartError
from upart.mail.actions import address_of
from upart.policy import publishing, saying, versions
from upart.policy.papers import FORMATS, Paper
from upart.theming.locales import ENGLISH, languages, speaking

ACADEMY = click.option("--academy", "slug", required=True, metavar="SLUG", help="Of which academy.")


@privacy.command()
@ACADEMY
@click.option("--format", "kind", type=click.Choice([*FORMATS]), default="md", show_default=True, help="How it is written.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with ids instead of words.")
@click.option("--language", metavar="CODE", help="In which language: en, de. Without: the academy's.")
@click.pass_context
def policy(ctx: click.Context, slug: str, kind: str, as_json: bool, language: str | None) -> None:
    """The privacy policy as it is compiled now (GDPR art. 13, 14). `version` in JSON is the published one that says the same, else null."""
    app = application(ctx)
    migrating.require_current(app)
    academy = academy_of(app, slug)
    if language is not None and language not in languages():
        raise UpartError(f"Nobody speaks '{language}' here.", remedy=f"Languages are: {', '.join(languages())}.")
    with app.test_request_context(), reading(academy):
        found = versions.standing(academy)
        document = versions.draft(academy, found.facts, language or str(academy.settings.get("language", ENGLISH)))
        number = found.version.number if found.version is not None and not found.changes else None
        text = FORMATS["json" if as_json else kind][1](Paper(academy, number, document, found.facts, found.missing))
    click.echo(text, nl=False)


@privacy.command()
@ACADEMY
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def diff(ctx: click.Context, slug: str, as_json: bool) -> None:
    """What is different from the published policy, and what of it is material."""
    app = application(ctx)
    migrating.require_current(app)
    academy = academy_of(app, slug)
    with app.app_context(), reading(academy), speaking(ENGLISH):
        found = versions.standing(academy)
        told = saying.entries(found.changes, found.version.facts, found.facts) if found.version is not None else []
    if as_json:
        changes = [change.as_data() for change in found.changes]
        return click.echo(json.dumps({"material": found.material, "changes": changes}, indent=2, ensure_ascii=False))
    if found.version is None:
        return click.echo("No version is published yet.")
    if not told:
        return click.echo(f"Nothing is different from version {found.version.number}.")
    for entry in told:
        click.echo(f"{'material' if entry.material else 'small'}: {entry.plain}" + (f" ({', '.join(entry.touched)})" if entry.touched else ""))
    return None


@privacy.command()
@ACADEMY
@click.pass_context
def publish(ctx: click.Context, slug: str) -> None:
    """Publish the policy as it is compiled now. Exit 1 while something is unnamed, with all of it and where to name it."""
    app = application(ctx)
    migrating.require_current(app)
    academy = academy_of(app, slug)
    with app.test_request_context():
        with reading(academy):
            for one in versions.standing(academy).missing:
                click.echo(f"Unnamed: {one.what} {one.remedy}", err=True)
        with writing(academy):
            row = publishing.publish()
            number, material, address = row.number, row.material, address_of(f"/privacy/versions/{row.number}")
    click.echo(f"Version {number} is published: {address}" + (" Everybody is told by mail." if material else ""))
