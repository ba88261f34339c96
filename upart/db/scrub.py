# SPDX-License-Identifier: MIT
"""Make erased rows leave the disk: SQLite's write-ahead log is emptied, PostgreSQL's tables are vacuumed."""

from __future__ import annotations

from collections.abc import Iterable

from upart.db.session import engine


def scrub(tables: Iterable[str]) -> bool:
    """Overwrite what has been erased; False while somebody reads an older state, then try again.

    SQLite: `secure_delete` has overwritten the pages, and the log is copied into them and truncated, which an
    open reader blocks (measured: leave it out and the bytes are still there). PostgreSQL: VACUUM removes dead
    rows of these tables; its write-ahead log ages as the server is set up. Needs no open door.
    """
    raw = engine().raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        if engine().dialect.name == "sqlite":
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        raw.rollback()
        driver.autocommit = True
        try:
            driver.execute("RESET ROLE")
            present = {row[0] for row in driver.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()}
            for table in (name for name in tables if name in present):
                driver.execute(f'VACUUM "{table}"')
        finally:
            raw.invalidate()  # it is no longer under the application's role
        return True
    finally:
        raw.close()
