# SPDX-License-Identifier: MIT
"""Nothing is answered before the ledger has been looked at: what an older database does not know yet is done first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from upart.rights.actions.catching_up import catch_up
from upart.rights.ledger.book import BOOK, Book
from upart.rights.ledger.lines import LedgerRefused
from upart.theming.neutral import say

log = logging.getLogger("upart.rights.ledger")


class LedgerGate:
    """WSGI: catches up with the ledger before the first request of this process; answers 503 while the ledger is refused."""

    def __init__(self, app: Callable[..., Iterable[bytes]], portal: Flask) -> None:
        self.app, self.portal = app, portal
        self._book: Book = portal.extensions[BOOK]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer or pass on."""
        if not self._book.caught_up and environ.get("PATH_INFO") != "/healthz":
            try:
                catch_up(self.portal)
            except LedgerRefused as error:
                log.error("%s", error)
                return _not_now(start_response)
            except SQLAlchemyError:
                log.exception("it cannot be seen how far the database knows the ledger")
                return _not_now(start_response)
        return self.app(environ, start_response)


def _not_now(start_response: Callable[..., Any]) -> Iterable[bytes]:
    return say(
        start_response, "503 Service Unavailable", b"Not available right now", b"Please try again later. Whoever runs this portal has been told.",
        ("Retry-After", "60"),
    )  # fmt: skip
