# SPDX-License-Identifier: MIT
"""The index of the search; what is in it follows from what is searchable (`upart/search/fitting.py`)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c0026"
down_revision = "c0025"


def upgrade() -> None:
    """Make the tables."""
    op.create_table("search_kind", sa.Column("kind", sa.String(), primary_key=True), sa.Column("digest", sa.String(), nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        _for_sqlite()
    else:
        _entries(sa.Column("number", sa.BigInteger(), sa.Identity(), primary_key=True), sa.Column("words", postgresql.TSVECTOR(), nullable=False))
        op.create_index("ix_search_entry_words", "search_entry", ["words"], postgresql_using="gin")


def _for_sqlite() -> None:
    _entries(sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True), sqlite_autoincrement=True)
    op.create_table(
        "search_change",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("academy", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("old_title", "old_body", "new_title", "new_body")),
    )


def _entries(*columns: sa.Column, **options: bool) -> None:
    op.create_table(
        "search_entry",
        *columns,
        sa.Column("academy_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.UniqueConstraint("academy_id", "kind", "row_id", name=op.f("uq_search_entry_academy_id_kind_row_id")),
        **options,
    )


def downgrade() -> None:
    """Drop the tables, with all that keeps them."""
    if op.get_bind().dialect.name == "sqlite":
        made = "SELECT type, name FROM sqlite_master WHERE name LIKE 'search!_%' ESCAPE '!' AND (type = 'trigger' OR sql LIKE 'CREATE VIRTUAL TABLE%')"
    else:
        made = "SELECT 'function', proname || '(' || oidvectortypes(proargtypes) || ') CASCADE' FROM pg_proc WHERE proname ~ '^search_(note_|found$)'"
    for kind, name in op.get_bind().exec_driver_sql(made).all():
        op.execute(f"DROP {kind} {name}")
    for name in ("search_change", "search_entry", "search_kind"):
        op.execute(f"DROP TABLE IF EXISTS {name}")
