# SPDX-License-Identifier: MIT
"""A visitor: requests to one host of an application, over WSGI, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from werkzeug.test import Client as WerkzeugClient
from werkzeug.test import TestResponse

from upart.cookies.gate import STRICT


def networks() -> Iterator[str]:
    """Addresses, each of another network, so that limits let requests from them pass."""
    return (f"10.{number >> 8 & 255}.{number & 255}.1" for number in count())


class Client:
    """`Client(app, host="athena.localhost").get("/courses/")`; keeps cookies as a browser would.

    A page that would set a cookie which may not be set raises CookieRefused; with `strict=False` it is dropped, as for people.
    """

    def __init__(self, app: Any, host: str = "localhost", *, strict: bool = True) -> None:
        self.host, self.strict = host, strict
        self._client = WerkzeugClient(app)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET; `headers` and further options as in werkzeug.test."""
        return self.open(path, method="GET", **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """POST, from the same origin unless `headers` says otherwise."""
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        return self.open(path, method="POST", headers=headers, **options)

    def cookie(self, name: str) -> str | None:
        """The value of a cookie, as this browser keeps it."""
        kept = self._client.get_cookie(name, domain=self.host)
        return kept.value if kept else None

    def keep(self, name: str, value: str) -> None:
        """Put a cookie into this browser, as a thief would."""
        self._client.set_cookie(name, value, domain=self.host)

    def forget(self, name: str) -> None:
        """Take a cookie out of this browser."""
        self._client.delete_cookie(name, domain=self.host)

    def open(self, path: str, **options: Any) -> TestResponse:
        """Any method."""
        environ = {STRICT: self.strict, **(options.pop("environ_overrides", None) or {})}
        return self._client.open(path, base_url=options.pop("base_url", f"http://{self.host}"), environ_overrides=environ, **options)
