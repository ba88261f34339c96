# SPDX-License-Identifier: MIT
"""Read an answer as a browser would: what it asks for by itself, and which forms it offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

ASKS = {  # element: attributes whose address a browser fetches without being told to
    "link": ("href",), "script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",), "embed": ("src",), "object": ("data",),
    "video": ("src", "poster"), "audio": ("src",), "track": ("src",), "input": ("src",), "image": ("href", "xlink:href"), "use": ("href", "xlink:href"),
    "body": ("background",), "frame": ("src",), "base": ("href",),
}  # fmt: skip
IN_CSS = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")\s]+)")
IN_SCRIPT = re.compile(r"['\"`](https?://[^'\"`\s]+)")
REFERENCE = re.compile(r"<code>[0-9a-f]{4}-[0-9a-f]{4}</code>")
"""What tells one error page from the next."""

KEYWORD = re.compile(r"'[^']*'|data:|blob:")


@dataclass
class FoundForm:
    """A form of a page: where it goes, and what it sends when nothing is changed."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    """Of each field: text, password, hidden, checkbox, select, textarea …"""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.asked: list[str] = []
        self.forms: list[FoundForm] = []
        self._text: str | None = None
        self._select = ""
        self._fieldsets: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        for name in ASKS.get(tag, ()):
            self.asked += [part.split()[0] for part in found.get(name, "").split(",") if part.strip()]
        self.asked += IN_CSS.findall(found.get("style", ""))
        if tag == "meta" and found.get("http-equiv", "").lower() == "refresh":
            self.asked.append(found.get("content", "").partition("=")[2].strip("'\" "))
        if tag == "fieldset":
            self._fieldsets.append("disabled" in found)
        if tag == "form" and not any(self._fieldsets):  # nothing inside can be pressed
            self.forms.append(FoundForm(found.get("action", ""), found.get("method", "get").lower()))
        elif self.forms and not any(self._fieldsets):
            self._field(tag, found)

    def _field(self, tag: str, found: dict[str, str]) -> None:
        form, name = self.forms[-1], found.get("name", "")
        if tag == "option" and self._select and ("selected" in found or form.fields.get(self._select) is None):
            form.fields[self._select] = found.get("value", "")
        elif name and tag in ("input", "textarea", "select", "button"):
            kind = "hidden" if "readonly" in found or "hidden" in found else found.get("type", "text") if tag == "input" else tag
            chosen = kind not in ("checkbox", "radio") or "checked" in found
            if tag == "select":
                self._select = name
                form.types[name] = kind
                return
            form.types.setdefault(name, kind)
            if chosen or name not in form.fields:
                form.fields[name] = found.get("value", "") if chosen else ""
            self._text = name if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self.forms[-1].fields[self._text] = data.removeprefix("\n")
            self._text = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = ""
        elif tag == "fieldset" and self._fieldsets:
            self._fieldsets.pop()


def forms(answer: TestResponse) -> list[FoundForm]:
    """The forms of a page that change something, in their order."""
    return [form for form in _read(answer.text).forms if form.method == "post"] if answer.mimetype == "text/html" else []


def _read(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    return page


def text_of(answer: TestResponse) -> str:
    """The body as text, also of what is none."""
    return answer.get_data().decode("utf-8", "replace")


def strangers(answer: TestResponse, host: str) -> set[str]:
    """The hosts besides its own that an answer makes a browser ask, send to, or allows to be asked."""
    found = [
        *_asked(answer.mimetype, REFERENCE.sub("", text_of(answer))),
        answer.headers.get("Location", ""),
        answer.headers.get("Refresh", "").partition("=")[2],
    ]
    found += re.findall(r"<([^>]*)>", answer.headers.get("Link", ""))
    return {other for address in (*found, *_allowed(answer)) if (other := _host(address)) and other != host}


@lru_cache(256)
def _asked(kind: str, text: str) -> tuple[str, ...]:
    found = list(_read(text).asked) if kind in ("text/html", "image/svg+xml") else []
    if kind in ("text/html", "image/svg+xml", "text/css"):
        found += IN_CSS.findall(text)
    if kind in ("text/javascript", "application/javascript"):
        found += IN_SCRIPT.findall(text)
    return tuple(found)


def _allowed(answer: TestResponse) -> Iterator[str]:
    for directive in answer.headers.get("Content-Security-Policy", "").split(";"):
        yield from (source for source in directive.split()[1:] if not KEYWORD.fullmatch(source))


def _host(address: str) -> str:
    parts = urlsplit(address.strip().replace("\\", "/"))
    return (parts.hostname or "") if parts.netloc else parts.path if address.strip() == "*" else ""
