# SPDX-License-Identifier: MIT
"""`upart api openapi`: the document from which clients of an academy's API are made."""

from __future__ import annotations

import json

import click

from upart.api.document import document
from upart.cli import migrating
from upart.cli.root import academy_of, application, main
from upart.db import reading


@main.group()
def api() -> None:
    """The API for programs."""


@api.command()
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Of which academy: only plugins that it has enabled are in it.")
@click.pass_context
def openapi(ctx: click.Context, slug: str) -> None:
    """The OpenAPI document (3.1), as `/api/v1/openapi.json` answers it."""
    app = application(ctx)
    migrating.require_current(app)
    with app.app_context(), reading(academy_of(app, slug)):
        click.echo(json.dumps(document(), indent=2, ensure_ascii=False))
