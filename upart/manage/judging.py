# SPDX-License-Identifier: MIT
"""What would become of each row of a table: by its own cells, then by what is here already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from upart.errors import Fault
from upart.manage.models import RowState
from upart.manage.reading import CELL
from upart.theming.locales import gettext as _

BLOCK = 500
"""Rows of one statement."""

Judge = Callable[[Sequence[Mapping[str, str]]], Sequence[bool | Fault]]
"""Of each of some rows: is it here already, would it be added (False), or what stands against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportField:
    """A field that a column of the table can fill.

    `check(text)` returns the value as it is kept, or raises ValueError with words. `names`: heads by which its column is known, in small letters.
    `longest`: characters of a cell, 20,000 at most.
    """

    key: str
    label: str
    check: Callable[[str], str]
    names: tuple[str, ...] = ()
    needed: bool = True
    longest: int = CELL


@dataclass(slots=True)
class Judged:
    """What would become of a row, and why not; which field is at fault, and what stands there."""

    number: int
    state: RowState
    values: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    column: str = ""
    cell: str = ""


def checked(
    fields: Sequence[ImportField], keys: Sequence[str], number: int, cells: Sequence[str], columns: Mapping[str, int], first: dict[tuple[str, ...], int]
) -> Judged:
    """A row by itself; `first` remembers which row said the same of `keys` before."""
    one = Judged(number, RowState.WAITING)
    for want in fields:
        at = columns.get(want.key)
        text = cells[at] if at is not None and at < len(cells) else ""
        try:
            if len(text) > want.longest or "\ufffd" in text:
                raise ValueError(_("This is too long, or contains characters that cannot be read."))
            if not text and want.needed:
                raise ValueError(_("Nothing stands here."))
            one.values[want.key] = want.check(text) if text else ""
        except ValueError as error:
            return Judged(number, RowState.LEFT, reason=str(error), column=_(want.label), cell=text[:100])
    if (earlier := first.setdefault(tuple(one.values[key] for key in keys), number)) != number:
        return _left(fields, one, keys[0], _("Row %(n)s says the same. Keep one of them.", n=earlier))
    return one


def _left(fields: Sequence[ImportField], one: Judged, key: str, reason: str) -> Judged:
    label = next((_(want.label) for want in fields if want.key == key), "")
    return Judged(one.number, RowState.LEFT, reason=reason, column=label, cell=one.values.get(key, "")[:100])


def known(fields: Sequence[ImportField], judge: Judge, found: Sequence[Judged]) -> list[Judged]:
    """The same rows by what is here already: those that stay as they are, and those that something stands against."""
    said: dict[int, bool | Fault] = {}
    good = [one for one in found if one.state is RowState.WAITING]
    for at in range(0, len(good), BLOCK):
        block = good[at : at + BLOCK]
        said |= {one.number: word for one, word in zip(block, judge([one.values for one in block]), strict=True)}
    return [_judged(fields, one, said.get(one.number, False)) for one in found]


def _judged(fields: Sequence[ImportField], one: Judged, word: bool | Fault) -> Judged:
    if isinstance(word, Fault):
        return _left(fields, one, word.pointer, word.detail)
    if word:
        one.state = RowState.SAME
    return one
