# SPDX-License-Identifier: MIT
"""Every line of one table that is about somebody, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from upart.db import everywhere
from upart.privacy.register import PEOPLE, TableEntry
from upart.rights.cells import Cell, cell, readable
from upart.rights.engine.holdings import holdings
from upart.rights.engine.reading import Reader, Shown, counts, reader_of
from upart.rights.engine.subjects import DataSubject
from upart.theming import wording
from upart.theming.locales import gettext as _

PAGE = 50
"""Lines of a page."""

NAMES = ("title", "name", "slug")
"""Columns by which a row that is linked to is called, the best first."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its words, and what kind of data it holds."""

    label: str
    category: str


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of a table's lines, newest first; `before` is the key of the next page, or None."""

    entry: TableEntry
    title: str
    total: int
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ids: tuple[UUID, ...]
    before: UUID | None
    withheld: Mapping[str, str]
    reason: str
    basis: str
    period: str
    hides: bool

    @property
    def is_account(self) -> bool:
        """Is it the account? Its id stands on no page, and its own pages change it."""
        return PEOPLE.get(self.entry.table) == "platform"


def lines(subjects: Sequence[DataSubject], plugin: str, table: str, *, before: UUID | None, fresh: bool) -> Lines | None:
    """A page of lines; None when this table can hold nothing about them."""
    reader = reader_of(holdings(), subjects, table)
    if reader is None or reader.entry.plugin != plugin:
        return None
    with everywhere("show somebody every line that is held about them") as opened:
        total = counts(opened, [reader])[0]
        rows = reader.page(opened, PAGE + 1, before)
        more, rows = len(rows) > PAGE, rows[:PAGE]
        names = {shown.name: _names(opened, reader, shown, rows) for shown in reader.shown() if shown.kind in ("ref", "file")}
    columns = [
        (shown, [cell(shown, row.get(shown.name), fresh=fresh, names=names.get(shown.name)) for row in rows])
        for shown in readable(reader.shown(), reader.entry)
    ]
    filled = [(shown, cells) for shown, cells in columns if any(one.kind != "none" for one in cells)]
    cells, made = tuple(zip(*(cells for _shown, cells in filled), strict=True)), reader.entry.processing
    return Lines(
        reader.entry, _(reader.entry.title), total, tuple(_column(shown) for shown, _cells in filled), cells, tuple(row["id"] for row in rows),
        rows[-1]["id"] if more else None,
        {wording.column(name): _(why) for name, why in reader.withheld.items()}, wording.purpose(made) if made else "", wording.basis(made) if made else "",
        wording.period(made) if made else "", not fresh and any(one.kind == "hidden" for row in cells for one in row),
    )  # fmt: skip


def _column(shown: Shown) -> Column:
    return Column(wording.sentence(wording.column(shown.name)), wording.category(shown.category) if shown.category else "")


def _names(opened: Session, reader: Reader, shown: Shown, rows: Iterable[Mapping[str, Any]]) -> dict[UUID, str]:
    """What the rows are called that a column links to: by a public name of theirs; a file by its own."""
    held, target = reader.finder.held, next(d.source for column, d in reader.columns if column.name == shown.name)
    allowed = "personal" if shown.kind == "file" else "not_personal"
    called = {column.name for column, d in held.entry(target).declared() if d.kind == allowed} if target in held.tables else set()
    name, ids = next((one for one in NAMES if one in called), ""), {row[shown.name] for row in rows if isinstance(row.get(shown.name), UUID)}
    if not name or not ids:
        return {}
    there = held.tables[target]
    wanted = sa.select(there.c.id, there.c[name]).where(there.c.id.in_(ids), reader.finder.inside(held.entry(target)))
    return {id: str(text) for id, text in opened.connection().execute(wanted)}
