# SPDX-License-Identifier: MIT
"""The tables of a plugin: made from nothing, taken back, made again; and gone after it was uninstalled and purged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import EntryPoint, entry_points
from uuid import uuid4

import psycopg
from sqlalchemy import inspect

from upart import config
from upart.app import create_app
from upart.cli import migrating
from upart.cli.kit import trying
from upart.cli.owners import VERSIONS
from upart.hooks.loader import GROUP
from upart.testing.installation import Installation, install
from upart.testing.kit.bench import Bench

SERVER = "UPART_TEST_POSTGRES_URL"


def migrates(bench: Bench) -> Iterator[str]:
    """From nothing on SQLite and on PostgreSQL: what the migrations make is what the models say; back, and again, where they can go back."""
    assert bench.loaded.manifest is not None
    if not bench.loaded.manifest.migrations:
        if bench.loaded.tables:
            yield f"It has the table {bench.loaded.tables[0].name} and no migrations. Name their folder in its manifest: migrations=…"
        return
    with closing(install(bench.folder / "sqlite", academies=())) as made:
        yield from _there_and_back(made, bench)
    server = bench.postgres or os.environ.get(SERVER, "")
    if not server:
        bench.not_tried.append(f"its migrations on PostgreSQL: give {SERVER}, the URL of a server")
        return
    with _database(server) as url, closing(install(bench.folder / "postgresql", url, academies=())) as made:
        yield from _there_and_back(made, bench)


def _there_and_back(made: Installation, bench: Bench) -> Iterator[str]:
    yield from map(" ".join, trying.different(made.state, bench.loaded))
    if not trying.goes_back(made.state, bench.loaded):
        bench.not_tried.append("its migrations backwards: not all have a downgrade()")
        return
    left = list(trying.back(made.state, bench.loaded))
    yield from map(" ".join, left)
    if not left:
        migrating.upgrade(made.app, bench.plugin)
        yield from map(" ".join, trying.different(made.state, bench.loaded))


@contextmanager
def _database(server: str) -> Iterator[str]:
    """An empty database on a server, gone afterwards."""
    name = f"upart_kit_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    head, _, query = server.partition("?")
    try:
        yield f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def leaves(bench: Bench) -> Iterator[str]:
    """Uninstalled it is an orphan; purged, none of its tables and nothing that waits for it is left, and the portal goes on."""
    needing = {one.id for one in bench.made.state.plugins.healthy() if one.manifest and bench.plugin in one.manifest.requires}
    others = [one for one in entry_points(group=GROUP) if one.name not in {bench.plugin, *needing}]
    before = {_what(text) for text in bench.made.breaches()}  # of the rows that were made up for the trial
    bench.made.close()
    with closing(_reopened(bench, others)) as made:
        migrating.purge(made.app, bench.plugin, lambda tables: True)
        with migrating.owner_engine(made.state) as engine:
            there = set(inspect(engine).get_table_names())
        gone = {table.name for table in bench.loaded.tables} | {f"{VERSIONS}_{bench.plugin}"}
        yield from (f"The table {name} is left after a purge. Its name has to begin with the prefix of the manifest." for name in sorted(there & gone))
        yield from (f"After a purge: {text}" for text in made.breaches() if _what(text) not in before)
        for slug in ("athena", "orion"):
            if (answer := made.visitor(slug).get("/")).status_code != 200:
                yield f"After a purge the first page of {slug} answers {answer.status}."


def _what(breach: str) -> str:
    """What does not hold, without where."""
    return breach.partition(" Broken by: ")[0]


def _reopened(bench: Bench, others: list[EntryPoint]) -> Installation:
    settings = config.load(bench.folder / "made", {}, password_memory=8, mail_url=("file:",), public_origin="http")
    return Installation(create_app(settings=settings, plugins=others))
