# SPDX-License-Identifier: MIT
"""A list as its template needs it: tabs, filters, heads, lines of cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for

from upart.context import context
from upart.db import session
from upart.db.masking import masked
from upart.hooks.routes import permitted
from upart.manage.actions import views_of
from upart.manage.asked import Asked
from upart.manage.listing import Badge, Column, Listing
from upart.theming.locales import gettext as _

PAGE = 50
"""Rows of one page."""

HIDDEN = object()
"""Stands for a value that is restricted (GDPR art. 18)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value for a template: `kind` is "text", "number", "time", "badges", "none" or "hidden"."""

    kind: str
    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its id, the address of its page, the cell that names it, what stands below that, the other cells."""

    id: UUID
    url: str
    name: Cell
    below: list[Cell]
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Way:
    """A link, a tab or a choice: its label and address, whether one is there already; for heads the order: "ascending", "descending" or ""."""

    label: str
    url: str = ""
    current: bool = False
    order: str = ""
    value: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter above the list."""

    key: str
    label: str
    options: list[Way]
    value: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the template of a list needs."""

    listing: Listing
    asked: Asked
    endpoint: str
    lines: list[Line]
    heads: list[Way]
    tabs: list[Way]
    filters: list[Choice]
    orders: list[Way]
    columns: list[Way]
    first: str
    next: str
    words: Mapping[str, str]

    @property
    def acts(self) -> list[Any]:
        """What may be done to many rows."""
        return self.listing.acts()

    @property
    def downloads(self) -> bool:
        """May the acting person take the list out?"""
        return bool(self.listing.download) and permitted(self.listing.download)

    def at(self, door: str) -> str:
        """The address of a door of the list: "act", "download", "views"."""
        return url_for(f"{self.endpoint}_{door}")


def shown(asked: Asked, endpoint: str, after: str | None) -> Shown:
    """A page of the list, read with one query, one for its views and one for each column that needs its own."""
    page = asked.page(after, PAGE)
    first, *others = asked.columns
    below, beside = [column for column in others if column.below], [column for column in others if not column.below]
    here = url_for(endpoint, **asked.words())
    return Shown(
        asked.listing, asked, endpoint,
        lines=_lines(asked, page.rows, first, below, beside),
        heads=[_head(asked, endpoint, column) for column in (first, *beside)],
        tabs=_tabs(asked, endpoint),
        filters=[_choice(asked, one) for one in asked.listing.filters],
        orders=_orders(asked),
        columns=[Way(_(column.label), value=column.key, current=column in asked.columns) for column in asked.listing.visible()[1:]],
        first=here if after else "",
        next=url_for(endpoint, **asked.words(), after=page.after) if page.after else "",
        words=asked.words(),
    )  # fmt: skip


def values_of(asked: Asked, rows: Sequence[Any]) -> list[list[Any]]:
    """The values of the shown columns, row by row; HIDDEN where they are restricted."""
    together = {column.key: column.of_all([row.id for row in rows]) for column in asked.columns if column.of_all is not None}
    hidden = masked(session())
    return [[_value(column, row, together, hidden.get(row, ())) for column in asked.columns] for row in rows]


def _value(column: Column, row: Any, together: Mapping[str, Mapping[UUID, Any]], hidden: Iterable[str]) -> Any:
    if column.of is not None and column.of.key in hidden:
        return HIDDEN
    if column.key in together:
        return together[column.key].get(row.id)
    return column.value(row) if column.value is not None else getattr(row, column.of.key)


def _lines(asked: Asked, rows: Sequence[Any], first: Column, below: Sequence[Column], beside: Sequence[Column]) -> list[Line]:
    lines = []
    for row, values in zip(rows, values_of(asked, rows), strict=True):
        cells = {column.key: _cell(column, value) for column, value in zip(asked.columns, values, strict=True)}
        url = asked.listing.opens(row) if asked.listing.opens is not None else ""
        lines.append(Line(row.id, url, cells[first.key], [cells[one.key] for one in below], [cells[one.key] for one in beside]))
    return lines


def _cell(column: Column, value: Any) -> Cell:
    label = _(column.label)
    if value is HIDDEN:
        return Cell("hidden", None, label)
    if value is None or value in ("", []):
        return Cell("none", None, label)
    if isinstance(value, datetime):
        return Cell("time", value, label)
    if isinstance(value, Badge | list | tuple):
        return Cell("badges", [value] if isinstance(value, Badge) else list(value), label)
    return Cell("number" if isinstance(value, int | float) else "text", value, label)


def _head(asked: Asked, endpoint: str, column: Column) -> Way:
    """The head of a column: where it can be ordered by, the first press is up, for instants and numbers down, the next one the other way."""
    numeric = column.of_all is not None or (column.value is None and column.of.type.python_type in (int, float))
    if not column.sort:
        return Way(_(column.label), numeric=numeric)
    mine = asked.sorted_by is column
    down = asked.order.startswith("-")
    at_first = asked.listing.order if asked.listing.order.removeprefix("-") == column.key else column.key
    order = at_first if not mine else column.key if down else f"-{column.key}"
    way = "" if not mine else "descending" if down else "ascending"
    return Way(_(column.label), url_for(endpoint, **_ordered(asked, order)), order=way, numeric=numeric)


def _ordered(asked: Asked, order: str) -> dict[str, Any]:
    return asked.words(order="" if order == asked.listing.order else order)


def _choice(asked: Asked, one: Any) -> Choice:
    value = asked.filters.get(one.key, "")
    return Choice(one.key, _(one.label), [Way(_(label), value=key, current=key == value) for key, label in one.options.items()], value)


def _orders(asked: Asked) -> list[Way]:
    """Each order as a choice, for those who see no heads."""
    found = []
    for column in asked.listing.visible():
        if column.sort:
            up, down = (_("A to Z"), _("Z to A")) if column.of.type.python_type is str else (_("oldest first"), _("newest first"))
            found += [
                Way(f"{_(column.label)}, {words}", value=order, current=order == asked.order) for order, words in ((column.key, up), (f"-{column.key}", down))
            ]
    return found


def _tabs(asked: Asked, endpoint: str) -> list[Way]:
    """The whole list, the views that everybody finds, those that people keep; the one that is shown is current."""
    listing, here = asked.listing, asked.words()
    found: list[tuple[str, dict[str, Any]]] = [(_("All"), {})]
    found += [(_(tab.label), {**tab.filters, **({"order": tab.order} if tab.order else {})}) for tab in listing.tabs]
    found += [(view.name, known_words(listing, view.asked)) for view in views_of(listing)]
    seen = max((n for n, (_label, words) in enumerate(found) if words == here), default=None)
    return [Way(label, url_for(endpoint, **words), current=n == seen) for n, (label, words) in enumerate(found)]


def known_words(listing: Listing, words: Mapping[str, Any]) -> dict[str, Any]:
    """Of kept words those that the list still knows by name."""
    names = {"order", "cols", *(one.key for one in listing.filters)}
    return {name: str(value) for name, value in words.items() if name in names}


def is_mine(view: Any) -> bool:
    """Does the acting person keep this view?"""
    return bool(view.person_id == context.person.id)
