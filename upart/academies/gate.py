# SPDX-License-Identifier: MIT
"""The host gate, first in the chain: an unknown host gets a neutral answer and reaches nothing behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from upart.academies.directory import Directory, fold
from upart.theming.neutral import say

log = logging.getLogger("upart.gate")

Network = IPv4Network | IPv6Network
MAX_PATH = 4096
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
"""All that some page or interface might know, written as they are: methods are case-sensitive (RFC 9110, 9.1)."""


class HostGate:
    """WSGI: folds the host, finds its academy, puts both into the environ; answers /healthz and /readyz on every host."""

    def __init__(self, app: Callable[..., Iterable[bytes]], directory: Directory, trusted: tuple[Network, ...]) -> None:
        self.app, self.directory, self.trusted = app, directory, trusted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer or pass on."""
        path = environ.get("PATH_INFO", "")
        if path in ("/healthz", "/readyz"):
            return self._health(path, environ, start_response)
        if len(path) > MAX_PATH or len(environ.get("QUERY_STRING", "")) > 2 * MAX_PATH:
            return say(start_response, "414 URI Too Long", b"This address is too long", b"Shorten it and try again.", path=path)
        if environ["REQUEST_METHOD"] not in METHODS:
            return say(start_response, "501 Not Implemented", b"This is not known here", b"Open the address in a browser.", ("Connection", "close"), path=path)
        named = environ.get("HTTP_HOST", "")
        if "," in named or (not named and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"):
            return say(
                start_response, "400 Bad Request", b"This request names no host, or several", b"Name one (RFC 9112, 3.2).", ("Connection", "close"), path=path
            )
        host = fold(named)
        try:
            academy = self.directory.at(host) if host else None
        except Exception:  # database down or not migrated: say so, on every host
            log.exception("the directory of academies cannot be read")
            return say(
                start_response, "503 Service Unavailable", b"Not available right now", b"Please try again in a minute.", ("Retry-After", "60"), path=path
            )
        if academy is None:
            return say(
                start_response, "404 Not Found", b"Nothing is here", b"No portal answers at this address. Check the spelling of the host name.", path=path
            )
        self._believe_proxy(environ)
        environ["upart.host"], environ["upart.academy"] = host, academy
        return self.app(environ, start_response)

    def _believe_proxy(self, environ: dict[str, Any]) -> None:
        proto, address = environ.pop("HTTP_X_FORWARDED_PROTO", "").strip(), _unmapped(environ.get("REMOTE_ADDR", ""))
        if proto in ("http", "https") and self._is_trusted(address):
            environ["wsgi.url_scheme"] = proto
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        environ["REMOTE_ADDR"] = _unmapped(forwarded) if forwarded and self._is_trusted(address) else address

    def _is_trusted(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self.trusted)
        except ValueError:
            return False

    def _health(self, path: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if path == "/readyz":
            try:
                self.directory.at(self.directory.base_host)
            except Exception:
                return say(
                    start_response, "503 Service Unavailable", b"Not ready", b"The database does not answer, or needs: upart db upgrade", ("Retry-After", "60")
                )
        start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "no-store"), ("Content-Length", "3")])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else b"ok\n"]


def _unmapped(address: str) -> str:
    """An IPv4 address as it is, also from a socket for both kinds ("::ffff:192.0.2.1"; RFC 4291, 2.5.5.2): else all of IPv4 were one network."""
    return address[7:] if address[:7].lower() == "::ffff:" and "." in address else address
