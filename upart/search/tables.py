# SPDX-License-Identifier: MIT
"""The index as statements see it. No mapped class: it is no table of anybody's data but an index, which only triggers write."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, String, Table, TableClause, Uuid, column, table

INDEX = MetaData()

ENTRY = Table("search_entry", INDEX, Column("number", BigInteger, primary_key=True), Column("academy_id", Uuid), Column("kind", String), Column("row_id", Uuid))
"""Which row stands under which number of the index."""

KIND = Table("search_kind", INDEX, Column("kind", String, primary_key=True), Column("digest", String))
"""What is indexed, and how: a hash of the statements that made it."""


def fts(kind: str) -> TableClause:
    """SQLite: the index of one table."""
    return table(f"search_{kind}", column("rowid"), column("rank"), column(f"search_{kind}"))
