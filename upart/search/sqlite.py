# SPDX-License-Identifier: MIT
"""SQLite: an FTS5 table for each searchable table, without contents of its own; triggers note what changes, and a commit brings it in.

A trigger may not write into an FTS5 table itself (`trusted_schema=OFF`). So it notes the old words and the new ones in
`search_change`, and `upart/db/indexing.py` takes them into the index before each commit, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from sqlalchemy import Connection, text

from upart.search.words import LETTERS

MOST_TEXT = 200_000
"""Characters of a row that are indexed."""

TRIGGERS = ("insert", "update", "delete")


class Sqlite:
    """The statements of SQLite."""

    @staticmethod
    def statements(kind: str, columns: tuple[str, ...]) -> list[str]:
        """What makes the index of a table and fills it."""
        title, *body = columns
        of = f"search_entry WHERE academy_id = {{0}}.academy_id AND kind = '{kind}' AND row_id = {{0}}.id"
        note = (
            "INSERT INTO search_change (number, kind, academy, old_title, old_body) "
            f"SELECT number, kind, old.academy_id, {_folded('old', [title])}, {_folded('old', body)} FROM {of.format('old')} "
            "AND number NOT IN (SELECT number FROM search_change);"
        )
        renew = f"new_title = {_folded('new', [title])}, new_body = {_folded('new', body)}"
        names = ", ".join(f'"{column}"' for column in columns)
        return [
            f"CREATE VIRTUAL TABLE search_{kind} USING fts5(academy, title, body, content='', tokenize='unicode61 remove_diacritics 2')",
            f"INSERT INTO search_{kind} (search_{kind}, rank) VALUES ('rank', 'bm25(0.0, 8.0, 1.0)')",
            f"INSERT INTO search_entry (academy_id, kind, row_id) SELECT academy_id, '{kind}', id FROM \"{kind}\"",
            f"INSERT INTO search_{kind} (rowid, academy, title, body) SELECT number, new.academy_id, {_folded('new', [title])}, {_folded('new', body)} "
            f"FROM search_entry e JOIN \"{kind}\" new ON new.academy_id = e.academy_id AND new.id = e.row_id WHERE e.kind = '{kind}'",
            f'CREATE TRIGGER search_{kind}_insert AFTER INSERT ON "{kind}" BEGIN '
            f"INSERT INTO search_entry (academy_id, kind, row_id) VALUES (new.academy_id, '{kind}', new.id); "
            "INSERT INTO search_change (number, kind, academy, new_title, new_body) "
            f"SELECT number, kind, new.academy_id, {_folded('new', [title])}, {_folded('new', body)} FROM {of.format('new')}; END",
            f'CREATE TRIGGER search_{kind}_update AFTER UPDATE OF {names} ON "{kind}" BEGIN {note} '
            f"UPDATE search_change SET {renew} WHERE number = (SELECT number FROM {of.format('new')}); END",
            f'CREATE TRIGGER search_{kind}_delete AFTER DELETE ON "{kind}" BEGIN {note} '
            f"UPDATE search_change SET new_title = NULL, new_body = NULL WHERE number = (SELECT number FROM {of.format('old')}); "
            f"DELETE FROM {of.format('old')}; END",
        ]

    @staticmethod
    def drops(connection: Connection, kind: str) -> Iterator[str]:
        """What takes the index of a table away."""
        yield from (f"DROP TRIGGER IF EXISTS search_{kind}_{when}" for when in TRIGGERS)
        yield f"DROP TABLE IF EXISTS search_{kind}"
        yield f"DELETE FROM search_change WHERE kind = '{kind}'"

    @staticmethod
    def stands(connection: Connection, kind: str) -> bool:
        """Are its triggers there? A table that a migration has built anew has lost them."""
        names = ", ".join(f"'search_{kind}_{when}'" for when in TRIGGERS)
        return connection.execute(text(f"SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN ({names})")).scalar() == len(TRIGGERS)


def _folded(row: str, columns: list[str]) -> str:
    """The text of some columns of a row, as it is indexed; accents and case are the tokenizer's."""
    whole = " || ' ' || ".join(f"coalesce({row}.\"{column}\", '')" for column in columns) or "''"
    return reduce(lambda inner, pair: f"replace({inner}, '{pair[0]}', '{pair[1]}')", LETTERS, f"substr({whole}, 1, {MOST_TEXT})")
