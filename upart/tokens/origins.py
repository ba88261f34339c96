# SPDX-License-Identifier: MIT
"""Other origins: pages of an academy's registered front ends may read its API (Fetch, "CORS protocol"), and nobody else's.

No cookie comes along: who is meant says so by a token. Stands before the page cache, so what is kept there is the same for all origins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from upart.context import CurrentAcademy
from upart.db import reading, session
from upart.tokens.bearing import is_call
from upart.tokens.models import FrontEnd
from upart.tokens.rates import LEFT

OPEN = ("/oauth/token", "/oauth/revoke")
"""Besides the API, what a front end must reach to sign somebody in and out."""

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
ASKED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Accept-Language"
TOLD = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, Idempotent-Replayed"
SECONDS = "600"
"""How long a browser may remember the answer to a preflight."""

MOST = 1000
Headers = list[tuple[str, str]]


class OriginGate:
    """WSGI: answers preflights, says to whom an answer may be shown, and how much may still be asked. Knows the origins of each academy as of its epoch."""

    def __init__(self, app: Callable[..., Iterable[bytes]], flask: Flask) -> None:
        self.app, self.flask = app, flask
        self._known: dict[UUID, tuple[int, frozenset[str]]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer or pass on. Expects `environ["upart.academy"]`, which the host gate sets."""
        path = environ.get("PATH_INFO", "")
        if not (is_call(path) or path in OPEN):
            return self.app(environ, start_response)
        origin = environ.get("HTTP_ORIGIN", "")
        shown = [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", TOLD)] if origin and self._may(environ, origin) else []
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            return _preflight(shown, start_response)

        def start(status: str, headers: Headers, *rest: Any) -> Any:
            vary = ", ".join(["Origin", *(value for name, value in headers if name.lower() == "vary")])
            left = environ[LEFT].headers() if LEFT in environ else ()
            return start_response(status, [*((n, v) for n, v in headers if n.lower() != "vary"), *left, *shown, ("Vary", vary)], *rest)

        return self.app(environ, start)

    def _may(self, environ: dict[str, Any], origin: str) -> bool:
        academy: CurrentAcademy = environ["upart.academy"]
        known = self._known.get(academy.id)
        if known is None or known[0] != academy.epoch:
            if len(self._known) > MOST:
                self._known.clear()
            known = self._known[academy.id] = academy.epoch, self._read(academy)
        return origin in known[1]

    def _read(self, academy: CurrentAcademy) -> frozenset[str]:
        try:
            with self.flask.app_context(), reading(academy):
                return frozenset(origin for origins in session.scalars(select(FrontEnd.origins)) for origin in origins)
        except SQLAlchemyError:
            return frozenset()  # the request itself will say what is wrong with the database


def _preflight(shown: Headers, start_response: Callable[..., Any]) -> Iterable[bytes]:
    allowed = [("Access-Control-Allow-Methods", METHODS), ("Access-Control-Allow-Headers", ASKED), ("Access-Control-Max-Age", SECONDS)] if shown else []
    start_response("204 No Content", [*shown, *allowed, ("Vary", "Origin"), ("Cache-Control", "no-store")])
    return []
