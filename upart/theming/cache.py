# SPDX-License-Identifier: MIT
"""The page cache: a WSGI layer before Flask, for pages that are the same bytes for everybody.

Key: host, path, declared query parameters, language and the academy's epoch, so a page that
changed is never served and one academy's bytes never reach another. Bounded by bytes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from upart.context import CurrentAcademy
from upart.theming.headers import KNOWS
from upart.theming.problems import is_for_programs

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
OVERHEAD = 600
"""Bytes that one entry costs besides its body: key, headers, objects."""

MAX_PAGE = 512 * 1024
KNOWN_BY = ("upart_session", "upart_remember")
"""Cookies by which somebody may be known; what was chosen about cookies makes no page another one."""

VARIES = ("HTTP_AUTHORIZATION", "HTTP_ORIGIN")
"""What makes the answer to a program another one."""

PAGE = "upart.page"
"""Key of the environ under which the application says which page it answered with; kept with the page, for whoever counts pages before the cache."""


@dataclass(frozen=True, slots=True)
class Page:
    """One kept answer."""

    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    knows: bool = False
    name: str = ""

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.body) + OVERHEAD


class PageCache:
    """Answers anonymous GET and HEAD of public pages from memory; adds ETag and answers 304 (RFC 9110, 13).

    `asks`: may somebody be known at an academy without a cookie of ours?
    """

    def __init__(
        self, app: Callable[..., Iterable[bytes]], limit: int, queries: set[str], asks: Callable[[CurrentAcademy], bool] = lambda academy: False
    ) -> None:
        self.app = app
        self.asks = asks
        self.limit = limit
        self.queries = queries
        self.bytes = 0
        self._pages: OrderedDict[tuple[Any, ...], Page] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI. Expects `environ["upart.academy"]`, which the host gate sets."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        query, programs = environ.get("QUERY_STRING", ""), is_for_programs(environ["PATH_INFO"])
        if programs and any(name in environ for name in VARIES):
            return self.app(environ, start_response)
        if query and not programs:  # a program is told what it has asked wrongly
            query = environ["QUERY_STRING"] = declared(query, self.queries)
        academy: CurrentAcademy = environ["upart.academy"]
        key = (environ["upart.host"], environ["PATH_INFO"], query, environ["wsgi.url_scheme"], academy.id, academy.epoch)
        page = self._pages.get(key)
        if page is None or (page.knows and (self.asks(academy) or any(name in environ.get("HTTP_COOKIE", "") for name in KNOWN_BY))):
            return self._fill(key, environ, start_response)
        return _answer(page, environ, start_response)

    def _fill(self, key: tuple[Any, ...], environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        caught: list[Any] = []

        def catch(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], None]:
            caught[:] = [status, headers, *rest]
            return lambda data: None

        head = environ["REQUEST_METHOD"] == "HEAD"
        answer = self.app(environ, catch)
        knows = any(name == KNOWS for name, _ in caught[1]) if caught else False
        if knows:
            caught[1] = [(name, value) for name, value in caught[1] if name != KNOWS]
        if head or not caught or not caught[0].startswith("200") or not _is_public(caught[1]):
            start_response(*caught)
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        given = next((value for name, value in caught[1] if name.lower() == "etag"), None)
        etag = given or f'"{key[-1]:x}-{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers = [(n, v) for n, v in caught[1] if n.lower() not in ("content-length", "etag")]
        page = Page([*headers, ("ETag", etag)], body, etag, knows, environ.get(PAGE, ""))
        self._keep(key, page)
        return _answer(page, environ, start_response)

    def _keep(self, key: tuple[Any, ...], page: Page) -> None:
        if len(page.body) > MAX_PAGE or page.size > self.limit:
            return
        with self._lock:
            old = self._pages.pop(key, None)
            self.bytes += page.size - (old.size if old else 0)
            self._pages[key] = page
            while self.bytes > self.limit:
                self.bytes -= self._pages.popitem(last=False)[1].size


def declared(query: str, names: set[str]) -> str:
    """The query with only the parameters that some page has declared, in one order."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return ""
    return urlencode(sorted(pair for pair in pairs if pair[0] in names))


def _is_public(headers: list[tuple[str, str]]) -> bool:
    found = {name.lower(): value for name, value in headers}
    # What has a Content-Disposition is a file: it comes from the disk piece by piece and never whole into memory.
    return found.get("cache-control", "").startswith("public") and not found.keys() & {"set-cookie", "content-disposition"} and found.get("vary", "") == ""


def _answer(page: Page, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    environ[PAGE] = page.name
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and (asked.strip() == "*" or page.etag in (tag.strip().removeprefix("W/") for tag in asked.split(","))):
        start_response("304 Not Modified", [(n, v) for n, v in page.headers if n != "Content-Type"])
        return []
    start_response("200 OK", [*page.headers, ("Content-Length", str(len(page.body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]
