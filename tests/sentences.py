# SPDX-License-Identifier: MIT
"""Reads a page and finds the words that stand below no declaration."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "path", "use", "col", "circle", "rect", "line", "polyline", "polygon"}
HEADS = {"h1", "h2", "h3", "thead", "summary", "nav", "caption"}
"""What only names what follows it."""


class Undeclared(HTMLParser):
    """Words within the policy (class "prose" or "summary") that have no `data-declaration` above them; `declared` counts those that have."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.found: list[str] = []
        self.declared = 0

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if any(name == tag for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        classes = {name for _tag, attrs in self.open for name in (attrs.get("class") or "").split()}
        if not data.strip() or not classes & {"prose", "summary"} or any(tag in HEADS for tag, _ in self.open):
            return
        if any("data-declaration" in attrs for _tag, attrs in self.open):
            self.declared += 1
        else:
            self.found.append(data.strip())


def undeclared(page: str) -> tuple[list[str], int]:
    """The words of a policy's page that stand below no declaration, and how many do."""
    reader = Undeclared()
    reader.feed(page)
    return reader.found, reader.declared
