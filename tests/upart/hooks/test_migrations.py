# SPDX-License-Identifier: MIT
"""A migration that fails at its k-th statement leaves nothing behind, whatever k is, on both databases."""

from __future__ import annotations

import pytest
from conftest import bundled
from sqlalchemy import event, inspect

from upart import config
from upart.app import create_app
from upart.cli import migrating


class Power(Exception):
    """The moment at which the lights go out."""


def test_a_migration_that_fails_anywhere_leaves_nothing(tmp_path, database_url, monkeypatch):
    app = create_app(settings=config.load(tmp_path, {}, database_url=database_url), plugins=bundled())
    state = app.extensions["upart"]
    real, failed_at = migrating.set_up, 0

    def fails_at(k: int):
        def set_up(engine, **options):
            made = real(engine, **options)
            sent = iter(range(k))

            def statement(connection, cursor, text, *rest):
                if (
                    text.lstrip().startswith(("CREATE TABLE courses", "CREATE INDEX ix_courses", "INSERT INTO alembic_version_courses"))
                    and next(sent, None) is None
                ):
                    raise Power

            event.listen(made, "before_cursor_execute", statement)
            return made

        return set_up

    migrating.upgrade(app, "core")
    for k in range(300):
        monkeypatch.setattr(migrating, "set_up", fails_at(k))
        try:
            migrating.upgrade(app)
        except Power:
            failed_at += 1
            monkeypatch.setattr(migrating, "set_up", real)
            with migrating.owner_engine(state) as engine, engine.connect() as connection:
                assert [name for name in inspect(connection).get_table_names() if "courses" in name] == []
            continue
        break

    assert failed_at >= 6
    assert {row.owner: row.state for row in migrating.status(app)} == {"core": "current", "courses": "current"}


def test_a_database_from_a_newer_version_is_refused_with_words(installation):
    with migrating.owner_engine(installation.state) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'c9999'")

    assert migrating.status(installation.app)[0].state == "ahead"
    with pytest.raises(migrating.DatabaseBehind, match="newer version"):
        migrating.require_current(installation.app)
    with pytest.raises(migrating.DatabaseBehind, match="newer version"):
        migrating.upgrade(installation.app)
