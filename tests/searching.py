# SPDX-License-Identifier: MIT
"""What somebody finds on the page that searches."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

from upart.testing import Client

HIT = re.compile(r'<li>(?:<p class="muted">[^<]*</p>)?<h3><a href="([^"]+)">(.*?)</a></h3>', re.S)
MARK = re.compile(r"<mark>(.*?)</mark>")


def found(browser: Client, words: str, **more: str) -> list[str]:
    """The addresses that a search shows, best first."""
    return [unescape(url) for url, _title in HIT.findall(page(browser, words, **more))]


def page(browser: Client, words: str, status: int = 200, **more: str) -> str:
    """The page of a search."""
    answer = browser.get("/search?" + "&".join(f"{name}={quote(value)}" for name, value in {"q": words, **more}.items()))
    assert answer.status_code == status, answer.text
    return answer.text


def marks(browser: Client, words: str) -> set[str]:
    """What is marked as a hit, in lower case."""
    return {unescape(mark).lower() for mark in MARK.findall(page(browser, words))}
