# SPDX-License-Identifier: MIT
"""What a correction, an objection or a withdrawal asks for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from upart.db.types import Private
from upart.privacy.register import TableEntry
from upart.privacy.taxonomy import Category, Purpose
from upart.rights.cells import HIDDEN, NOTHING, Cell
from upart.rights.engine.holdings import holdings
from upart.rights.models import RequestKind, RightsRequest
from upart.rights.purposes import BASES
from upart.theming import wording
from upart.theming.locales import gettext as _


@dataclass(frozen=True, slots=True)
class AskedValue:
    """A value that should be corrected: what stood there, and what is right; both forgotten once it is done."""

    label: str
    was: Cell
    right: Cell


@dataclass(frozen=True, slots=True)
class Asked:
    """The purpose, or the table with the values, that a request is about."""

    title: str
    values: tuple[AskedValue, ...] = ()


def asked_of(request: RightsRequest, *, fresh: bool) -> Asked | None:
    """What a request asks for; None when its kind says it all. Private values stay hidden until the password was given."""
    name, wanted = str(request.details.get("name", "")), request.details.get("values")
    if request.kind in BASES and name in set(Purpose):
        return Asked(wording.sentence(_(wording.PURPOSES[Purpose(name)])))
    if request.kind is not RequestKind.RECTIFY or not name:
        return None
    entry = holdings().register.tables.get(name)
    values = tuple(_value(entry, key, change, fresh) for key, change in wanted.items()) if isinstance(wanted, Mapping) else ()
    title = _(entry.title) if entry is not None else name
    return Asked(title, tuple(replace(one, was=_noted(one.was, request), right=_noted(one.right, request)) for one in values))


def _noted(cell: Cell, request: RightsRequest) -> Cell:
    """The same, as private text of the request: whoever else reads it leaves a line for the person."""
    if cell.kind != "text":
        return cell
    text = Private(cell.value, f"{RightsRequest.__tablename__}.words")
    text.row = request.id
    return Cell(cell.kind, text)


def _value(entry: TableEntry | None, key: str, change: Any, fresh: bool) -> AskedValue:
    column, _dot, way = key.partition(".")
    label = wording.sentence(wording.column(column)) + (f": {way}" if way else "")
    change = change if isinstance(change, Mapping) else {}
    shows = fresh or not _is_private(entry, column)
    return AskedValue(label, _cell(change.get("from"), shows), _cell(change.get("to"), shows))


def _is_private(entry: TableEntry | None, column: str) -> bool:
    found = [d for one, d in entry.declared() if one.name == column] if entry is not None else []
    categories = [category for d in found for category in (d.category, *d.paths.values()) if category]
    return not categories or any(Category(category).is_private for category in categories)


def _cell(value: Any, shows: bool) -> Cell:
    if value is None or value == "":
        return NOTHING
    return Cell("text", {True: _("yes"), False: _("no")}[value] if isinstance(value, bool) else str(value)) if shows else HIDDEN
