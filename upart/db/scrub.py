# SPDX-License-Identifier: MIT
"""Make erased rows leave the disk: SQLite's write-ahead log is emptied, PostgreSQL's tables are vacuumed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from upart.db.indexing import INDEX, settle
from upart.db.session import engine


def scrub(tables: Iterable[str], changed: Collection[str] = ()) -> bool:
    """Overwrite what has been erased; False while somebody reads an older state, then try again.

    SQLite: `secure_delete` has overwritten the pages, the search index is merged (words would stay in it), and the log is copied
    into the pages and truncated, which an open reader blocks (measured: leave it out and the bytes are still there). PostgreSQL: VACUUM
    removes dead rows of these tables and of the search index, and of the `changed` ones the planner takes new samples; its write-ahead
    log ages as the server is set up. Needs no open door.
    """
    raw = engine().raw_connection()
    try:
        driver: Any = raw.driver_connection
        if engine().dialect.name == "sqlite":
            if not settle(driver):
                return False
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        raw.rollback()
        driver.autocommit = True
        try:
            _vacuum(driver, tables, changed)
        finally:
            raw.invalidate()  # it is no longer under the application's role
        return True
    finally:
        raw.close()


def _vacuum(driver: Any, tables: Iterable[str], changed: Collection[str]) -> None:
    driver.execute("RESET ROLE")
    present = {row[0] for row in driver.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()}
    for table in (name for name in (*tables, INDEX) if name in present):
        driver.execute(f'VACUUM {"(ANALYZE) " if table in changed else ""}"{table}"')
        # ANALYZE leaves the samples of an empty table as they are. Before version 18 nothing short of changing the table drops them.
        if table in changed and driver.info.server_version >= 180000 and not driver.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():
            driver.execute(FORGET, [table])


FORGET = """
    SELECT pg_clear_attribute_stats(n.nspname::text, c.relname::text, a.attname::text, false)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
"""
