# SPDX-License-Identifier: MIT
"""The root of all commands: errors go to stderr with a remedy and exit 1 (wrong usage: 2)."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, Protocol

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from upart import config
from upart.db import engine
from upart.errors import UpartError


class Others(Protocol):
    """Commands that are not the core's."""

    def names(self, ctx: click.Context) -> list[str]:
        """Their names."""

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of them."""


class Group(click.Group):
    """A group of commands that turns our errors into two lines on stderr. The core's commands go before those of `others`."""

    others: Others | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of commands."""
        return sorted({*super().list_commands(ctx), *(self.others.names(ctx) if self.others else ())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name; others are looked for only where the core has none."""
        return super().get_command(ctx, cmd_name) or (self.others.find(ctx, cmd_name) if self.others else None)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 1 with words instead of a traceback."""
        try:
            return super().invoke(ctx)
        except UpartError as error:
            _fail(error.message, error.remedy)
        except (OperationalError, ProgrammingError) as error:
            _fail(f"The database cannot be used: {error.orig}.", _database_remedy(str(error.orig)))
        except PermissionError as error:
            _fail(f"{error.filename or 'A file'} cannot be written or read.", "Give this user the right to it, or choose another folder with --instance.")
        except OSError as error:
            _fail(f"{error.filename or 'The system'}: {error.strerror}.", "Correct this and run the command again.")


def _fail(message: str, remedy: str) -> None:
    click.echo(f"Error: {message}", err=True)
    if remedy:
        click.echo(remedy, err=True)
    sys.exit(1)


def _database_remedy(message: str) -> str:
    if "no such table" in message or "does not exist" in message:
        return "Run: upart db upgrade"
    if "readonly" in message or "unable to open" in message:
        return "Give this user the right to write the instance folder and the database in it."
    return "Check UPART_DATABASE_URL and that the server runs."


@click.group(cls=Group)
@click.option("--instance", metavar="DIR", is_eager=True, help="Folder of the installation (else UPART_INSTANCE, else ./instance).")
@click.version_option(package_name="upart")
@click.pass_context
def main(ctx: click.Context, instance: str | None) -> None:
    """Portals for academies."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    ctx.obj = instance


def application(ctx: click.Context) -> Any:
    """The application of the chosen installation; the command's end lets go of its database."""
    from upart.app import create_app

    folder, notice = config.find_instance(ctx.find_root().obj)
    if notice:
        click.echo(notice, err=True)
    app = create_app(settings=config.load(folder))
    ctx.call_on_close(lambda: let_go(app))
    return app


def let_go(app: Any) -> None:
    """Give up all connections to the database."""
    with app.app_context():
        engine().dispose()
    app.extensions["upart"].directory.close()


def show(rows: list[dict[str, Any]], as_json: bool, columns: tuple[str, ...] = ()) -> None:
    """Print rows as JSON or as a table of these columns."""
    if as_json:
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    names = columns or tuple(rows[0] if rows else ())
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) if cells else len(name) for i, name in enumerate(names)]
    for line in [list(names), *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return "-" if value is None or value == "" else str(value)


def academy_of(app: Any, slug: str) -> Any:
    """The academy of this slug. Raises UpartError naming those there are."""
    found = app.extensions["upart"].directory.by_slug(slug)
    if found is None:
        raise UpartError(f"There is no academy '{slug}'.", remedy="See: upart academy list")
    return found
