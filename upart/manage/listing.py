# SPDX-License-Identifier: MIT
"""`Listing`: what the core or a plugin says about one list of its staff pages; all the rest follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from upart.db.types import PrivateText
from upart.errors import PluginError
from upart.hooks.routes import permitted

TAKEN = frozenset({"q", "order", "cols", "after", "saved", "do", "row", "all", "sure", "name", "shared"})
"""Words of an address or a form of lists that no filter may be called by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A state in a cell: its word, with an `icon`, and `kind` "ok", "warn", "bad", "info" or none."""

    text: str
    kind: str = ""
    icon: str = ""

    def __str__(self) -> str:
        """As a download has it."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list.

    `of` is the mapped column whose value it shows; `value(row)` makes another one of the row (text, number, instant,
    `Badge`, a list of badges, None); `of_all(ids)` gives the values of a whole page by id, with one query. `sort`: the list can be ordered
    by `of`, which is never empty. `below`: it stands in small letters below the first column. `shown`: at first. With `permission` only
    people who have it see, choose or download it. A column of a private category needs a password given within 15 minutes.
    """

    key: str
    label: str
    of: Any = None
    value: Callable[[Any], Any] | None = None
    of_all: Callable[[Sequence[UUID]], Mapping[UUID, Any]] | None = None
    sort: bool = False
    below: bool = False
    shown: bool = True
    permission: str = ""

    @property
    def private(self) -> bool:
        """Is its declared category private?"""
        return is_private(self.of)


def is_private(mapped: Any) -> bool:
    """Is the category of a mapped column one that is shown only to somebody who has just given the password?"""
    return isinstance(getattr(mapped, "type", None), PrivateText)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A choice above a list: `options` are values with their labels, translated when shown; `where(value)` is the criterion."""

    key: str
    label: str
    options: Mapping[str, str]
    where: Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view that everybody finds above the list: a label, filters by key, an order."""

    label: str
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """Something that is done to many rows at once.

    `act(row)` does it to one, inside the write session, or returns False where it is so already; it raises Problem for a row that must not be
    touched, which is then left out and named.
    `question` and `done` are a sentence for one row and one with "%(num)s". `undo` is the key of the act that takes it back;
    without one it is asked for once more, with the number and `what`, which says what it leads to. `permission`: who may; "" for all who see the list.
    """

    key: str
    label: str
    act: Callable[[Any], Any]
    question: tuple[str, str]
    done: tuple[str, str]
    undo: str = ""
    what: str = ""
    icon: str = ""
    permission: str = ""

    @property
    def allowed(self) -> bool:
        """May the acting person do it?"""
        return not self.permission or permitted(self.permission)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of a staff page: rows of `model`, of which `rows()` is the select of those that the acting person may see.

    `name` is unique ("people"); views that people keep, and the file of a download, are called by it. `title` is the heading, `sentence` says what the
    list is ("All people of the academy"). `order` is the key of a column that has `sort`, with "-" before it from the last to the first. The first column
    names the row; `opens(row)` is the address of its page. `search` are mapped text columns in which the words of the search field are
    looked for. `download` is the permission to take the list out as CSV; without one nobody may. `template` extends "manage/list.html".
    Raises PluginError for a filter with a name that lists use themselves, and an order that is none.
    """

    name: str
    model: Any
    title: str
    sentence: str
    columns: tuple[Column, ...]
    order: str
    rows: Callable[[], Select[Any]] | None = None
    opens: Callable[[Any], str] | None = None
    filters: tuple[Filter, ...] = ()
    tabs: tuple[Tab, ...] = ()
    search: tuple[Any, ...] = ()
    search_label: str = ""
    bulk: tuple[Bulk, ...] = ()
    download: str = ""
    people: bool = False
    template: str = "manage/list.html"
    values: Callable[[], Mapping[str, Any]] | None = None

    def __post_init__(self) -> None:
        """See that the parts fit together."""
        for one in self.filters:
            if one.key in TAKEN:
                raise PluginError(f"The list {self.name} has a filter '{one.key}', and lists use that word themselves.", remedy="Give it another key.")
        if self.order.removeprefix("-") not in {column.key for column in self.columns if column.sort}:
            raise PluginError(f"The list {self.name} has no column to order by '{self.order}'.", remedy="Name the key of a column that has sort=True.")

    def select(self) -> Select[Any]:
        """The rows that the acting person may see."""
        return self.rows() if self.rows is not None else select(self.model)

    def visible(self) -> tuple[Column, ...]:
        """The columns that the acting person may see; the first one is always there."""
        return tuple(column for column in self.columns if not column.permission or permitted(column.permission))

    def acts(self) -> list[Bulk]:
        """What the acting person may do to many rows."""
        return [bulk for bulk in self.bulk if bulk.allowed]
