# SPDX-License-Identifier: MIT
"""Rows as programs get them: a page of a list, one object, and what comes along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from upart.api import cursors, statements
from upart.api.cursors import Edge
from upart.api.parameters import Asked, Tree
from upart.api.registry import may_read, named
from upart.context import context
from upart.db.types import Private, PrivateText
from upart.errors import NotHere, Problem, SignInNeeded
from upart.hooks.resources import Include, Resource

Row = dict[str, Any]

ONE = frozenset({"id"})
"""Whoever asks for one object knows its id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, the cursors of the pages beside it, and how many rows there are, if that was asked for."""

    rows: list[Row]
    next: str | None
    prev: str | None
    count: int | None


def page(resource: Resource, asked: Asked) -> Listed:
    """A page of the rows that the acting person may see."""
    sight, edge = statements.sight_of(resource, frozenset(one.field for one in asked.filters if one.operator == "eq")), cursors.read(resource, asked)
    names, added = _names(resource, asked.fields), _added(resource, asked.fields)
    # Where somebody is restricted all fields are read, whatever is asked for: their rows are gone because of what they hold, not of what is shown.
    hiding = _names(resource, ()) if context.academy.restricted else ()
    columns = tuple(dict.fromkeys((*hiding, *names, "id", asked.sort, *_links(resource, asked.include), *_needs(resource, added))))
    values = {**statements.values_of(asked), **_actor(), "limit": asked.limit + 1}
    if edge is not None:
        values |= {"at": edge.value, "last": edge.id}
    found = statements.page(resource, sight, columns, asked, back=None if edge is None else edge.back)(**values)
    more, rows = len(found) > asked.limit, _rows(resource, columns, found[: asked.limit])
    back = edge is not None and edge.back
    if back:
        rows.reverse()
    count = statements.count(resource, sight, columns, asked)(**values)[0].number if asked.count else None
    _bring(resource, rows, asked.include)
    _add(resource, rows, added)
    ends = _ends(resource, asked, rows, forward=more or back, backward=more if back else edge is not None)
    return Listed([_only(row, (*names, *added), asked.include) for row in rows], *ends, count)


def _ends(resource: Resource, asked: Asked, rows: Sequence[Row], *, forward: bool, backward: bool) -> tuple[str | None, str | None]:
    def cursor(row: Row, back: bool) -> str:
        return cursors.write(resource, asked, Edge(back, row[asked.sort], row["id"]))

    return cursor(rows[-1], False) if rows and forward else None, cursor(rows[0], True) if rows and backward else None


def whole(resource: Resource, id: UUID) -> Row:
    """All readable fields of an object that the acting person may see. Raises NotHere."""
    return _only(wider(resource, id), resource.readable, {})


def wider(resource: Resource, id: UUID) -> Row:
    """The same with the columns of which other fields are made. Raises NotHere."""
    names = tuple(dict.fromkeys((*resource.readable, *_needs(resource, resource.adds))))
    row = statements.one(resource, statements.sight_of(resource, ONE), names).first(id=id, **_actor())
    if row is None:
        raise NotHere
    return _rows(resource, names, [row])[0]


def shown(resource: Resource, row: Row, asked: Asked) -> Row:
    """What is asked for of an object that `wider` gave, with what comes along."""
    taken = dict(row)
    links = [name for name in _links(resource, asked.include) if name not in taken]
    if links:
        taken |= _rows(resource, links, [statements.one(resource, statements.sight_of(resource, ONE), links).first(id=row["id"], **_actor())])[0]
    _bring(resource, [taken], asked.include)
    _add(resource, [taken], _added(resource, asked.fields))
    return _only(taken, asked.fields or (*resource.readable, *resource.adds), asked.include)


def _names(resource: Resource, fields: Sequence[str]) -> tuple[str, ...]:
    """The columns that are shown: those that were named, else all but the long ones."""
    if fields:
        return tuple(name for name in fields if name not in resource.adds)
    return tuple(name for name in resource.readable if name not in resource.long)


def _added(resource: Resource, fields: Sequence[str]) -> tuple[str, ...]:
    """The fields beside the columns that are shown."""
    return tuple(name for name in resource.adds if not fields or name in fields)


def _needs(resource: Resource, names: Iterable[str]) -> tuple[str, ...]:
    """The columns of which these fields are made."""
    return tuple(column for name in names for column in resource.adds[name].needs)


def _add(resource: Resource, rows: list[Row], names: Sequence[str]) -> None:
    """Make the fields that are no columns, each for all rows at once."""
    for name in names:
        made = resource.adds[name].run(rows) if rows else {}
        for row in rows:
            row[name] = made.get(row["id"])


def _links(resource: Resource, tree: Tree) -> list[str]:
    """The columns by which others come along."""
    return [resource.includes[name].by for name in tree if not resource.includes[name].many]


def _actor() -> dict[str, UUID | None]:
    return {"upart_actor": context.person.id if context.person is not None else None}


def _rows(resource: Resource, names: Sequence[str], found: Iterable[Any]) -> list[Row]:
    rows = [dict(zip(names, row, strict=False)) for row in found]
    for name in _private(resource):
        for row in rows:
            if isinstance(row.get(name), Private):
                row[name] = _open(row[name])
    return rows


@lru_cache(maxsize=512)
def _private(resource: Resource) -> tuple[str, ...]:
    """The fields whose values may be private."""
    return tuple(name for name in resource.readable if isinstance(resource.column(name).type, PrivateText))


def _open(value: Private) -> str:
    """Private data go out to somebody fresh alone, and are noted (2-privacy, 2.6)."""
    if not context.shows_private:
        raise SignInNeeded(again=context.person is not None)
    context.show(value)
    return str.__str__(value)


def _only(row: Row, names: Iterable[str], tree: Tree) -> Row:
    return {name: row[name] for name in (*names, *tree)}


def _bring(resource: Resource, rows: list[Row], tree: Tree) -> None:
    """Let what was asked for come along: one statement for each include, whatever the number of rows."""
    for name, below in tree.items():
        include = resource.includes[name]
        other = named(include.resource)
        may_read(other)
        beside = _beside(other, include, rows, below)
        for row in rows:
            there = beside.get(row["id"] if include.many else row[include.by], [])
            row[name] = there if include.many else (there[0] if there else None)


def _beside(other: Resource, include: Include, rows: list[Row], below: Tree) -> dict[Any, list[Row]]:
    names = _names(other, ())
    added = _added(other, ())
    columns = tuple(dict.fromkeys((*names, "id", *_links(other, below), *_needs(other, added))))
    these = list({row["id"] if include.many else row[include.by] for row in rows} - {None})
    by = include.by if include.many else "id"
    found = statements.along(other, statements.sight_of(other, frozenset({by})), columns, by)(these=these, **_actor()) if these else []
    if len(found) > statements.TOGETHER:
        raise Problem(400, "More would come along than one answer holds.", remedy="Ask for fewer rows (limit=), or for those by themselves.", code="too_many")
    brought = _rows(other, (*columns, "upart_by"), found)
    _bring(other, brought, below)
    _add(other, brought, added)
    beside: dict[Any, list[Row]] = {}
    for row in brought:
        beside.setdefault(row["upart_by"], []).append(_only(row, (*names, *added), below))
    return beside
