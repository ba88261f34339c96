# SPDX-License-Identifier: MIT
"""What PostgreSQL needs besides tables: a role that owns nothing, row-level security, no statistics of what identifies people."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError

from upart.db import APP_ROLE
from upart.errors import UpartError
from upart.privacy.register import Register, category_of

IDENTIFYING = ("id.", "contact.", "auth.", "device.")
"""Beginnings of categories by whose values somebody can be recognised."""


def secure(connection: Connection, register: Register) -> None:
    """PostgreSQL: the application's role, row-level security on every table of academies, no statistics of what identifies somebody."""
    if connection.dialect.name != "postgresql":
        return
    if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}).first():
        try:
            with connection.begin_nested():
                connection.execute(text(f"CREATE ROLE {APP_ROLE} NOLOGIN"))
        except ProgrammingError as error:
            if "already exists" not in str(error):
                raise UpartError(
                    f"The role {APP_ROLE} cannot be made.", remedy=f"As superuser: CREATE ROLE {APP_ROLE}; GRANT {APP_ROLE} TO this user;"
                ) from None
    for statement in (f"GRANT {APP_ROLE} TO CURRENT_USER", f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
                      f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}"):  # fmt: skip
        connection.execute(text(statement))
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        if "academy_id" in inspector.get_pk_constraint(table)["constrained_columns"]:
            _row_security(connection, table)
    _forget_statistics(connection, register)


def _row_security(connection: Connection, table: str) -> None:
    mine = "current_setting('upart.academy', true) = 'everywhere' OR academy_id::text = current_setting('upart.academy', true)"
    for statement in (f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                      f"DROP POLICY IF EXISTS academy ON {table}", f"CREATE POLICY academy ON {table} USING ({mine}) WITH CHECK ({mine})"):  # fmt: skip
        connection.execute(text(statement))


def identifying(register: Register) -> Iterator[tuple[str, str]]:
    """Tables and columns that hold what somebody can be recognised by, as they are declared."""
    for entry in register.tables.values():
        for column, d in entry.declared():
            categories = (*d.paths.values(), category_of(d, register))
            if d.kind in ("found_by", "sealed") or any(category.startswith(IDENTIFYING) for category in categories):
                yield entry.table, column.name


def _forget_statistics(connection: Connection, register: Register) -> None:
    """The planner keeps samples of the values of columns: of these it keeps none, and forgets those that it has.

    Measured: after an erasure and VACUUM the address itself still stood in pg_statistic.
    """
    known = {(table, column): (target, kind) for table, column, target, kind in connection.execute(text(COLUMNS))}
    for table, column in identifying(register):
        target, kind = known.get((table, column), (0, ""))
        if target != 0:
            # Setting a column's own type again is what makes PostgreSQL drop the samples of it.
            connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind}, ALTER COLUMN "{column}" SET STATISTICS 0'))


COLUMNS = """
    SELECT c.relname, a.attname, coalesce(a.attstattarget, -1), format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
