# SPDX-License-Identifier: MIT
"""Answers from before Flask, where neither an academy's look nor a database may be needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from upart.theming.problems import TYPE, body_of, is_for_programs

PAGE = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    b"<title>%(title)s</title></head><body><h1>%(title)s</h1><p>%(text)s</p></body></html>\n"
)
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"), ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]  # fmt: skip


def say(start_response: Callable[..., Any], status: str, title: bytes, text: bytes, *more: tuple[str, str], path: str = "") -> Iterable[bytes]:
    """Answer with a bare page: a status line, what happened, what to do; `more` are further headers. At a `path` that programs read with a problem."""
    if is_for_programs(path):
        words = title.decode().rstrip(".")
        body = body_of(int(status[:3]), f"{words}. {text.decode()}")
        start_response(status, [("Content-Type", TYPE), *HEADERS[1:], *more, ("Content-Length", str(len(body)))])
        return [body]
    body = PAGE % {b"title": title, b"text": text}
    start_response(status, [*HEADERS, *more, ("Content-Length", str(len(body)))])
    return [body]
