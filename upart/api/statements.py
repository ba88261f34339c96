# SPDX-License-Identifier: MIT
"""The statements of lists, built once for each shape that is asked for: columns, filters, order, and who may see what."""

from __future__ import annotations

from collections.abc import Sequence
from operator import eq, ge, gt, le, lt
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, Uuid, bindparam, case, func, null, select, tuple_

from upart.api.parameters import Asked
from upart.db import prepared
from upart.hooks.resources import Criterion, Resource
from upart.hooks.visible import visible

KEPT = 1000
"""Statements that are kept; more shapes than that are built anew."""

EACH, TOGETHER = 100, 1000
"""Rows that may come along with one, and with all of a page."""

OPERATORS = {"eq": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}

Key = tuple[Any, ...]


class Sight(NamedTuple):
    """What the acting person may see of a resource: criteria of rows, and of the rows in which a guarded field is shown."""

    rows: tuple[Criterion, ...]
    fields: tuple[tuple[str, Criterion], ...]

    @property
    def key(self) -> Key:
        """Criteria are the same if they are the same objects: what is kept keeps them alive."""
        return (*map(id, self.rows), "|", *(part for name, one in self.fields for part in (name, id(one))))


class _Kept(NamedTuple):
    statement: prepared
    sight: Sight


_statements: dict[Key, _Kept] = {}
_lock = Lock()


def sight_of(resource: Resource, named: frozenset[str]) -> Sight:
    """What the acting person may see, asked once per list. `named`: fields of which they know an exact value."""
    return Sight(visible(resource.model, named), tuple((name, criterion()) for name, criterion in resource.guarded.items()))


def page(resource: Resource, sight: Sight, names: Sequence[str], asked: Asked, *, back: bool | None) -> prepared:
    """A page of a list. `back`: it goes on from an edge, backwards or not; None: it is the first. Takes `values_of`, `limit`, and `at`, `last`."""
    key = ("page", id(resource), *names, "|", *_shape(asked), asked.sort, asked.descending, back, *sight.key)

    def build() -> prepared:
        order, id_ = resource.column(asked.sort), resource.column("id")
        falls = asked.descending is not bool(back)
        statement = _found(resource, sight, names, asked)
        if back is not None:
            edge = tuple_(bindparam("at", type_=order.type), bindparam("last", type_=Uuid()))
            statement = statement.where(tuple_(order, id_) < edge if falls else tuple_(order, id_) > edge)
        statement = statement.order_by(*((order.desc(), id_.desc()) if falls else (order, id_)))
        return prepared(statement.limit(bindparam("limit", type_=Integer())))

    return _kept(key, sight, build)


def count(resource: Resource, sight: Sight, names: Sequence[str], asked: Asked) -> prepared:
    """How many rows the whole list has: exactly those that its pages show."""
    key = ("count", id(resource), *names, "|", *_shape(asked), *sight.key)
    return _kept(key, sight, lambda: prepared(select(func.count().label("number")).select_from(_found(resource, sight, names, asked).subquery())))


def one(resource: Resource, sight: Sight, names: Sequence[str]) -> prepared:
    """The row of an `id`."""
    key = ("one", id(resource), *names, *sight.key)
    asked = Asked("id")
    return _kept(key, sight, lambda: prepared(_found(resource, sight, names, asked).where(resource.column("id") == bindparam("id", type_=Uuid()))))


def along(resource: Resource, sight: Sight, names: Sequence[str], by: str) -> prepared:
    """The rows whose column `by` is among `these`: of each value the first ones in the usual order, its value as "upart_by"."""
    key = ("along", id(resource), *names, "|", by, *sight.key)

    def build() -> prepared:
        link = getattr(resource.model, by)
        order = resource.column(resource.default_sort.removeprefix("-"))
        falling = resource.default_sort.startswith("-")
        place = func.row_number().over(partition_by=link, order_by=(order.desc() if falling else order, resource.column("id"))).label("upart_place")
        these = bindparam("these", expanding=True, type_=Uuid())
        inside = _found(resource, sight, names, Asked("id")).add_columns(link.label("upart_by"), place).where(link.in_(these)).subquery()
        columns = [inside.c[name] for name in (*names, "upart_by")]
        return prepared(select(*columns).where(inside.c.upart_place <= EACH).order_by(inside.c.upart_place).limit(TOGETHER + 1))

    return _kept(key, sight, build)


def values_of(asked: Asked) -> dict[str, Any]:
    """The values of an asked list's filters, by the names that its statements use."""
    return {f"filter_{number}": one.value for number, one in enumerate(asked.filters) if one.operator != "empty"}


def _kept(key: Key, sight: Sight, build: Any) -> prepared:
    found = _statements.get(key)
    if found is None:
        found = _Kept(build(), sight)
        with _lock:
            if len(_statements) >= KEPT:
                _statements.clear()
            _statements[key] = found
    return found.statement


def _shape(asked: Asked) -> Key:
    return tuple((one.field, one.operator, one.value if one.operator == "empty" else "") for one in asked.filters)


def _found(resource: Resource, sight: Sight, names: Sequence[str], asked: Asked) -> Select[Any]:
    guards = dict(sight.fields)
    columns = [_shown(resource.column(name), guards.get(name)).label(name) for name in names]
    return select(*columns).where(*sight.rows, *_conditions(resource, asked))


def _shown(column: Any, guard: Criterion | None) -> Any:
    return column if guard is None else case((guard, column), else_=null())


def _conditions(resource: Resource, asked: Asked) -> list[Criterion]:
    found: list[Criterion] = []
    for number, one in enumerate(asked.filters):
        column, name = resource.column(one.field), f"filter_{number}"
        if one.operator == "empty":
            found.append(column.is_(None) if one.value else column.is_not(None))
        elif one.operator == "in":
            found.append(column.in_(bindparam(name, expanding=True, type_=column.type)))
        else:
            found.append(OPERATORS[one.operator](column, bindparam(name, type_=column.type)))
    return found
