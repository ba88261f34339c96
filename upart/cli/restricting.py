# SPDX-License-Identifier: MIT
"""`upart rights restrict` and `lift`: restriction of processing from the command line."""

from __future__ import annotations

import click

from upart.accounts.models import Person
from upart.cli import migrating
from upart.cli.rights import rights
from upart.cli.root import academy_of, application
from upart.db import writing
from upart.errors import UpartError
from upart.rights.actions.catching_up import catch_up
from upart.rights.restricting import actions
from upart.rights.restricting.models import Ground
from upart.rights.subjects import person_at


@rights.command()
@click.argument("email")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Whose data.")
@click.option("--ground", required=True, type=click.Choice([ground.value for ground in Ground]), help="Which case of art. 18(1): a, b, c or d.")
@click.option("--goes-on", is_flag=True, help="The person allows that their own use goes on; else they are signed out.")
@click.option("--note", default="", help="Words for the officer.")
@click.pass_context
def restrict(ctx: click.Context, email: str, slug: str, ground: str, goes_on: bool, note: str) -> None:
    """Only store the data about EMAIL from now on: others do not see or use them (GDPR art. 18)."""
    app = application(ctx)
    migrating.require_current(app)
    catch_up(app)
    academy = academy_of(app, slug)
    with app.app_context(), writing(academy):
        made = actions.restrict(_person(email, academy.name), Ground(ground), goes_on=goes_on, note=note)
        since = f"{made.begun_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Restricted since {since} ({ground}). To end it: upart rights lift {email} --academy {slug}")


@rights.command()
@click.argument("email")
@click.option("--academy", "slug", required=True, metavar="SLUG", help="Whose data.")
@click.option("--told", is_flag=True, help="The person knows, or has asked for it: end it now, without a notice.")
@click.pass_context
def lift(ctx: click.Context, email: str, slug: str, told: bool) -> None:
    """End all restrictions of EMAIL; the person is told three days before (GDPR art. 18(3))."""
    app = application(ctx)
    migrating.require_current(app)
    catch_up(app)
    academy, said = academy_of(app, slug), []
    with app.app_context(), writing(academy):
        found = actions.restrictions_of(_person(email, academy.name))
        if not found:
            raise UpartError(
                f"The data of {email} are not restricted at {academy.name}.", remedy="Nothing is to be done. To restrict them: upart rights restrict."
            )
        for one in found:
            actions.lift(one, told=told)
            ends = "lifted." if one.lifted_at is not None else f"the person is being told; it ends on {one.lifts_at:%Y-%m-%d %H:%M} UTC."
            said.append(f"{one.ground.value}: {ends}")
    click.echo("\n".join(said))


def _person(email: str, academy: str) -> Person:
    if (person := person_at(email)) is None:
        raise UpartError(f"{academy} knows nobody with the address {email}.", remedy="Look under Manage → People for the address that it has.")
    return person
