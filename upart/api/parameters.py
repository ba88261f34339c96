# SPDX-License-Identifier: MIT
"""What an address asks for after its "?": read once, and everything that is wrong with it said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TypeDecorator
from werkzeug.datastructures import MultiDict

from upart.api.registry import named
from upart.db.types import UNSTORABLE
from upart.errors import Fault, NotHere, Unfit
from upart.hooks.find import WHOLE
from upart.hooks.resources import Body, Resource
from upart.theming.languages import PARAMETER as LOCALE
from upart.theming.locales import languages

Tree = dict[str, "Tree"]
"""What comes along, by the name of its include, each with what comes along there."""

USUAL, MOST = 20, 100
"""Rows of a page, unless asked otherwise, and at most."""

DEPTH, INCLUDES, PARAMETERS, VALUES = 2, 10, 30, 100
"""How deep includes go, how many one request may name, how many parameters it may have, and how many values `[in]` takes."""

FILTER = re.compile(r"filter\[(\w+)\](?:\[(\w+)\])?")
EQUAL, ORDER = ("eq", "in"), ("eq", "in", "gt", "gte", "lt", "lte")
ORDERED = (int, datetime)
"""Classes of values of which one can be above another."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a field."""

    field: str
    operator: str
    value: Any


@dataclass(slots=True)
class Asked:
    """What a list or an object is asked for."""

    sort: str
    descending: bool = False
    fields: tuple[str, ...] = ()
    include: Tree = field(default_factory=dict)
    filters: list[Filter] = field(default_factory=list)
    limit: int = USUAL
    cursor: str = ""
    count: bool = False


def read(resource: Resource, given: MultiDict[str, str], *, one: bool) -> Asked:
    """The parameters of a list, or of `one` object. Raises Unfit (400) with all that is wrong."""
    wrong: list[Fault] = []
    asked = Asked(resource.default_sort.removeprefix("-"), resource.default_sort.startswith("-"))
    for name, values in list(given.lists())[: PARAMETERS + 1]:
        try:
            _parameter(resource, asked, name, values, one=one)
        except ValueError as error:
            wrong.append(Fault(name[:100], "parameter", str(error)))
    if len(given) > PARAMETERS:
        wrong.append(Fault("", "parameter", f"At most {PARAMETERS} parameters are read."))
    if wrong:
        raise Unfit(wrong[:PARAMETERS], 400, "parameter")
    return asked


def nothing(given: MultiDict[str, str]) -> None:
    """Refuse any parameter but the language. Raises Unfit (400)."""
    if names := [name for name in given if name != LOCALE]:
        raise Unfit([Fault(name[:100], "parameter", "There is no such parameter.") for name in names[:PARAMETERS]], 400, "parameter")


def check_language(given: MultiDict[str, str]) -> None:
    """Refuse a language that is not spoken here. Raises Unfit (400)."""
    if any(one not in languages() for one in given.getlist(LOCALE)) or len(given.getlist(LOCALE)) > 1:
        raise Unfit([Fault(LOCALE, "parameter", f"This is one of: {', '.join(languages())}.")], 400, "parameter")


def found_by(kind: type[Body], given: MultiDict[str, str]) -> Body:
    """The parameters that a class names. Raises Unfit (400) with all that is wrong."""
    fields = {one.encode_name: one for one in msgspec.structs.fields(kind)}
    wrong = [Fault(name[:100], "parameter", "There is no such parameter.") for name in given if name not in (*fields, LOCALE)][:PARAMETERS]
    read: dict[str, Any] = {}
    for name, one in fields.items():
        values = given.getlist(name)
        try:
            if len(values) > 1:
                raise ValueError("It is there more than once.")
            if values and (UNSTORABLE.search(values[0]) or "\ufffd" in values[0]):
                raise ValueError("It has characters that cannot be read.")
            if values:
                read[name] = msgspec.convert(values[0], one.type, strict=False)
            elif one.required:
                raise ValueError("This parameter is needed.")
        except ValueError as error:
            wrong.append(Fault(name, "parameter", _said(error)))
    if wrong:
        raise Unfit(wrong, 400, "parameter")
    return kind(**read)


def _said(error: ValueError) -> str:
    return f"{str(error).replace('`', '').rstrip('.')}."


def _parameter(resource: Resource, asked: Asked, name: str, values: list[str], *, one: bool) -> None:
    value = values[0]
    if len(values) > 1:
        raise ValueError("It is there more than once.")
    if name == LOCALE:
        return
    if UNSTORABLE.search(value) or "\ufffd" in value or UNSTORABLE.search(name):
        raise ValueError("It has characters that cannot be read.")
    match = FILTER.fullmatch(name)
    if name == "fields":
        asked.fields = _names(value, (*resource.readable, *resource.adds), "field")
    elif name == "include":
        asked.include = _tree(resource, value)
    elif match and not one:
        asked.filters.append(_filter(resource, match[1], match[2] or "eq", value))
    elif name == "sort" and not one:
        asked.sort, asked.descending = _names(value.removeprefix("-"), resource.sorts, "order")[0], value.startswith("-")
    elif name == "limit" and not one:
        asked.limit = _limit(value)
    elif name == "cursor" and not one:
        asked.cursor = value
    elif name == "count" and not one:
        asked.count = _names(value, ("exact",), "count")[0] == "exact"
    else:
        raise ValueError("There is no such parameter.")


def _names(value: str, known: Iterable[str], what: str) -> tuple[str, ...]:
    names = tuple(value.split(","))
    if unknown := [name for name in names if name not in set(known)]:
        raise ValueError(f"There is no {what} {unknown[0][:40]!r} here. There are: {', '.join(sorted(known)) or 'none'}.")
    return names


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 4 and 1 <= int(value) <= MOST):
        raise ValueError(f"It is a whole number from 1 to {MOST}.")
    return int(value)


def _tree(resource: Resource, value: str) -> Tree:
    tree: Tree = {}
    paths = value.split(",")
    if len(paths) > INCLUDES:
        raise ValueError(f"At most {INCLUDES} can come along.")
    for path in paths:
        at, here = tree, resource
        names = path.split(".")
        if len(names) > DEPTH:
            raise ValueError(f"It goes at most {DEPTH} deep.")
        for name in names:
            _names(name, here.includes, "include")
            at = at.setdefault(name, {})
            try:
                here = named(here.includes[name].resource)
            except NotHere:
                raise ValueError(f"{name!r} is not there in this academy.") from None
    return tree


def _filter(resource: Resource, name: str, operator: str, value: str) -> Filter:
    if name not in resource.filters:
        raise ValueError(f"Nothing is found by {name[:40]!r} here. There are: {', '.join(sorted(resource.filters)) or 'none'}.")
    column = resource.column(name).property.columns[0]
    kind = kind_of(column)
    if operator == "empty" and column.nullable:
        return Filter(name, operator, _value(value, bool))
    operators = ORDER if kind in ORDERED else EQUAL
    if operator not in operators:
        raise ValueError(f"There is no [{operator[:20]}] for it. There are: {', '.join((*operators, 'empty') if column.nullable else operators)}.")
    if operator == "in":
        texts = value.split(",")
        if len(texts) > VALUES:
            raise ValueError(f"[in] takes at most {VALUES} values.")
        return Filter(name, operator, [_value(text, kind) for text in texts])
    return Filter(name, operator, _value(value, kind))


def kind_of(column: Any) -> Any:
    """The class of a column's values in Python."""
    return column.type.impl_instance.python_type if isinstance(column.type, TypeDecorator) else column.type.python_type


def _value(text: str, kind: Any) -> Any:
    try:
        value = msgspec.convert(text, WHOLE if kind is int else kind, strict=False)
    except msgspec.ValidationError:
        words = ", ".join(str(one.value) for one in kind) if isinstance(kind, type) and issubclass(kind, Enum) else SAID.get(kind, "of another kind")
        raise ValueError(f"The value must be {words}.") from None
    if isinstance(value, datetime):
        try:
            return value.astimezone(UTC) if value.tzinfo else _zoneless()
        except OverflowError:
            raise ValueError("This time is out of reach.") from None
    return value


SAID = {int: "a whole number", bool: "true or false", datetime: "a time with its zone (RFC 3339)", UUID: "an id"}


def _zoneless() -> datetime:
    raise ValueError("A time needs its zone: 2027-01-31T09:00:00Z.")
