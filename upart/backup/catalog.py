# SPDX-License-Identifier: MIT
"""PostgreSQL: the tables of a database as data, and the statements that make them again, whoever's code made them first.

A backup must bring back what is there, also of plugins that are gone and at the version it had; no migration could. Row-level
security and the application's rights follow from the tables (`cli/securing.py`), what keeps the search index from what is
searchable (`search/fitting.py`), so they are not kept here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from upart.errors import UpartError

TABLES = """
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.relname
"""
COLUMNS = """
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS needed, pg_get_expr(d.adbin, d.adrelid) AS expression,
        a.attidentity AS identity, a.attgenerated AS generated, coalesce(a.attstattarget, -1) AS samples,
        CASE WHEN a.attcollation <> t.typcollation THEN quote_ident(l.collname) END AS collation
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %(table)s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
CONSTRAINTS = """
    SELECT conname AS name, contype AS kind, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE conrelid = %(table)s AND contype IN ('p', 'u', 'c', 'x', 'f') ORDER BY contype = 'f', conname
"""
INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = %(table)s
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')) ORDER BY 1
"""
SEQUENCES = """
    SELECT c.relname AS name, format_type(s.seqtypid, NULL) AS type, s.seqincrement AS increment, s.seqmin AS least, s.seqmax AS most,
        s.seqstart AS start, s.seqcache AS cache, s.seqcycle AS cycle, t.relname AS table, a.attname AS column, d.deptype AS how
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE n.nspname = current_schema() ORDER BY c.relname
"""
STRANGE = """
    SELECT 'view, partition or foreign table ' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('v', 'm', 'f', 'p')
    UNION ALL SELECT 'table ' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname !~ '^[a-z_][a-z0-9_]*$'
    UNION ALL SELECT 'trigger ' || g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND NOT g.tgisinternal AND g.tgname !~ '^search_'
    UNION ALL SELECT 'type ' || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname = current_schema() AND t.typtype IN ('e', 'd', 'r')
    UNION ALL SELECT 'function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema()
        AND p.proname !~ '^search_(note_|found$)' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def schema(connection: Connection) -> dict[str, Any]:
    """All tables and sequences, as JSON can hold them. Raises UpartError when there is something that could not be made again."""
    if strange := list(connection.exec_driver_sql(STRANGE).scalars()):
        raise UpartError(f"The database holds what a backup cannot keep: {', '.join(strange)}.", remedy="Use pg_dump for this database, or drop it.")
    tables = [_table(connection, oid, name) for oid, name in connection.exec_driver_sql(TABLES).all()]
    sequences = _rows(connection, SEQUENCES)
    for one in sequences:
        one["value"], one["called"] = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {quoted(one['name'])}").one()
    return {"tables": tables, "sequences": sequences}


def _table(connection: Connection, oid: int, name: str) -> dict[str, Any]:
    of = {"table": oid}
    indexes = list(connection.exec_driver_sql(INDEXES, of).scalars())
    return {"name": name, "columns": _rows(connection, COLUMNS, of), "constraints": _rows(connection, CONSTRAINTS, of), "indexes": indexes}


def _rows(connection: Connection, statement: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(statement, values or {}).mappings()]


def stored(table: dict[str, Any]) -> list[str]:
    """The columns of a table whose values are stored, not computed."""
    return [column["name"] for column in table["columns"] if not column["generated"]]


def drops(connection: Connection) -> Iterator[str]:
    """What takes all tables and sequences away."""
    for _oid, name in connection.exec_driver_sql(TABLES).all():
        yield f"DROP TABLE IF EXISTS {quoted(name)} CASCADE"
    for one in _rows(connection, SEQUENCES):
        yield f"DROP SEQUENCE IF EXISTS {quoted(one['name'])} CASCADE"


def before_rows(found: dict[str, Any]) -> Iterator[str]:
    """What makes the empty tables: no keys and indexes yet, which would slow the rows down and ask for an order."""
    for one in found["sequences"]:
        if one["how"] != "i":
            yield f"CREATE SEQUENCE {quoted(one['name'])} AS {one['type']} {_options(one)}"
    for table in found["tables"]:
        identity = {one["column"]: one for one in found["sequences"] if one["how"] == "i" and one["table"] == table["name"]}
        columns = ", ".join(_column(column, identity.get(column["name"])) for column in table["columns"])
        yield f"CREATE TABLE {quoted(table['name'])} ({columns})"
        for column in table["columns"]:
            if column["samples"] >= 0:
                yield f"ALTER TABLE {quoted(table['name'])} ALTER COLUMN {quoted(column['name'])} SET STATISTICS {int(column['samples'])}"


def after_rows(found: dict[str, Any]) -> Iterator[str]:
    """Keys, indexes, links (after all keys), and where sequences stand."""
    for last in (False, True):
        for table in found["tables"]:
            for one in (one for one in table["constraints"] if (one["kind"] == "f") is last):
                yield f"ALTER TABLE {quoted(table['name'])} ADD CONSTRAINT {quoted(one['name'])} {one['definition']}"
    for table in found["tables"]:
        yield from table["indexes"]
    for one in found["sequences"]:
        if one["how"] == "a":
            yield f"ALTER SEQUENCE {quoted(one['name'])} OWNED BY {quoted(one['table'])}.{quoted(one['column'])}"
        yield f"SELECT setval('{quoted(one['name'])}', {int(one['value'])}, {bool(one['called'])})"


def _column(column: dict[str, Any], identity: dict[str, Any] | None) -> str:
    parts = [quoted(column["name"]), column["type"]]
    parts += [f"COLLATE {column['collation']}"] if column["collation"] else []
    if identity:
        how = "ALWAYS" if column["identity"] == "a" else "BY DEFAULT"
        parts.append(f"GENERATED {how} AS IDENTITY (SEQUENCE NAME {quoted(identity['name'])} {_options(identity)})")
    elif column["generated"]:
        parts.append(f"GENERATED ALWAYS AS ({column['expression']}) {'STORED' if column['generated'] == 's' else 'VIRTUAL'}")
    elif column["expression"]:
        parts.append(f"DEFAULT {column['expression']}")
    return " ".join([*parts, *(["NOT NULL"] if column["needed"] else [])])


def _options(one: dict[str, Any]) -> str:
    numbers = f"INCREMENT BY {one['increment']} MINVALUE {one['least']} MAXVALUE {one['most']} START WITH {one['start']} CACHE {one['cache']}"
    return f"{numbers} {'CYCLE' if one['cycle'] else 'NO CYCLE'}"


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'
