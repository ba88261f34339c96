# SPDX-License-Identifier: MIT
"""Let somebody without an account read one draft: an address that is signed, for one object, for some days; nothing keeps or finds the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from upart import clock
from upart.context import context
from upart.errors import NotHere
from upart.keys import ring

PURPOSE = "preview"
DAYS = timedelta(days=7)

HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
"""Of a page that was opened by such an address: kept by no cache, found by no search engine, its address told to no other page."""


def preview_token(row: Any, *, ends: timedelta = DAYS) -> str:
    """What opens the preview of one row at this academy until `ends` from now. Give it as `preview=` of a GET page to whom may give it on."""
    until = int((clock.now() + ends).timestamp())
    return f"{until}.{ring().digest(PURPOSE, _named(row, until), context.academy.id)}"


def open_preview(row: Any, token: str) -> None:
    """Pass with a token that was made here for this row and has not ended. Raises NotHere (404): forged, late, another's and absent answer alike."""
    until, _dot, signature = token.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12 and int(until) > clock.now().timestamp()):
        raise NotHere
    if ring().signed(PURPOSE, f"{_named(row, int(until))}.{signature}", context.academy.id) is None:
        raise NotHere


def as_preview(response: Response) -> Response:
    """Mark an answer as a preview: for no cache, no search engine, no other page."""
    response.headers.update(HEADERS)
    return response


def _named(row: Any, until: int) -> str:
    return f"{row.__tablename__}.{row.id}.{until}"
