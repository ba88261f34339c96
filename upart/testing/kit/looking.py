# SPDX-License-Identifier: MIT
"""The pages of a plugin in a browser, asked by axe: what somebody would stumble over who reads by ear, by touch or with weak eyes."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from upart.testing.crawl import Viewer
from upart.testing.kit.bench import Bench

AXE = "UPART_TEST_AXE"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
ASK = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(one => [one.impact, one.id, one.nodes[0].html.slice(0, 160)])"
WHOSE = ("lena", "vic")
LONGEST = 20_000
"""Milliseconds that a page may take."""


def is_readable(bench: Bench) -> Iterator[str]:
    """On its pages axe finds nothing serious, in light and dark, for somebody who has signed in and for a visitor (WCAG 2.2)."""
    browser, script = next(filter(None, map(shutil.which, BROWSERS)), None), os.environ.get(AXE, "")
    if browser is None or find_spec("playwright") is None or not script:
        bench.not_tried.append(f"its pages in a browser: it takes Chromium, the package playwright, and in {AXE} the path of axe.min.js")
        return
    paths = list(dict.fromkeys(one.path for one in bench.pages() if not one.path.startswith("/api/")))
    axe = Path(script).read_text(encoding="utf-8")
    with _served(bench) as port, ThreadPoolExecutor(1) as aside:  # in a thread of its own, since the author's tests may have a Playwright in this one
        yield from aside.submit(_looked, bench, browser, port, paths, axe).result()


def _looked(bench: Bench, browser: str, port: int, paths: list[str], axe: str) -> list[str]:
    """What axe says of the pages, for each who looks."""
    from playwright.sync_api import sync_playwright

    host = f"http://{bench.made.academy('athena').host}:{port}"
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=list(FLAGS))
        try:
            return [found for viewer in bench.viewers if viewer.name in WHOSE for found in _walked(chromium, viewer, host, paths, axe)]
        finally:
            chromium.close()


def _walked(chromium: Any, viewer: Viewer, host: str, paths: list[str], axe: str) -> Iterator[str]:
    """What axe says of each page that this person can open."""
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme, reduced_motion="reduce")
        context.add_cookies([{"name": name, "value": value, "url": host} for name, value in viewer.cookies.items()])
        page = context.new_page()
        page.set_default_timeout(LONGEST)
        for path in paths:
            answer = page.goto(host + path)
            if answer is None or answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
                continue
            page.evaluate(axe + ";0")
            for impact, rule, html in page.evaluate(ASK):
                if impact in ("serious", "critical"):
                    yield f"{viewer.name}, GET {path} ({scheme}): {rule}: {html}"
        context.close()


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def _served(bench: Bench) -> Iterator[int]:
    """The installation at a free port of this machine."""
    server = make_server("127.0.0.1", 0, bench.made.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(20)
        server.server_close()
