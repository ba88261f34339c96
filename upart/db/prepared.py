# SPDX-License-Identifier: MIT
"""`prepared(select(…))`: the statements of read paths, built once, scoped, run without the ORM's weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import CursorResult, Join, Row, Select, Table, bindparam
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import Alias

from upart.db.engine import DOOR, Door
from upart.db.masking import UNMASKED, counts_only
from upart.db.model import is_owned
from upart.db.session import connection
from upart.db.wall import PREPARED
from upart.errors import WallError

ACADEMY = "upart_academy"


class prepared:  # noqa: N801 - reads as a word of the vocabulary: COURSES = prepared(select(…))
    """A SELECT of columns, made at module level with `bindparam`, for pages and lists.

    `COURSES = prepared(select(Course.slug, Course.title).where(Course.state == bindparam("state")))`,
    then `COURSES(state="published")` gives rows, `COURSES.first(…)` one or None. The academy's
    predicate is added for each of its tables, also in subqueries. With `counts=True` restricted people are counted
    like all others; then it may put out nothing but ids, counts and sums.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], *, counts: bool = False) -> None:
        self._plain: Select[Any] = statement
        self._counts = counts
        self._scoped: Select[Any] | None = None

    def __call__(self, **values: Any) -> Sequence[Row[Any]]:
        """All rows."""
        return self._run(values).all()

    def first(self, **values: Any) -> Row[Any] | None:
        """The first row, or None."""
        return self._run(values).first()

    def _run(self, values: dict[str, Any]) -> CursorResult[Any]:
        opened = connection()
        door: Door = opened.get_execution_options()[DOOR]
        if door.academy_id is None:
            raise WallError("A prepared statement ran outside of an academy.")
        if self._scoped is None:
            self._scoped = self._scope()
        return opened.execute(self._scoped, {**values, ACADEMY: door.academy_id})

    def _scope(self) -> Select[Any]:
        if not self._counts:
            return scoped(self._plain)
        if not counts_only(self._plain):
            raise WallError("A prepared statement that counts puts out more than ids, counts and sums.", remedy="Leave counts=True out, or the columns.")
        return scoped(self._plain).execution_options(**{UNMASKED: True})


def scoped(statement: Select[Any]) -> Select[Any]:
    """The statement with `academy_id = :upart_academy` for every owned table it reads, subqueries included.

    The far side of an outer join is left out, or rows without a partner would be lost: its ON clause must tie
    its `academy_id` to the near side's, or the wall refuses the statement.
    """
    plain = visitors.cloned_traverse(statement, {}, {"select": _scope_one})
    return plain.execution_options(**{PREPARED: True})


def _scope_one(select: Select[Any]) -> None:
    for source in _sources(select):
        select._where_criteria += (source.c.academy_id == bindparam(ACADEMY),)


def _sources(select: Select[Any]) -> list[Any]:
    found: dict[int, Any] = {}
    for source in select.get_final_froms():
        for part in _always_there(source):
            table = part.element if isinstance(part, Alias) else part
            if isinstance(table, Table) and is_owned(table):
                found[id(part)] = part
    return list(found.values())


def _always_there(source: Any) -> Iterator[Any]:
    if not isinstance(source, Join):
        yield from source._from_objects
        return
    if not source.full:
        yield from _always_there(source.left)
    if not source.isouter:
        yield from _always_there(source.right)
