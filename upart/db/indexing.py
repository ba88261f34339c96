# SPDX-License-Identifier: MIT
"""SQLite: what triggers have noted for the search goes into its index before each commit, in the same transaction.

A trigger cannot do it: with `trusted_schema=OFF` none may write into a virtual table. Erased words leave the pages of an
FTS5 index only when its parts are merged, so `settle` does that after an erasure (measured: `secure_delete` alone leaves them).
"""

from __future__ import annotations

import sqlite3
from typing import Any

FTS5 = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'search!_%' ESCAPE '!' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"

INDEX = "search_entry"
"""The table of the index; on PostgreSQL it holds the words."""

PAGES = 64
"""Pages that are merged at a time: others write too."""

MOST_STEPS = 10_000
"""Steps of merging in one turn; what is left is done in the next."""


def take_in(driver: Any) -> None:
    """Bring the index up to date with what the transaction of this connection has changed. Called before each commit."""
    try:
        kinds = [kind for (kind,) in driver.execute("SELECT DISTINCT kind FROM search_change")]
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return  # not migrated yet
        raise
    for kind in kinds:
        index = f'"search_{kind}"'
        driver.execute(
            f"INSERT INTO {index} ({index}, rowid, academy, title, body) SELECT 'delete', number, academy, old_title, old_body "
            "FROM search_change WHERE kind = ? AND old_title IS NOT NULL", (kind,),
        )  # fmt: skip
        driver.execute(
            f"INSERT INTO {index} (rowid, academy, title, body) SELECT number, academy, new_title, new_body "
            "FROM search_change WHERE kind = ? AND new_title IS NOT NULL", (kind,),
        )  # fmt: skip
    if kinds:
        driver.execute("DELETE FROM search_change")


def settle(driver: Any) -> bool:
    """Merge each index into one part, in short transactions, so that no erased word stays in its pages; False while others write."""
    (only_reads,) = driver.execute("PRAGMA query_only").fetchone()
    driver.execute("PRAGMA query_only=OFF")
    try:
        for (index,) in driver.execute(FTS5).fetchall():
            _merge(driver, f'"{index}"')
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    finally:
        driver.execute(f"PRAGMA query_only={only_reads}")
    return True


def _merge(driver: Any, index: str) -> None:
    for step in range(MOST_STEPS):
        before = driver.total_changes
        driver.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (PAGES if step else -PAGES,))
        if step and driver.total_changes - before < 2:
            return
