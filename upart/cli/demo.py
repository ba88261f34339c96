# SPDX-License-Identifier: MIT
"""`upart demo`: a seeded installation in a folder of its own, served at once."""

from __future__ import annotations

import os
import shutil
import webbrowser
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from upart import config
from upart.academies import actions, switching
from upart.academies.models import AcademyKind
from upart.accounts.models import Account, Person
from upart.accounts.passwords import hash_password
from upart.app import create_app
from upart.cli import migrating, serve
from upart.cli.proving import showing
from upart.cli.root import main
from upart.db import everywhere, reading, uuid7, writing
from upart.errors import UpartError
from upart.policy.publishing import publish
from upart.visits import demo as visits

ACADEMIES: tuple[tuple[str, str, AcademyKind, dict[str, str]], ...] = (
    ("platform", "UPART", AcademyKind.PLATFORM, {
        "headline": "A portal for every academy.", "brand_colour": "#3d4f8f", "hero": "hero", "legal_name": "UPART demo installation",
        "lead": "UPART runs academies side by side, each with its own look, its own courses and its own privacy. These two live on this machine.",
        "note": "Nobody is tracked here: no page sets a cookie or asks another site for anything.",
    }),
    ("athena", "Athena", AcademyKind.ACADEMY, {
        "headline": "Hear\u00a0it, bake\u00a0it, count\u00a0it.", "brand_colour": "#12666f", "hero": "hero", "legal_name": "Athena Learning e.U.", "mark": "mark",
        "place": "Vienna", "listed": "yes", "privacy_contact": "privacy@athena.example", "authority": "the Austrian Data Protection Authority, Barichgasse 40, 1030 Vienna",
        "lead": "Athena teaches music theory, bread baking and statistics in lessons that fit into one evening.",
        "note": "The first lessons of every course are open to everyone. This site sets no cookie.",
    }),
    ("orion", "Orion", AcademyKind.ACADEMY, {
        "headline": "Look up. Look closer. Find your way.", "brand_colour": "#e8a317", "hero": "hero-stars", "legal_name": "Orion School of Seeing", "mark": "belt",
        "place": "Cape Town", "listed": "yes", "privacy_contact": "privacy@orion.example", "authority": "the Information Regulator of South Africa",
        "lead": "Orion teaches the southern sky, photography by available light, and walking with map and compass.",
        "note": "Try the first lessons of every course. This site sets no cookie.",
    }),
)  # fmt: skip

PASSWORD = "correct horse battery staple"  # noqa: S105 - of the demo, and printed by it

CAST: dict[str, tuple[tuple[str, str, list[str]], ...]] = {
    "platform": (("Pia", "pia@example.org", ["owner", "officer"]),),
    "athena": (("Ada", "ada@example.org", ["owner"]), ("Theo", "theo@example.org", ["teacher"]), ("Lena", "lena@example.org", ["learner"])),
    "orion": (("Odin", "odin@example.org", ["owner"]),),
}


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port on 127.0.0.1.")
@click.option("--fresh", is_flag=True, help="Begin again: deletes the demo's own folder first.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--prove", is_flag=True, help="Show in ten steps what becomes of somebody's data, on an installation of its own.")
@click.pass_context
def demo(ctx: click.Context, port: int, fresh: bool, no_browser: bool, prove: bool) -> None:
    """Open a portal with two academies, with data, on this machine."""
    if prove:
        if fresh or ctx.find_root().obj:
            raise click.UsageError("--prove makes an installation of its own: leave --fresh and --instance out.")
        serve.require_free("127.0.0.1", port)
        showing.prove(port, PASSWORD, browser=not no_browser)
        return
    named = ctx.find_root().obj or os.environ.get("UPART_INSTANCE")
    folder = (Path(named) if named else Path("instance") / "demo").resolve()
    serve.require_free("127.0.0.1", port)
    if fresh:
        _reset(folder)
    app = prepare(folder)
    base = app.extensions["upart"].config.base_host
    hosts = [base, *(f"{slug}.{base}" for slug, *_ in ACADEMIES[1:])]
    for slug, name, _kind, settings in ACADEMIES:
        host = base if slug == "platform" else f"{slug}.{base}"
        click.echo(f"http://{host}:{port}/  {name}: {settings['headline']}".replace("\u00a0", " "))
    for slug, people in CAST.items():
        for _name, email, roles in people:
            click.echo(f"http://{base if slug == 'platform' else f'{slug}.{base}'}:{port}/sign-in  {email}  {', '.join(roles)} of {slug}")
    click.echo(f"Password of all: {PASSWORD}")
    click.echo(f"If your browser does not open these, add to /etc/hosts:  127.0.0.1 {' '.join(hosts)}")

    def ready() -> None:
        click.echo(f"Ready: http://{base}:{port}/")
        if not no_browser:
            webbrowser.open(f"http://{base}:{port}/")

    serve.run(app, "127.0.0.1", port, 1, True, ready)


def _reset(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / config.DEMO_MARK).is_file():
        raise UpartError(f"{folder} was not made by upart demo, so it is not deleted.", remedy="Name another folder with --instance DIR.")
    shutil.rmtree(folder)


def prepare(folder: Path) -> Any:
    """Make the demo in `folder`, or take up the one that is there; returns its application."""
    if folder.exists() and any(folder.iterdir()) and not (folder / config.DEMO_MARK).is_file():
        raise UpartError(f"{folder} holds something else.", remedy="Name another folder with --instance DIR.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / config.DEMO_MARK).touch()
    toml = folder / config.TOML
    if is_new := not toml.exists():
        toml.write_text('# Settings of this installation; upart/config.py lists them.\nbase_host = "localhost"\n', encoding="utf-8")
        config.write_own(folder, instance_id=str(uuid7()))
    if config.load(folder).place != str(folder.resolve()):  # a demo that was moved: its people are made up
        config.write_own(folder, place=str(folder.resolve()))
    app = create_app(settings=config.load(folder))
    migrating.upgrade(app)
    seed(app)
    if is_new:
        for slug, *_ in ACADEMIES:
            with app.app_context():
                visits.fill(app.extensions["upart"].directory.by_slug(slug).id)
    return app


def seed(app: Any) -> None:
    """Write the demo's academies, people and data; what is there already stays as it is."""
    state = app.extensions["upart"]
    for slug, name, kind, settings in ACADEMIES:
        if state.directory.by_slug(slug) is not None:
            continue
        with app.app_context(), everywhere("make the demo's academies", write=True) as session:
            academy = actions.create_academy(session, slug, name, kind=kind, settings=settings)
            if kind is AcademyKind.ACADEMY:
                for plugin in state.plugins.healthy():
                    actions.enable_plugin(session, academy.id, plugin.id)
        fill(app, slug)
        if kind is AcademyKind.ACADEMY:
            _publish_policy(app, slug)


def _publish_policy(app: Any, slug: str) -> None:
    """The academies of the demo have read their privacy policies and published them; the platform has not yet."""
    academy = app.extensions["upart"].directory.by_slug(slug)
    with app.app_context(), reading(academy) as session:
        owner = session.scalars(select(Person).where(Person.email == CAST[slug][0][1])).one()
        session.expunge(owner)
    with app.app_context(), writing(academy, owner):
        publish()


def fill(app: Any, slug: str) -> None:
    """Write the people of an academy of the demo, and what its plugins give as examples."""
    academy = app.extensions["upart"].directory.by_slug(slug)
    with app.app_context():
        hashed = hash_password(PASSWORD)
    with app.app_context(), writing(academy) as session:
        switching.begin_all()
        people = {name.lower(): Person(name=name, email=email, roles=roles, zone="Europe/Vienna") for name, email, roles in CAST[slug]}
        for person in people.values():
            account = Account(email=person.email, password_hash=hashed)
            session.add(account)
            session.flush()
            person.account_id = account.id
            session.add(person)
        session.flush()
        values = {"academy": academy, "people": people}
        for implementation in app.extensions["upart"].plugins.manager.hook.upart_demo.get_hookimpls():
            if implementation.plugin_name in academy.plugins:
                implementation.function(*(values[name] for name in implementation.argnames))
