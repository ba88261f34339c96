# SPDX-License-Identifier: MIT
"""`upart rights verify`: check a receipt, without the installation that gave it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from upart.cli import migrating
from upart.cli.rights import rights
from upart.cli.root import application
from upart.db import reading
from upart.errors import UpartError
from upart.rights.actions.proving import ERASURE
from upart.rights.receipts.canonical import canonical
from upart.rights.receipts.signing import published
from upart.rights.receipts.verifying import CONSENT, check_about, keys_in, receipt_in, said, said_of_consent, verify

WORDS = {ERASURE: said, CONSENT: said_of_consent}
"""What each kind of receipt says."""

LARGEST = 16 * 1024 * 1024
"""Bytes of a receipt or a file of keys."""


@rights.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The published keys; else those of this installation.")
@click.option("--email", metavar="ADDRESS", help="Is it about this address?")
@click.option("--salt", metavar="TEXT", help="The person's half, if it is not in the file: the random text, or the link that ends with it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def verify_(ctx: click.Context, file: Path, key: Path | None, email: str | None, salt: str | None, as_json: bool) -> None:
    """Check the receipt FILE: was it signed with a published key, and not changed since?

    Download the keys from /.well-known/upart-receipts.json of the academy; nothing is fetched here. Exit 1 if it does not hold.
    """
    receipt, half = receipt_in(_read(file))
    verify(receipt, keys_in(_read(key)) if key else _own_keys(ctx))
    half = (salt or half).rpartition("token=")[2]
    if email and not half:
        raise UpartError(
            "The signature fits, but whom it is about cannot be checked: the person's half is missing.", remedy="Give it with --salt, or leave --email out."
        )
    if email:
        check_about(receipt, half, email)
    if as_json:
        found = {"signed": True, "key": receipt["key"], "about": email, "receipt": receipt}
        click.echo(json.dumps(found, indent=2))
        return
    for line in _lines(receipt, f"in {key}" if key else "among the keys of this installation", email):
        click.echo(line)


def _lines(receipt: dict[str, Any], where: str, email: str | None) -> list[str]:
    told = WORDS[receipt["kind"]](receipt) if receipt["kind"] in WORDS else ["It says:", canonical(receipt).decode()]
    about = (
        f"It is about {email}: the person's half and this address give its subject."
        if email
        else "Whom it is about was not checked; that takes --email and the person's half."
    )
    return [
        f"The signature fits: exactly this was signed with the key {receipt['key']}, which stands {where}.",
        *told,
        about,
        "That what it says is true, a signature cannot show: it shows who says so.",
    ]


def _read(file: Path) -> bytes:
    if file.stat().st_size > LARGEST:
        raise UpartError(f"{file} is too large for a receipt or keys.", remedy="Give the file as it was downloaded.")
    return file.read_bytes()


def _own_keys(ctx: click.Context) -> dict[str, str]:
    app = application(ctx)
    migrating.require_current(app)
    with app.app_context(), reading(None):
        return keys_in(canonical(published()))
