# SPDX-License-Identifier: MIT
"""Search the rows of an academy: all columns of all tables that the database really has, whatever is declared of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from upart.db import bare, engine
from upart.privacy.register import TableEntry
from upart.rights.engine.fates import is_needed
from upart.rights.engine.holdings import Holdings
from upart.rights.scanning.finding import CHUNK, Findings, Place
from upart.rights.scanning.matching import Matcher

COLUMN, ROW = "\x1f", "\x1e"
"""What stands between columns and rows while they are searched together."""

AT_ONCE = 500
"""Rows that are fetched at a time."""

NO_TEXT = (sa.Date, sa.DateTime, sa.Time, sa.Boolean, sa.Float)
"""Columns in which no text can stand, nor a number that somebody can be reached by."""


class Scope(NamedTuple):
    """Whose rows: an academy's, and with `platform` those that belong to no academy. Without an academy: all rows of all."""

    academy_id: UUID | None
    platform: bool = False


class Live(NamedTuple):
    """A table as the database has it: its text columns, and those of bytes."""

    name: str
    owned: bool
    columns: list[tuple[str, Any]]
    binary: list[str]


def live_tables(held: Holdings, scope: Scope) -> Iterator[Live]:
    """The tables in which rows of this scope can stand; those without an academy first. One that nobody has declared may be anybody's."""
    with bare("which tables does the database have?") as connection:
        inspector = sa.inspect(connection)
        found = [_live(name, inspector.get_columns(name)) for name in inspector.get_table_names()]
    for table in sorted(found, key=lambda table: table.owned):
        if table.owned or scope.platform or scope.academy_id is None or table.name not in held.register.tables:
            yield table


def _live(name: str, columns: Iterable[Any]) -> Live:
    kinds = [(column["name"], column["type"]) for column in columns if not isinstance(column["type"], NO_TEXT)]
    binary = [column for column, kind in kinds if isinstance(kind, sa.LargeBinary)]
    return Live(name, any(column == "academy_id" for column, _kind in kinds), [one for one in kinds if one[0] not in (*binary, "academy_id")], binary)


def search_rows(held: Holdings, scope: Scope, matcher: Matcher, ids: Sequence[UUID], into: Findings) -> None:
    """Note where in the rows of this scope something of these identifiers stands, table by table."""
    for table in live_tables(held, scope):
        try:
            for chunk in _chunks(table, scope, ids):
                _search(held, table, chunk, matcher, into)
        except DBAPIError:
            if table.name in held.register.tables:
                raise
            into.not_seen.append(f"the table {table.name}, which nobody has declared and which cannot be read")


def stands_anywhere(held: Holdings, matcher: Matcher, ids: Sequence[UUID]) -> bool:
    """Does any row of anybody hold something of these identifiers?"""
    everything = Scope(None)
    return any(
        matcher.found(ROW.join(text for text, _bytes in chunk).encode("utf-8", "replace"))
        or any(matcher.found(b"\n".join(data)) for _text, data in chunk if data)
        for table in live_tables(held, everything)
        for chunk in _chunks(table, everything, ids)
    )


Chunk = list[tuple[str, list[bytes]]]
"""Rows: their columns as one text, and their columns of bytes."""


def _chunks(table: Live, scope: Scope, ids: Sequence[UUID]) -> Iterator[Chunk]:
    wanted = sa.select(_as_text(table, ids), *map(sa.column, table.binary)).select_from(sa.table(table.name))
    if table.owned and scope.academy_id is not None:
        wanted = wanted.where(sa.column("academy_id", sa.Uuid()) == scope.academy_id)
    with bare("search for what should have been erased") as connection:
        chunk: Chunk = []
        size = 0
        for row in connection.execute(wanted, execution_options={"yield_per": AT_ONCE}):
            data = [bytes(value) for value in row[1:] if value is not None]
            chunk.append((row[0], data))
            size += len(row[0])
            if size >= CHUNK:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk


def _as_text(table: Live, ids: Sequence[UUID]) -> Any:
    """All columns of a row as one text. Of columns of ids only those count that are searched for: they would be half of what is read."""
    end: Any = sa.literal_column("char(31)" if engine().dialect.name == "sqlite" else "chr(31)", sa.Text)
    whole: Any = sa.literal("", sa.Text)
    for name, kind in table.columns:
        whole = whole.concat(end).concat(_column(name, kind, ids))
    return whole


def _column(name: str, kind: Any, ids: Sequence[UUID]) -> Any:
    text = sa.func.coalesce(sa.cast(sa.column(name), sa.Text), "")
    if isinstance(kind, sa.Uuid):
        return sa.case((sa.column(name, sa.Uuid()).in_(ids), text), else_="")
    if isinstance(kind, sa.CHAR) and kind.length == 32:
        others = sa.and_(sa.func.length(sa.column(name)) == 32, sa.column(name, sa.Uuid()).not_in(ids))
        return sa.case((others, ""), else_=text)
    return text


def _search(held: Holdings, table: Live, chunk: Chunk, matcher: Matcher, into: Findings) -> None:
    if matcher.found(ROW.join(text for text, _bytes in chunk).encode("utf-8", "replace")):
        for text, _bytes in chunk:
            _search_row(held, table, text, matcher, into)
    for data in (data for _text, data in chunk if data):
        if hits := matcher.found(b"\n".join(data)):
            into.note(_place(held, table.name, ", ".join(table.binary)), hits)


def _search_row(held: Holdings, table: Live, text: str, matcher: Matcher, into: Findings) -> None:
    if not matcher.found(text.encode("utf-8", "replace")):
        return
    names, texts = [name for name, _kind in table.columns], text.split(COLUMN)[1:]
    if len(names) != len(texts):  # a text has such a sign in it
        names, texts = [""], [text]
    for name, one in zip(names, texts, strict=True):
        into.note(_place(held, table.name, name), matcher.found(one.encode("utf-8", "replace")))


def _place(held: Holdings, table: str, column: str) -> Place:
    entry = held.register.tables.get(table)
    return Place(entry.plugin if entry is not None else "", table, column, entry is not None and _is_kept(entry, column))


def _is_kept(entry: TableEntry, name: str) -> bool:
    """Does a law keep this column, as it is declared: printed on a document, or needed for the law?"""
    laws = [d.on_erase for _, d in entry.declared() if d.on_erase is not None and d.on_erase.act == "keep"]
    return any(is_needed(law, d) for law in laws for column, d in entry.declared() if column.name == name and d.kind in ("personal", "snapshot", "copy"))
