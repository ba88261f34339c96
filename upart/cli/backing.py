# SPDX-License-Identifier: MIT
"""`upart backup` and `upart restore`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from upart.backup import making, restoring, sealing
from upart.cli import migrating
from upart.cli.root import application, let_go, main
from upart.cli.securing import secure
from upart.errors import UpartError
from upart.hooks.audit import audit
from upart.rights.actions.catching_up import replay

FILE = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.command()
@click.argument("file", type=FILE)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@click.option("--passphrase-stdin", is_flag=True, help="Encrypt with the passphrase in the first line of standard input.")
@click.option("--key-file", type=THERE, help="Encrypt with the bytes of this file.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def backup(ctx: click.Context, file: Path, overwrite: bool, passphrase_stdin: bool, key_file: Path | None, as_json: bool) -> None:
    """Write a backup of this installation to FILE, while it goes on serving: database and files, not its keys and settings."""
    app = application(ctx)
    secret = _secret(passphrase_stdin, key_file)
    with app.app_context():
        made = making.make(app.extensions["upart"].config, file, secret, overwrite=overwrite)
    if made.missing:
        click.echo(f"Missing: the bytes of {made.missing} files that the database names. They were erased just now, or are lost.", err=True)
    if as_json:
        click.echo(json.dumps({"file": str(file.absolute()), "size": made.size, "files": made.files, "missing": made.missing, "encrypted": bool(secret)}))
        return
    click.echo(f"Written: {file} ({made.size} bytes; {len(made.manifest.academies)} academies, {made.files} files{', encrypted' if secret else ''}).")
    click.echo(
        "Its keys and settings are not in it: keep instance/keys and upart.toml at another place." + ("" if secret else " It is everybody's data in clear.")
    )


@main.command()
@click.argument("file", type=THERE)
@click.option("--replace", is_flag=True, help="What is in this installation may go.")
@click.option("--check", "only_check", is_flag=True, help="Check every byte of FILE, and change nothing.")
@click.option("--accept-lost-ledger", is_flag=True, help="Restore although the ledger is older than FILE or lost; the audit trail says so.")
@click.option("--passphrase-stdin", is_flag=True, help="FILE is encrypted with the passphrase in the first line of standard input.")
@click.option("--key-file", type=THERE, help="FILE is encrypted with the bytes of this file.")
@click.pass_context
def restore(ctx: click.Context, file: Path, replace: bool, only_check: bool, accept_lost_ledger: bool, passphrase_stdin: bool, key_file: Path | None) -> None:
    """Put the backup FILE in the place of this installation's database and files. All of it is checked first; servers and workers must be stopped."""
    app = application(ctx)
    secret = _secret(passphrase_stdin, key_file)
    if only_check:
        click.echo(f"{_told(check(app, file, secret))} Each byte is as it was written; nothing was changed.")
        return
    checked = bring_back(app, file, secret, replace=replace, accept_lost_ledger=accept_lost_ledger)
    click.echo(f"{_told(checked)} It was restored.")
    for owner in sorted(set(checked.manifest.versions) - {one.name for one in migrating.owners(app.extensions["upart"])}):
        click.echo(f"Data of plugin '{owner}' were restored; its package is not installed or broken. See: upart plugins list")
    if checked.lost:
        click.echo("The ledger does not know all that this backup does. Whoever was erased or restricted since may be back: see to them by hand.", err=True)
    with app.app_context():
        done, breaches = replay(), audit()
    click.echo(f"Acts of people since then that the ledger knows, and that hold again: {done}.")
    click.echo("Everybody is signed out. No mail leaves before you run: upart db adopt (with --drop-mail, messages that waited then are not sent).")
    for text in breaches:
        click.echo(text, err=True)
    if breaches:
        sys.exit(1)
    click.echo("All invariants hold.")


def check(app: Any, file: Path, secret: sealing.Secret | None = None) -> restoring.Checked:
    """Check every byte of a backup, and whether this installation could take it; changes nothing. Raises UpartError."""
    state = app.extensions["upart"]
    with app.app_context():
        return restoring.check(state.config, file, secret, migrating.revisions(state))


def bring_back(app: Any, file: Path, secret: sealing.Secret | None = None, *, replace: bool = False, accept_lost_ledger: bool = False) -> restoring.Checked:
    """Restore a backup, then migrate it if it is older than this installation. Raises UpartError."""
    state = app.extensions["upart"]

    def protect(connection: Connection) -> None:
        secure(connection, state.plugins.register)

    with app.app_context():
        checked = restoring.restore(
            state.config, file, secret, migrating.revisions(state), protect,
            replace=replace, accept_lost_ledger=accept_lost_ledger, close=lambda: let_go(app),
        )  # fmt: skip
    migrating.upgrade(app)
    return checked


def _told(checked: restoring.Checked) -> str:
    found = checked.manifest
    return f"The backup of {found.made_at:%Y-%m-%d %H:%M} UTC by UPART {found.upart} holds {', '.join(found.academies)} and {len(checked.files)} files."


def _secret(passphrase_stdin: bool, key_file: Path | None) -> sealing.Secret | None:
    if passphrase_stdin and key_file:
        raise UpartError("A backup has one secret.", remedy="Give --passphrase-stdin or --key-file, not both.")
    if key_file:
        return sealing.key_file(key_file.read_bytes())
    return sealing.passphrase(sys.stdin.readline().rstrip("\r\n")) if passphrase_stdin else None
