# SPDX-License-Identifier: MIT
"""Ask the index, and show what the acting person may find: the index gives ids alone, all that is shown is read from the rows themselves.

So what a row says passes the wall between academies, the masks of restricted people and the condition of its plugin, as on any page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, column, func, or_, select
from sqlalchemy.sql.elements import False_

from upart.context import context
from upart.db import prepared, session
from upart.hooks.records import Searchable
from upart.hooks.searched import searchables
from upart.search.marking import Pieces, excerpt, marked
from upart.search.tables import ENTRY, KIND, fts
from upart.search.words import Asked, Term

FIRST, PAGE, PAGES = 5, 20, 10
"""Hits of each kind on the first page, on a page of one kind, and how many such pages there are."""

INDEXED = prepared(select(KIND.c.kind))


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found: its id, its title and a piece of its text, with the hits in them, its address, and where it stands."""

    id: UUID
    title: Pieces
    text: Pieces
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; `more`: there is more than this."""

    kind: str
    label: str
    hits: list[Hit]
    more: bool


def find(question: Asked, only: str = "", page: int = 1) -> list[Found]:
    """What the acting person may find, by kind, the best first; of one kind alone by pages. Three statements at most for each kind."""
    indexed = {row.kind for row in INDEXED()} if question.terms else set()
    chosen = [one for one in searchables(context.academy.plugins) if one.kind in indexed and only in ("", one.kind)]
    size, skip = (PAGE, (page - 1) * PAGE) if only else (FIRST, 0)
    return [found for one in chosen if (found := _find(one, question, size, skip)).hits]


def _find(one: Searchable, question: Asked, size: int, skip: int) -> Found:
    allowed = one.visible()
    ids = _ids(one, question, allowed, size + 1, skip) if not isinstance(allowed, False_) else []
    rows = {row.id: row for row in _shown(one)(ids=ids)} if ids else {}
    hits = [_hit(one, rows[id], question) for id in ids[:size] if id in rows]
    return Found(one.kind, one.label, hits, more=len(ids) > size)


def _hit(one: Searchable, row: Any, question: Asked) -> Hit:
    title, *body = (str(row[at] or "") for at in range(1, 2 + len(one.body)))
    return Hit(row.id, marked(title, question), excerpt(" · ".join(filter(None, body)), question), one.url(row), one.detail(row) if one.detail else "")


def _ids(one: Searchable, question: Asked, allowed: Any, size: int, skip: int) -> Sequence[UUID]:
    asks = _in_sqlite if session().get_bind().dialect.name == "sqlite" else _in_postgresql
    # A column that is named hides the rows of restricted people, whatever is asked of it.
    named = [or_(text.is_(None), text.is_not(None)) for text in _texts(one)]
    statement = asks(one, question).where(allowed, *named).limit(bindparam("size")).offset(bindparam("skip"))
    return [row.id for row in prepared(statement)(size=size, skip=skip)]


def _in_sqlite(one: Searchable, question: Asked) -> Select[Any]:
    index: Any = fts(one.kind)
    words = " AND ".join(_for_sqlite(term) for term in question.terms)
    asked = f'academy : "{context.academy.id.hex}" AND {{title body}} : ({words})'
    here = and_(one.model.academy_id == ENTRY.c.academy_id, _key(one) == ENTRY.c.row_id, ENTRY.c.kind == one.kind)
    found = index.join(ENTRY, ENTRY.c.number == index.c.rowid).join(one.model, here)
    for target, on in one.through:
        found = found.join(target, on)
    matches = index.c[f"search_{one.kind}"].op("MATCH", is_comparison=True)(bindparam("asked", asked, String))
    return select(_key(one)).select_from(found).where(matches).order_by(index.c.rank)


def _in_postgresql(one: Searchable, question: Asked) -> Select[Any]:
    words = " & ".join(_for_postgresql(term) for term in question.terms)
    found: Any = func.search_found(one.kind, f"academy{context.academy.id.hex}", words).table_valued(column("row_id"), column("rank"), name="found")
    joined = found.join(one.model, _key(one) == found.c.row_id)
    for target, on in one.through:
        joined = joined.join(target, on)
    return select(_key(one)).select_from(joined).order_by(found.c.rank, _key(one))


def _for_sqlite(term: Term) -> str:
    """A term as FTS5 reads it; words hold letters and digits alone. The whole word counts besides its beginning."""
    words = f'"{" ".join(term.words)}"'
    return f"({words} OR {words} *)" if term.open else words


def _for_postgresql(term: Term) -> str:
    """A term as tsquery reads it; words hold letters and digits alone. The whole word counts besides its beginning."""
    words = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({words} | {words}:*)" if term.open else f"({words})"


@lru_cache(1000)
def _shown(one: Searchable) -> prepared:
    """What is shown of rows, by their ids."""
    statement = select(_key(one), *_texts(one), *one.shows).select_from(one.model)
    for target, on in one.through:
        statement = statement.join(target, on)
    return prepared(statement.where(_key(one).in_(bindparam("ids", expanding=True))))


def _key(one: Searchable) -> ColumnElement[UUID]:
    key: ColumnElement[UUID] = one.model.id
    return key


def _texts(one: Searchable) -> list[Any]:
    return [one.title, *one.body]
