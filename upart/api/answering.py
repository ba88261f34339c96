# SPDX-License-Identifier: MIT
"""Answers of the API: JSON with the mark of its version, and what caches may do with it (RFC 9110, 13)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Response, request

from upart.api.reading import Listed, Row
from upart.context import context
from upart.errors import Problem
from upart.hooks.resources import Part
from upart.theming.cache import VARIES
from upart.theming.headers import KNOWS, PRIVATE, PUBLIC
from upart.theming.problems import problem

JSON = "application/json"


def tag_of(row: Any) -> str:
    """The mark of a version: it changes with each change of what may be read of the object."""
    return blake2b(msgspec.json.encode(row), digest_size=10).hexdigest()


def listed(found: Listed, args: Mapping[str, str]) -> Response:
    """A page of a list, with the addresses of those beside it (RFC 8288)."""
    links = {rel: _address(args, cursor) for rel, cursor in (("next", found.next), ("prev", found.prev)) if cursor is not None}
    page: dict[str, Any] = {"next": links.get("next"), "prev": links.get("prev")}
    if found.count is not None:
        page["count"] = found.count
    body = msgspec.json.encode({"data": found.rows, "page": page})
    response = _answer(body, f"{context.academy.epoch:x}-{blake2b(body, digest_size=10).hexdigest()}")
    if links:
        response.headers["Link"] = ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items())
    return response


def part(found: Part, path: str, args: Mapping[str, str]) -> Response:
    """A part of what was found, with the address of the next one. No cache keeps it: an index does not raise the academy's epoch."""
    next = f"{path}?{urlencode({**args, **found.next})}" if found.next else None
    body = msgspec.json.encode({"data": found.rows, "page": {"next": next, "prev": None}})
    response = _answer(body, f"{context.academy.epoch:x}-{blake2b(body, digest_size=10).hexdigest()}")
    response.headers["Cache-Control"] = PRIVATE
    response.headers.pop(KNOWS, None)
    if next:
        response.headers["Link"] = f'<{next}>; rel="next"'
    return response


def one(whole: Any, shown: Row | Any, status: int = 200, location: str = "") -> Response:
    """An object: of the whole comes its mark, what is shown may be a part, or more."""
    body, tag = msgspec.json.encode(shown), f"{context.academy.epoch:x}-{tag_of(whole)}"
    if shown != whole:
        tag += f"-{blake2b(body, digest_size=4).hexdigest()}"
    response = _answer(body, tag, status)
    if location:
        response.headers["Location"] = location
    return response


def plain(data: Any) -> Response:
    """Data that are the same for everybody who reads them here."""
    return _answer(msgspec.json.encode(data), f"{context.academy.epoch:x}-{tag_of(data)}")


def unless_changed(current: Any) -> Response | None:
    """None if the sender has seen this version (If-Match); else what to answer: 428 when they do not say, 412 with the current state."""
    asked = request.if_match
    if not asked:
        raise Problem(428, "This needs If-Match with the ETag of what you have read.", remedy="Read it, and send its ETag along.", code="unconditional")
    tag = tag_of(current)
    if asked.star_tag or any(tag in (one or "").split("-")[1:2] for one in asked.as_set(include_weak=True)):
        return None
    answer = problem(412, "Somebody has changed this since you read it. Nothing was changed now.", current=current)
    answer.set_etag(f"{context.academy.epoch:x}-{tag}")
    return answer


def _answer(body: bytes, tag: str, status: int = 200) -> Response:
    reads = request.method in ("GET", "HEAD")
    public = reads and context.person is None and context.scopes is None
    headers = [("ETag", f'"{tag}"'), ("Cache-Control", PUBLIC if public else PRIVATE)]
    if public and not any(name in request.environ for name in VARIES):
        headers.append((KNOWS, "1"))
    if status == 200 and reads and "HTTP_IF_NONE_MATCH" in request.environ and request.if_none_match.contains_weak(tag):
        response = Response(b"", 304, headers)
        del response.headers["Content-Type"]
        return response
    return Response(body, status, headers, content_type=JSON)


def _address(args: Mapping[str, str], cursor: str) -> str:
    return f"{request.path}?{urlencode({**args, 'cursor': cursor})}"
