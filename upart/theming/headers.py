# SPDX-License-Identifier: MIT
"""Headers of every answer: one constant content security policy, and what caches may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from flask import Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

SECURITY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Of what everybody may open: front ends on other origins show it too."""

HSTS = "max-age=31536000; includeSubDomains"
PUBLIC = "public, no-cache"
EMPTY: Mapping[str, Collection[str]] = MappingProxyType({})
PRIVATE = "private, no-store"
KNOWS = "X-Upart-Knows"
"""Marks, for the page cache alone, a page that somebody with a session cookie sees differently; never leaves the house."""

ALWAYS, BEHIND_TLS = (*SECURITY.items(), ("Cache-Control", PRIVATE)), (("Strict-Transport-Security", HSTS),)

LATER = "60"
"""Seconds until another try is worth it, where nothing better is known."""

FOR_EVER = "public, max-age=31536000, immutable"


def form_to(response: Response, address: str) -> Response:
    """Let the form of this one page go to an address of another host."""
    response.headers["Content-Security-Policy"] = CSP.replace("form-action 'self'", f"form-action 'self' {address}")
    return response


def framing(response: Response, origin: str) -> Response:
    """Let this one page show a frame of another host ("https://player.example.org"); all others show none. For what somebody has just asked to see."""
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src {origin}"
    return response


def widened(policy: str, sources: Mapping[str, Collection[str]]) -> str:
    """A content security policy that allows these origins too, by directive."""
    said = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    for directive, origins in sources.items():
        new = [origin for origin in origins if origin not in said.get(directive, "").split()]
        said[directive] = " ".join([said.get(directive) or "'self'", *new])
    return "; ".join(f"{name} {values}".strip() for name, values in said.items())


def secure(response: Response, *, tls: bool, sources: Mapping[str, Collection[str]] = EMPTY) -> Response:
    """Put the security headers on an answer; HSTS only behind TLS (RFC 6797, 7.2). `sources` are what assets of plugins on this page fetch elsewhere."""
    if sources:
        response.headers["Content-Security-Policy"] = widened(response.headers.get("Content-Security-Policy", CSP), sources)
    given = {name.lower() for name, _value in response.headers}  # once: werkzeug goes through all of them for each name
    for name, value in (*ALWAYS, *(BEHIND_TLS if tls else ())):
        if name.lower() not in given:
            response.headers.add(name, value)
    if response.status_code in (429, 503):
        response.headers.setdefault("Retry-After", LATER)
    return response
