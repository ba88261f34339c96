# SPDX-License-Identifier: MIT
"""A list as CSV (RFC 4180): exactly the rows and columns that the page shows, in its order."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from flask import Response

from upart import clock
from upart.context import context
from upart.db import reading
from upart.db.types import Private
from upart.errors import SignInNeeded
from upart.manage.asked import Asked
from upart.manage.showing import HIDDEN, values_of
from upart.theming.locales import gettext as _

BLOCK = 500
"""Rows that are in memory at a time."""

IN_MEMORY = 256 * 1024
"""Bytes of a sheet that stay in memory; what is more lies on the disk, in a file without a name."""

PIECE = 64 * 1024

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters with which spreadsheets begin a formula (CWE-1236)."""

MARK = "\ufeff"
"""Without it spreadsheets read UTF-8 as something else."""


def written(asked: Asked) -> tuple[IO[bytes], int]:
    """The sheet, at its beginning, and how many rows it has. Reads through a door of its own, so that nobody who writes waits for it.

    Private values count as shown to the acting person. Raises SignInNeeded as the page does.
    """
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    rows = 0
    try:
        out.write(MARK.encode())
        out.write(as_csv([[_(column.label) for column in asked.columns]]))
        with reading(context.academy, context.person, masks=True):
            for block in _blocks(asked):
                out.write(as_csv(block))
                rows += len(block)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    return out, rows


def sheet_answer(name: Callable[[], str], rows: Callable[[], Iterable[Iterable[Any]]]) -> Response:
    """A table as a file for spreadsheets (RFC 4180, UTF-8): every cell in quotes, and none is a formula.

    `rows()` gives the head, then the rows. It is called first, in a door of its own that only reads, so that nobody who writes waits for
    it, and asks itself whether the acting person may see them. `name()` is called then, in the view's door; the academy and the day are
    added. The view comes by POST and notes with `emit()` that the table was taken out.
    """
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    try:
        out.write(MARK.encode())
        with reading(context.academy, context.person, masks=True):
            for row in rows():
                out.write(as_csv([[_plain(value) for value in row]]))
        out.seek(0)
    except BaseException:
        out.close()
        raise
    return to_download(out, name())


def to_download(out: IO[bytes], name: str) -> Response:
    """The answer that sends a sheet, and closes it."""
    file = f"{context.academy.slug}-{name}-{clock.now():%Y-%m-%d}.csv"
    answer = Response(pieces(out), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{file}"'})
    answer.call_on_close(out.close)
    return answer


def pieces(out: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a sheet, some at a time."""
    while piece := out.read(PIECE):
        yield piece


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as CSV in UTF-8; every cell in quotes, and none is a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue().encode()


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str):
        plain = str.__str__(value)
        return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA) or plain.startswith(FORMULA) else plain
    return value


def _blocks(asked: Asked) -> Iterator[list[list[Any]]]:
    after: str | None = None
    while True:
        page = asked.page(after, BLOCK)
        table = values_of(asked, page.rows)
        yield [[_plain(value) for value in values] for values in table]
        if page.after is None:
            return
        after = page.after


def _plain(value: Any) -> Any:
    """A value as a sheet has it: instants in UTC (ISO 8601), several words with commas between."""
    if value is None or value is HIDDEN:
        return ""
    if isinstance(value, Private):
        _shown(value)
        return str.__str__(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _shown(value: Private) -> None:
    if not context.shows_private:
        raise SignInNeeded(again=context.person is not None)
    noted = Private("", value.source)  # whose it was is noted, not what it was: that would keep all of them in memory
    noted.row = value.row
    context.show(noted if value.row is not None else value)
