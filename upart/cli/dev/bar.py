# SPDX-License-Identifier: MIT
"""The bar at the foot of each page in `upart dev`: its route, policy and plugin, statements, hooks and templates."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from upart.app import Portal
from upart.cli.dev.seeing import Seen, seeing

FOLDER = Path(__file__).parent
SHEET = "/_dev/bar.css"
KEPT = 8
"""Requests before the page that the bar names too: forms that were sent, and what scripts have asked."""

SITE_FILES = ("/static/", "/art/", "/files/", "/theme.css")
"""What is no work of a plugin, and not named."""

END = b"</body>"
"""Before it the bar stands."""

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A request, and what became of it."""

    method: str
    path: str
    status: str
    took: float
    academy: str
    endpoint: str
    policy: str
    owner: str
    seen: Seen


class Bar:
    """WSGI, outside of everything: adds the bar to pages. To anybody who does not sit at this machine it adds nothing."""

    def __init__(self, app: Portal) -> None:
        self.state, self.behind = app.extensions["upart"], app.wsgi_app
        self.before: deque[Answered] = deque(maxlen=KEPT)
        self.template = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
            "bar.html"
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass on; with the bar where the answer is a page."""
        if not _is_here(environ) or environ["PATH_INFO"].startswith(SITE_FILES):
            return self.behind(environ, start_response)
        if environ["PATH_INFO"] == SHEET:
            start_response("200 OK", [("Content-Type", "text/css; charset=utf-8"), ("Cache-Control", "no-store")])
            return [(FOLDER / "static" / "bar.css").read_bytes()]
        caught: list[Any] = []

        def catch(status: str, headers: Headers, *rest: Any) -> Callable[[bytes], None]:
            caught[:] = [status, headers, *rest]
            return lambda data: None

        begun = time.perf_counter()
        with seeing() as seen:
            answer = self.behind(environ, catch)
            body = _whole(answer) if _is_page(environ, caught) else None
        one = self._answered(environ, caught[0], 1000 * (time.perf_counter() - begun), seen)
        if body is None or END not in body:  # a file, an answer to a script, a redirection
            self.before.append(one)
            start_response(*caught)
            return answer if body is None else [body]
        shown = self.template.render(one=one, before=list(self.before), sheet=SHEET).encode()
        self.before.clear()
        body = body.replace(END, shown + END, 1)
        headers = [(name, value) for name, value in caught[1] if name.lower() not in ("content-length", "etag")]
        start_response(caught[0], [*headers, ("Content-Length", str(len(body)))], *caught[2:])
        return [body]

    def _answered(self, environ: dict[str, Any], status: str, took: float, seen: Seen) -> Answered:
        endpoint, academy = seen.endpoint, environ.get("upart.academy")
        policy = self.state.policies.get(endpoint)
        owner = self.state.owners.get(endpoint.partition(".")[0], "core") if endpoint else ""
        words = f"{policy.name}{', fresh' if policy.fresh else ''}" if policy else ""
        return Answered(environ["REQUEST_METHOD"], environ["PATH_INFO"], status, took, academy.slug if academy else "", endpoint, words, owner, seen)


def _is_here(environ: dict[str, Any]) -> bool:
    try:
        return ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _is_page(environ: dict[str, Any], caught: list[Any]) -> bool:
    kind = next((value for name, value in caught[1] if name.lower() == "content-type"), "") if caught else ""
    return environ["REQUEST_METHOD"] != "HEAD" and kind.startswith("text/html")


def _whole(answer: Iterable[bytes]) -> bytes:
    try:
        return b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
