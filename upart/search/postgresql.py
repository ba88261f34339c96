# SPDX-License-Identifier: MIT
"""PostgreSQL: a tsvector for each searchable row, kept by triggers, in one table under a GIN index.

Words are taken as they are ("simple"), in no language: so both databases find the same. Row-level security of the table would keep
`@@` from using the index (the operator is not leakproof), so `search_found` asks in the owner's name; it gives ids of the academy
of the transaction alone, and whoever searches joins them with rows that row-level security binds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from sqlalchemy import Connection, text

from upart.search.words import LETTERS

MOST_TEXT = 200_000
"""Characters of a row that are indexed: a tsvector holds a megabyte."""

SEPARATORS = (
    r"[^[:alnum:]\u0080-\uffff\U00010000-\U0010ffff]+|[\u0080-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf"
    r"\u2190-\u245f\u2500-\u2775\u2794-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe00-\ufe0f\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff"
    r"\U0001f000-\U0001f0ff\U0001f110-\U0001faff]+"
)
"""What stands between words: what is neither letter nor digit, whatever the database's locale knows."""

FOUND = """
    CREATE OR REPLACE FUNCTION search_found(wanted_kind text, academy_word text, wanted text) RETURNS TABLE (row_id uuid, rank real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        SELECT e.row_id, -ts_rank('{{0, 0, 0, 1}}', e.words, q) * 8 - ts_rank('{{1, 0, 0, 0}}', e.words, q)
        FROM search_entry e, to_tsquery('simple', wanted) q
        WHERE e.kind = wanted_kind AND e.words @@ (to_tsquery('simple', academy_word) && q)
        AND e.academy_id::text = current_setting('upart.academy', true)
    $$
"""
MINE = "current_setting('upart.academy', true) = 'everywhere' OR academy_id::text = current_setting('upart.academy', true)"


class Postgresql:
    """The statements of PostgreSQL."""

    @staticmethod
    def statements(kind: str, columns: tuple[str, ...]) -> list[str]:
        """What makes the index of a table and fills it."""
        same = " AND ".join(f'NEW."{column}" IS NOT DISTINCT FROM OLD."{column}"' for column in columns)
        mine = f"academy_id = {{0}}.academy_id AND kind = '{kind}' AND row_id = {{0}}.id"
        return [
            f"INSERT INTO search_entry (academy_id, kind, row_id, words) SELECT academy_id, '{kind}', id, {_words('made', columns)} FROM \"{kind}\" made",
            f"CREATE OR REPLACE FUNCTION search_note_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN DELETE FROM search_entry WHERE {mine.format('OLD')}; RETURN NULL; END IF; "
            f"IF TG_OP = 'UPDATE' THEN IF {same} THEN RETURN NULL; END IF; END IF; "
            f"INSERT INTO search_entry (academy_id, kind, row_id, words) VALUES (NEW.academy_id, '{kind}', NEW.id, {_words('NEW', columns)}) "
            "ON CONFLICT (academy_id, kind, row_id) DO UPDATE SET words = excluded.words; RETURN NULL; END $$",
            f'CREATE TRIGGER search_{kind} AFTER INSERT OR UPDATE OR DELETE ON "{kind}" FOR EACH ROW EXECUTE FUNCTION search_note_{kind}()',
        ]

    @staticmethod
    def drops(connection: Connection, kind: str) -> Iterator[str]:
        """What takes the index of a table away, its trigger with the function."""
        yield f"DROP FUNCTION IF EXISTS search_note_{kind}() CASCADE"

    @staticmethod
    def stands(connection: Connection, kind: str) -> bool:
        """Is its trigger there?"""
        return connection.execute(text("SELECT 1 FROM pg_trigger WHERE tgname = :name"), {"name": f"search_{kind}"}).first() is not None


def guard(connection: Connection) -> None:
    """Row-level security of the index, its function, and no samples of its words for the planner. Safe to repeat."""
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar()
    for statement in (
        "ALTER TABLE search_entry ENABLE ROW LEVEL SECURITY",  # not FORCE: search_found asks in the owner's name
        "DROP POLICY IF EXISTS academy ON search_entry",
        f"CREATE POLICY academy ON search_entry USING ({MINE}) WITH CHECK ({MINE})",
        "ALTER TABLE search_entry ALTER COLUMN words SET STATISTICS 0",
        FOUND.format(schema=schema),
    ):
        connection.exec_driver_sql(statement)


def _words(row: str, columns: tuple[str, ...]) -> str:
    """The words of a row: its title's count for more (A), and its academy's own word is one of them (C)."""
    title, *body = columns
    academy = f"setweight(to_tsvector('simple', 'academy' || replace({row}.academy_id::text, '-', '')), 'C')"
    text = f" || setweight(to_tsvector('simple', {_folded(row, body)}), 'D')" if body else ""
    return f"setweight(to_tsvector('simple', {_folded(row, [title])}), 'A'){text} || {academy}"


def _folded(row: str, columns: list[str]) -> str:
    """The text of some columns of a row: in lower case, without accents, words apart."""
    whole = " || ' ' || ".join(f"coalesce({row}.\"{column}\", '')" for column in columns)
    plain = reduce(lambda inner, pair: f"replace({inner}, '{pair[0]}', '{pair[1]}')", LETTERS, f"left({whole}, {MOST_TEXT})")
    return rf"regexp_replace(regexp_replace(lower(normalize({plain}, NFD)), '[\u0300-\u036f]+', '', 'g'), '{SEPARATORS}', ' ', 'g')"
