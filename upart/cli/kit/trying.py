# SPDX-License-Identifier: MIT
"""The migrations of a plugin, tried: what they make is what its models say, and whoever goes back leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from upart.app import State
from upart.cli import migrating
from upart.db import Model
from upart.hooks.loaded import Plugin

Wrong = tuple[str, str]
"""What is wrong, and what to do."""


def tried(state: State, plugin: Plugin) -> Iterator[Wrong]:
    """From nothing up, back, and up again, in the empty database of `state`."""
    migrating.build(state, plugin.id)
    yield from (first := list(different(state, plugin)))
    if goes_back(state, plugin):
        yield from (left := list(back(state, plugin)))
        if not left:
            migrating.build(state, plugin.id)
            yield from (one for one in different(state, plugin) if one not in first)


def different(state: State, plugin: Plugin) -> Iterator[Wrong]:
    """Where the tables in the database differ from those that the models say."""
    mine = {table.name for table in plugin.tables}

    def ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return kind != "table" or name in mine

    with migrating.owner_engine(state) as engine, engine.connect() as connection:
        options = {"include_object": ours, "compare_type": False}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata)
        kind = connection.dialect.name
    for one in found:
        yield f"On {kind} the models say otherwise than the migrations: {one}.", "Correct the script if none has it yet, else write one that follows."


def goes_back(state: State, plugin: Plugin) -> bool:
    """Has each of its migrations a `downgrade`?"""
    script = next(one for one in migrating.owners(state) if one.name == plugin.id).script
    return script is not None and all(hasattr(one.module, "downgrade") for one in script.walk_revisions())


def back(state: State, plugin: Plugin) -> Iterator[Wrong]:
    """Take all its migrations back: what is left of its tables?"""
    migrating.take_back(state, plugin.id)
    with migrating.owner_engine(state) as engine:
        left = set(inspect(engine).get_table_names()) & {table.name for table in plugin.tables}
    for name in sorted(left):
        yield f"The table {name} is there after all its migrations were taken back.", "Drop it in downgrade()."
