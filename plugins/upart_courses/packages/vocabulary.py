# SPDX-License-Identifier: MIT
"""What elements of HTML are to a lesson, and what a page says in the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from upart.plugin import gettext as _
from upart_courses.packages.tree import Note, Piece

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address of a page leads: to an `url` (another lesson, the web), a part of the package (`path`), a `player` of others; else nowhere."""

    url: str = ""
    path: str = ""
    player: str = ""


Follow = Callable[[str], Target]

MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "strike": "~~", "cite": "*", "dfn": "*"}
STRONG = ("dt", "summary")
BREAKS = {"p", "div", "section", "article", "main", "header", "footer", "nav", "figure", "figcaption", "aside", "address", "dl", "dt", "dd", "details"} | {
    "summary", "fieldset", "center", "caption", "body", "html",
}  # fmt: skip
DROPPED = {  # what is left out with all in it, and how it is called in the report
    "script": _("a program (script)"), "object": _("an embedded object"), "applet": _("an embedded object"), "form": _("a form"), "svg": _("a drawing (SVG)"),
    "math": _("a formula (MathML)"), "canvas": _("a drawing of a program"),
}  # fmt: skip
SILENT = {"style", "template", "noscript", "select", "button"}
"""What goes without saying."""
HEADING = re.compile("h[1-6]")
LINE = 200


@dataclass(slots=True)
class Read:
    """What a page says: its title, pieces in order, what it says about itself in `meta`, and what was left out."""

    title: str = ""
    pieces: list[Piece] = field(default_factory=list)
    meta: Attributes = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def decoded(data: bytes) -> str:
    """Bytes of a page as text, by their mark, by what the page says, else as UTF-8, else as Windows wrote it."""
    said = re.search(rb"charset=[\"']?([\w-]+)", data[:2048])
    for encoding in ("utf-8-sig", said[1].decode("ascii", "replace") if said else "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


@dataclass(slots=True)
class Wrap:
    """A block of ours, as our own export marks it (`data-kind`), and how many pieces there were before it."""

    tag: str
    kind: str
    attributes: Attributes
    since: int
