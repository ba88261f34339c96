# SPDX-License-Identifier: MIT
"""A table as somebody sent it: which characters, what stands between columns, its head and its rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from upart.errors import Problem
from upart.theming.locales import gettext as _

LARGEST, ROWS, COLUMNS, CELL, LONGEST = 5 * 1000 * 1000, 10_000, 50, 500, 20_000
"""Bytes of a file, rows and columns of its table, characters of most cells, and of those that a field lets be longer."""

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BETWEEN = (",", ";", "\t")
SAMPLE = 20
"""Rows by which it is told what stands between columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """What was read: `head` are the names of columns, `rows` the numbers that a spreadsheet gives to rows, and their cells without space around them."""

    encoding: str
    between: str
    head: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_table(data: bytes) -> Table:
    """Read a CSV file (RFC 4180) in UTF-8, UTF-16, Windows-1252 or Latin-1, with commas, semicolons or tabs. Raises Problem 422 in words."""
    if len(data) > LARGEST:
        raise _unreadable(_("This file is larger than %(n)s MB.", n=LARGEST // 1_000_000), _("Send it in parts."))
    text, encoding = _decoded(data)
    between = _between(text)
    found = [(n, row) for n, row in enumerate(_parsed(text, between), 1) if any(row)]
    if not found:
        raise _unreadable(_("There is nothing in this file."), _("Save the table as CSV, then choose it again."))
    if max(len(row) for _n, row in found) > COLUMNS:
        raise _unreadable(_("This table has more than %(n)s columns.", n=COLUMNS), _("Leave out those that are not needed."))
    first = found[0][1]
    has_head = not any("@" in cell for cell in first)
    head = list(first) if has_head else [_("Column %(n)s", n=n + 1) for n in range(len(first))]
    rows = found[1:] if has_head else found
    if not rows:
        raise _unreadable(_("There is no row below the heads of the columns."), _("Save the whole table as CSV, then choose it again."))
    if len(rows) > ROWS:
        raise _unreadable(_("This table has more than %(n)s rows.", n=ROWS), _("Send it in parts."))
    return Table(encoding, between, head[:COLUMNS], rows)


def _unreadable(message: str, remedy: str) -> Problem:
    return Problem(422, message, remedy=remedy, code="table_refused")


def _decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: by its mark, by its zeros, else the first that fits; Latin-1 fits everything."""
    marked = next((name for mark, name in MARKS if data.startswith(mark)), "")
    for encoding in [marked] if marked else [*_by_zeros(data[:2000]), "utf-8", "cp1252", "latin-1"]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise _unreadable(_("The characters of this file cannot be read."), _("Save the table as CSV in UTF-8."))


def _by_zeros(head: bytes) -> list[str]:
    """UTF-16 without a mark: every other byte of plain letters is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return ["utf-16-le"] if odd > len(head) / 8 > even else ["utf-16-be"] if even > len(head) / 8 > odd else []


def _between(text: str) -> str:
    """What stands between columns: what splits the first rows into the most columns, equally many in most of them."""

    def columns(sign: str) -> tuple[int, int]:
        lengths = [len(row) for row in _parsed("\n".join(text.splitlines()[:SAMPLE]), sign, lenient=True) if any(row)]
        most = max(set(lengths), key=lengths.count) if lengths else 1
        return (most > 1 and lengths.count(most) * 2 > len(lengths), most)

    return max(BETWEEN, key=columns)


def _parsed(text: str, sign: str, *, lenient: bool = False) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            rows.append([_cell(cell) for cell in row[: COLUMNS + 1]])
            if len(rows) > 2 * ROWS:
                break
    except csv.Error:
        if not lenient:
            raise _unreadable(_("Row %(n)s of this file cannot be read.", n=len(rows) + 1), _("Open it in a spreadsheet and save it as CSV again.")) from None
    return rows


def _cell(text: str) -> str:
    """A cell as it is kept: what no database can hold is replaced, and what is endless is cut, so that neither passes for a good value."""
    return text[: LONGEST + 1].encode("utf-8", "replace").decode().replace("\0", "\ufffd").strip()
