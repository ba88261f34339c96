# SPDX-License-Identifier: MIT
"""The migration runner: one version table per owner, one transaction per owner, one runner at a time.

Reasons, all measured: one shared version table blocks every upgrade when a plugin's code is gone;
batch rebuild of a parent with foreign keys on deletes the children silently; two runners without a
lock both fail; a failed SQLite migration leaves half-made tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, insert, inspect, select, text

import upart.migrations
from upart import clock
from upart.academies.models import AcademyPlugin
from upart.app import Portal, State
from upart.cli.owners import VERSIONS, Owner
from upart.cli.securing import secure
from upart.db import DOOR, Door, everywhere, set_up, uuid7
from upart.errors import DatabaseBehind, UpartError
from upart.hooks import locks
from upart.hooks.models import Installation, PluginRecord, PluginState
from upart.hooks.records import Searchable
from upart.search.fitting import fit, take_down

LOCK = 7_305_231
"""Key of the advisory lock on PostgreSQL."""

PATIENCE = 60.0
"""Seconds that one runner waits for another to end."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of `upart db status`."""

    owner: str
    current: str | None
    head: str | None
    state: str


def owners(state: State) -> list[Owner]:
    """Core first, then healthy plugins with migrations, dependencies first."""
    found = [Owner("core", Path(upart.migrations.__file__).parent)]
    for plugin in state.plugins.healthy():
        if plugin.manifest and plugin.manifest.migrations:
            found.append(Owner(plugin.id, plugin.folder / plugin.manifest.migrations))
    return found


def revisions(state: State) -> dict[str, frozenset[str]]:
    """All migrations that are installed, by owner."""
    return {one.name: frozenset(revision.revision for revision in one.script.walk_revisions()) for one in owners(state) if one.script}


@contextmanager
def owner_engine(state: State) -> Iterator[Engine]:
    """An engine for migrations: as the owner of the tables, foreign keys off on SQLite, nothing pooled."""
    made = set_up(create_engine(state.config.database_url, poolclass=NullPool), as_owner=True)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", lambda connection, record: connection.execute("PRAGMA foreign_keys=OFF"))
    engine = made.execution_options(**{DOOR: Door(None, write=True, everywhere="migrate", patience=PATIENCE)})
    try:
        yield engine
    finally:
        made.dispose()


def upgrade(app: Portal, plugin: str | None = None) -> list[Standing]:
    """Bring the database to the newest version; safe to run twice at once. Raises DatabaseBehind, UpartError."""
    state: State = app.extensions["upart"]
    chosen = [owner for owner in owners(state) if plugin in (None, owner.name)]
    if not chosen:
        raise UpartError(f"There is no healthy plugin '{plugin}' with migrations.", remedy="See: upart db status")
    with owner_engine(state) as engine:
        for owner in chosen:
            with engine.begin() as connection:
                _lock(connection)
                if _needs(connection, owner):
                    take_down(connection)  # its triggers know the columns that are there before
                _move(connection, owner)
                secure(connection, state.plugins.register)
                _check_links(connection)
                if owner.name == "core":
                    _belongs_to(connection, state.config.instance_id)
        index(engine, state)
    record_plugins(app)
    return status(app)


def index(engine: Engine, state: State, *, anew: bool = False) -> list[str]:
    """Make the index of the search fit what is searchable, or all of it `anew`; returns the tables that were indexed."""
    with engine.begin() as connection:
        _lock(connection)
        if anew:
            take_down(connection)
        return fit(connection, searchables_of(state))


def searchables_of(state: State) -> list[Searchable]:
    """What can be searched, of the core and all healthy plugins."""
    return [one for plugin in state.plugins.everything() for one in plugin.searchables]


def _needs(connection: Connection, owner: Owner) -> bool:
    return _standing(connection, owner, set(inspect(connection).get_table_names())).state != "current"


def _belongs_to(connection: Connection, instance_id: str) -> None:
    """A new database belongs to the installation that makes it; what finds another one there later is a copy."""
    if instance_id and connection.scalar(select(Installation.id)) is None:
        connection.execute(insert(Installation).values(id=uuid7(), instance_id=instance_id))


def _lock(connection: Connection) -> None:
    # On SQLite the transaction itself, BEGIN IMMEDIATE, is the lock.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def build(state: State, plugin: str) -> None:
    """Make the tables of core, a plugin and those that it requires in an empty database, for trials: nothing but the migrations."""
    needed = {"core", *_with_required(state, plugin)}
    with owner_engine(state) as engine:
        for owner in owners(state):
            if owner.name not in needed:
                continue
            with engine.begin() as connection:
                _move(connection, owner)


def _with_required(state: State, plugin: str) -> set[str]:
    """It, those that it requires, and those that these require. No circles: the loader has set them aside."""
    found = state.plugins.found[plugin]
    required = found.manifest.requires if found.manifest else ()
    return {plugin}.union(*(_with_required(state, name) for name in required))


def take_back(state: State, plugin: str) -> None:
    """Undo all migrations of a plugin, for trials: its tables go, with all that is in them."""
    with owner_engine(state) as engine, engine.begin() as connection:
        _lock(connection)
        take_down(connection)
        _move(connection, next(owner for owner in owners(state) if owner.name == plugin), to="base")
        _check_links(connection)


def _move(connection: Connection, owner: Owner, to: str = "head") -> None:
    script = owner.script
    assert script is not None

    def steps(current: Any, context: MigrationContext) -> Any:
        return script._upgrade_revs(to, current) if to == "head" else script._downgrade_revs(to, current)

    with EnvironmentContext(AlembicConfig(), script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=owner.table, render_as_batch=True, transactional_ddl=False)
        try:
            environment.run_migrations()
        except CommandError as error:
            raise DatabaseBehind(
                f"The database of '{owner.name}' comes from a newer version ({error}).", remedy="Install that version, or restore a backup of this one."
            ) from None


def _check_links(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
        raise UpartError(f"A migration broke {len(broken)} links in {broken[0][0]}.", remedy="Nothing was changed. Report this to the author.")


def status(app: Portal) -> list[Standing]:
    """How each owner stands; orphans are owners with a version table but without code."""
    state: State = app.extensions["upart"]
    known = owners(state)
    with owner_engine(state) as engine, engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        rows = [_standing(connection, owner, tables) for owner in known]
        installed = {owner.table for owner in known} | {f"{VERSIONS}_{plugin.id}" for plugin in state.plugins.found.values()}
        for table in sorted(t for t in tables if t.startswith(f"{VERSIONS}_") and t not in installed):
            rows.append(Standing(table.removeprefix(f"{VERSIONS}_"), _current(connection, table), None, "orphan"))
    return rows


def _standing(connection: Connection, owner: Owner, tables: set[str]) -> Standing:
    script = owner.script
    head = script.get_current_head() if script else None
    current = _current(connection, owner.table) if owner.table in tables else None
    known = script is not None and current in {revision.revision for revision in script.walk_revisions()}
    state = "current" if current == head else "behind" if current is None or known else "ahead"
    return Standing(owner.name, current, head, state)


def _current(connection: Connection, table: str) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": table}).get_current_revision()


def require_current(app: Portal) -> None:
    """Raise DatabaseBehind unless core and plugins are at their newest version."""
    for row in status(app):
        if row.state == "behind":
            raise DatabaseBehind(f"The database misses migrations of '{row.owner}'.", remedy="Run: upart db upgrade")
        if row.state == "ahead":
            raise DatabaseBehind(f"The database of '{row.owner}' comes from a newer version.", remedy="Install that version, or restore a backup of this one.")


def record_plugins(app: Portal) -> None:
    """Remember each healthy plugin's declarations, for the time when its code is gone."""
    state: State = app.extensions["upart"]
    with app.app_context(), everywhere("remember what plugins declare", write=True) as session:
        _lock(session.connection())  # two that upgrade at once would both find nothing and both write
        for plugin in state.plugins.healthy():
            record = session.scalar(select(PluginRecord).where(PluginRecord.plugin == plugin.id)) or PluginRecord(plugin=plugin.id, version="", declarations=[])
            data = plain(state.plugins.register.as_data(plugin.id))
            if record.version != plugin.version or record.declarations != data:
                record.version, record.declarations, record.state = plugin.version, data, PluginState.OK
                record.reason, record.seen_at = "", clock.now()
            session.add(record)
        locks.begin(session, [(row.academy_id, row.plugin) for row in session.scalars(select(AcademyPlugin))])


def plain(value: Any) -> Any:
    """The value as JSON would give it back: lists for tuples, text for enums."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def purge(app: Portal, plugin: str, confirm: Callable[[list[str]], bool]) -> list[str]:
    """Drop the tables of an uninstalled plugin and forget it. Raises UpartError for an installed or unknown one."""
    state: State = app.extensions["upart"]
    if plugin in state.plugins.found:
        raise UpartError(f"'{plugin}' is installed.", remedy="Uninstall its package first; only data of uninstalled plugins can be purged.")
    if plugin not in {row.owner for row in status(app) if row.state == "orphan"}:
        raise UpartError(f"There is nothing of a plugin '{plugin}' here.", remedy="See: upart db orphans")
    with app.app_context(), everywhere("find an uninstalled plugin's tables") as session:
        record = session.scalar(select(PluginRecord).where(PluginRecord.plugin == plugin))
        tables = [entry["table"] for entry in record.declarations] if record else []
    if not confirm(tables):
        return []
    with owner_engine(state) as engine, engine.begin() as connection:
        _lock(connection)
        present = set(inspect(connection).get_table_names())
        cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
        for table in [*(t for t in tables if t in present), f"{VERSIONS}_{plugin}"]:
            connection.execute(text(f'DROP TABLE "{table}"{cascade}'))
        connection.execute(text("DELETE FROM plugin_record WHERE plugin = :plugin"), {"plugin": plugin})
        if "academy_plugin" in present:
            connection.execute(text("DELETE FROM academy_plugin WHERE plugin = :plugin"), {"plugin": plugin})
        if "job" in present:
            theirs = {"tasks": f"{plugin}.%", "heard": f'%"plugin": "{plugin}"%'}
            connection.execute(text("DELETE FROM job WHERE task LIKE :tasks OR (task = 'events.deliver' AND CAST(payload AS TEXT) LIKE :heard)"), theirs)
        fit(connection, searchables_of(state))
        _check_links(connection)
    return tables


def as_rows(standings: list[Standing]) -> list[dict[str, Any]]:
    """For --json."""
    return [asdict(row) for row in standings]
