# SPDX-License-Identifier: MIT
"""What an address asks of a list: words to look for, filters, an order, columns. It is all there, so a link says it whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from sqlalchemy import Select, or_
from werkzeug.datastructures import MultiDict

from upart.context import context
from upart.db import stands_in
from upart.db.types import UNSTORABLE
from upart.errors import Problem, SignInNeeded
from upart.hooks.find import Page, paged
from upart.manage.listing import Column, Listing, is_private
from upart.theming.locales import gettext as _

WORDS = 100
"""Characters that are looked for."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a list. `chosen` are keys of columns."""

    listing: Listing
    q: str
    filters: Mapping[str, str]
    order: str
    chosen: tuple[str, ...]

    @classmethod
    def read(cls, listing: Listing, given: MultiDict[str, str]) -> Self:
        """From an address or a form. Raises Problem 400 for a filter that is none: the list would show more than was meant."""
        q = given.get("q", "").strip()[:WORDS]
        if not listing.search or UNSTORABLE.search(q):
            q = ""
        filters = {one.key: value for one in listing.filters if (value := given.get(one.key, ""))}
        for one in listing.filters:
            if one.key in filters and filters[one.key] not in one.options:
                raise Problem(400, _("This filter is not known: %(label)s.", label=_(one.label)), remedy=_("Open the list without it, and choose again."))
        orders = {column.key for column in listing.visible() if column.sort}
        order = given.get("order", "")
        order = order if order.removeprefix("-") in orders else listing.order
        return cls(listing, q, filters, order, _columns(listing, given))

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that are shown, in the order of the list; the first one always."""
        return [column for n, column in enumerate(self.listing.visible()) if n == 0 or column.key in self.chosen]

    @property
    def sorted_by(self) -> Column:
        """The column by which the list is ordered."""
        return next(column for column in self.listing.columns if column.key == self.order.removeprefix("-"))

    @property
    def narrows(self) -> bool:
        """Is anything left out by words or filters?"""
        return bool(self.q or self.filters)

    @property
    def bare(self) -> dict[str, Any]:
        """The words without those that leave something out."""
        return {name: value for name, value in self.words().items() if name in ("order", "cols")}

    def words(self, **instead: str) -> dict[str, Any]:
        """The same as words of an address, without what goes without saying; `instead` replaces some ("" takes away)."""
        at_first = ",".join(_at_first(self.listing))
        said = {"q": self.q, **self.filters, "order": "" if self.order == self.listing.order else self.order}
        said["cols"] = "" if (cols := ",".join(self.chosen)) == at_first else cols
        return {name: value for name, value in {**said, **instead}.items() if value}

    def statement(self) -> Select[Any]:
        """The select of all rows that match. Raises SignInNeeded where what is asked touches private data and no password was given lately."""
        self._may_touch_private()
        found = self.listing.select()
        if self.q:
            found = found.where(or_(*(stands_in(self.q, column) for column in self.listing.search)))
        for one in self.listing.filters:
            if value := self.filters.get(one.key):
                found = found.where(one.where(value))
        return found

    def page(self, after: str | None, size: int) -> Page[Any]:
        """A page of them, by key."""
        by, last_first = self.sorted_by.of, self.order.startswith("-")
        return paged(self.statement(), by, self.listing.model.id, after=after, size=size, newest_first=last_first)

    def _may_touch_private(self) -> None:
        """Words that find nobody say as much about an address as the address itself."""
        asks = (self.q and any(map(is_private, self.listing.search))) or self.sorted_by.private or any(column.private for column in self.columns)
        if asks and not context.shows_private:
            raise SignInNeeded(again=context.person is not None)


def _at_first(listing: Listing) -> list[str]:
    return [column.key for column in listing.visible() if column.shown]


def _columns(listing: Listing, given: MultiDict[str, str]) -> tuple[str, ...]:
    if "cols" not in given:
        return tuple(_at_first(listing))
    named = {word for words in given.getlist("cols") for word in words.split(",")}
    return tuple(column.key for n, column in enumerate(listing.visible()) if n == 0 or column.key in named)
