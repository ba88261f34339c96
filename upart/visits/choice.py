# SPDX-License-Identifier: MIT
"""Whether visits of this browser are counted: the academy's setting, what its owner has chosen, the browser's signal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from werkzeug.http import parse_cookie

from upart import clock
from upart.accounts.sessions import set_cookie
from upart.context import CurrentAcademy

COOKIE, KEY = "upart_choices", "visits"
LASTS = timedelta(days=180)
NO, YES, DESPITE = "0", "1", "2"
"""Answers in the cookie; the last is a yes that was given although the browser sends its signal."""

LONGEST = 3000


def signalled(environ: Mapping[str, Any]) -> bool:
    """Does the browser send Global Privacy Control? Any value but exactly `1` counts for nothing (W3C GPC, section 3.2)."""
    return bool(environ.get("HTTP_SEC_GPC") == "1")


def chosen(environ: Mapping[str, Any]) -> str:
    """The answer that the browser has brought, or ""."""
    header = environ.get("HTTP_COOKIE", "")
    if COOKIE not in header:
        return ""
    brought = parse_cookie(header)
    value = brought.get(f"__Host-{COOKIE}" if environ.get("wsgi.url_scheme") == "https" else COOKIE, "")
    pairs = dict(pair.partition(":")[::2] for pair in value.split(".")) if len(value) <= LONGEST else {}
    found = pairs.get(KEY, "")
    return found if found in (NO, YES, DESPITE) else ""


def may_count(environ: Mapping[str, Any], academy: CurrentAcademy) -> bool:
    """Is a visit of this browser counted here? A choice wins over the signal if it was made in spite of it; a page fetched in advance is none."""
    if not academy.settings["visits"] or "HTTP_SEC_PURPOSE" in environ:
        return False
    answer = chosen(environ)
    return answer != NO and (answer == DESPITE or not signalled(environ))


def remember(counted: bool, environ: Mapping[str, Any]) -> None:
    """Note the answer for this browser; its cookie goes out with the answer to this request."""
    set_cookie(COOKIE, f"{KEY}:{(DESPITE if signalled(environ) else YES) if counted else NO}", clock.now() + LASTS)
