# SPDX-License-Identifier: MIT
"""Where higher layers look at a request to the API before it is worked on."""

from __future__ import annotations

from collections.abc import Callable

from flask import Request, Response

Before = Callable[[Request], Response | None]

BEFORE: list[Before] = []
"""Asked in this order, in the request's door and before its first statement; the first answer is the answer. An exception is one as well."""


def before(function: Before) -> Before:
    """Ask this function too. For limits of rates, and for requests that were answered before."""
    BEFORE.append(function)
    return function


def first_answer(request: Request) -> Response | None:
    """What somebody answers before anything is done, or None."""
    return next((answer for one in BEFORE if (answer := one(request)) is not None), None)
