# SPDX-License-Identifier: MIT
"""Error pages: what happened, what to do, and a reference to quote. They need no database."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, StatementError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from upart.db import Unstorable
from upart.errors import NOT_HERE, START_OVER, Fault, Problem, Unfit, UpartError
from upart.theming.headers import PRIVATE
from upart.theming.locales import gettext as _
from upart.theming.problems import DETAILS, is_for_programs, problem
from upart.theming.render import render
from upart.theming.turns import SAFE

log = logging.getLogger("upart.faults")

PAGES = {  # status: title, what happened, what to do
    400: ("This request cannot be read", "Something in the address or the form is not as expected.", "Go back, correct it and send it again."),
    401: ("Please sign in first", "This page is for people who have signed in.", "Sign in and come back."),
    403: ("This is not open to you", "You are signed in, but this needs a permission that you do not have.", "Ask the academy's owner."),
    404: ("This page is not here", NOT_HERE, START_OVER),
    405: ("This does not work here", "The page exists, but not for this kind of request.", "Open it from a link."),
    408: ("This did not arrive in time", "What you sent stopped on its way. Nothing was changed.", "Check your connection and send it again."),
    410: ("This page is gone", "It was public once and has been taken back.", "Start from the first page."),
    413: ("This is too large", "What was sent is larger than this page accepts.", "Send a smaller file or a shorter text."),
    422: ("Something is missing or wrong", "What was sent cannot be used as it is.", "Correct it and send it again."),
    429: ("Too many requests", "So many requests came from here that we paused.", "Wait a minute and try again."),
    500: ("This is our fault", "Something broke while the page was made. Nothing of yours was changed.", "Try again in a minute; if it stays, tell us the reference."),
    503: ("Not available right now", "The portal is busy or being upgraded. Nothing of yours was changed.", "Try again in a minute."),
    507: ("No space left", "The server cannot store anything right now; reading works. Nothing of yours was changed.", "Please try again later."),
}  # fmt: skip

READ_ONLY = ("readonly database", "read-only transaction")
DATABASE = (  # what a database says that cannot do its work: words of it, status, what happened, what to do (empty: as above)
    (("locked", "busy", "lock timeout", "deadlock"), 503, "", ""),
    (("connection", "shutting down", "starting up"), 503, "", ""),
    (READ_ONLY, 503, "The portal can only be read right now. Nothing of yours was changed.", "Please try again later."),
    (("disk is full", "no space left"), 507, "", ""),
)  # fmt: skip


def error_pages(app: Flask) -> None:
    """Answer every kind of error with one of the pages above."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(UpartError, _ours)
    app.register_error_handler(StatementError, _statement)
    app.register_error_handler(Unstorable, _unstorable)
    app.register_error_handler(TimeoutError, _no_connection)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    response = page(error.code)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _ours(error: UpartError) -> Response:
    if error.status >= 500 and not (isinstance(error, Problem) and error.status in (503, 507)):
        log.error("%s: %s", type(error).__name__, error, exc_info=error)
        return page(error.status)
    code, faults = (error.code if isinstance(error, Problem) else ""), (error.faults if isinstance(error, Unfit) else ())
    return retry_after(error, page(error.status, text=error.message, remedy=error.remedy, code=code, faults=faults))


def retry_after(error: UpartError, response: Response) -> Response:
    """Say when it is worth trying again, if the error knows."""
    if isinstance(error, Problem) and error.retry:
        response.headers["Retry-After"] = str(error.retry)
    return response


def _statement(error: StatementError) -> Response:
    if isinstance(error.orig, Unstorable):
        return _unstorable(error.orig)
    words = str(error.orig).lower()
    if isinstance(error, OperationalError | InternalError | InterfaceError) and not (request.method in SAFE and _has(READ_ONLY, words)):
        for parts, status, text, remedy in DATABASE:
            if _has(parts, words):
                log.error("the database says: %s", error.orig)
                return page(status, text=text, remedy=remedy)
    return _unexpected(error)


def _unstorable(error: Unstorable) -> Response:
    return page(400, text=str(error))


def _has(parts: tuple[str, ...], words: str) -> bool:
    return any(part in words for part in parts)


def _no_connection(error: TimeoutError) -> Response:
    log.error("all connections to the database are in use: %s", error)
    return page(503)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return page(500)


def page(status: int, *, text: str = "", remedy: str = "", code: str = "", faults: Sequence[Fault] = ()) -> Response:
    """The error page of a status, for programs the problem; its reference also stands in the log."""
    title, usual, advice = PAGES.get(status, PAGES[500] if status >= 500 else PAGES[400])
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    log.info("answered %s, reference %s", status, reference)
    if is_for_programs(request.path):
        said = f"{text} {remedy}".strip() if text and text != NOT_HERE else DETAILS.get(status, usual)
        return problem(status, said, code=code, faults=faults, request_id=reference)
    values = {"status": status, "title": _(title), "text": text or _(usual), "remedy": remedy or _(advice), "reference": reference}
    response = render("core/error.html", status, **values)
    response.headers["Cache-Control"] = PRIVATE
    return response
