# SPDX-License-Identifier: MIT
"""Text of academies: Markdown in, safe HTML out. Sanitising is the last step; nothing is decoded after it."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from upart.theming.highlighting import LANGUAGES, USED, highlighted

MAX_LENGTH = 200_000
"""Characters of one text; 20,000 nested elements cost 0.6 s (measured)."""

SHORT = 4_000
"""Characters up to which a rendered text is kept: descriptions are drawn again and again, lessons are cached as pages."""

DEEPEST = 4
"""The deepest level of a heading in a text."""

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "hr", "br", "a", "span"} | {
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"align"}, "td": {"align"}}
CLASSES = {"span": set(USED), "code": {f"language-{name}" for name in LANGUAGES}}
REACHED = {"pre": {"tabindex": "0"}}
"""Long lines of program text are scrolled, which works by keys only for what can have the focus (WCAG 2.2, 2.1.1)."""


def _in_order(state: StateCore) -> None:
    """Headings begin below that of their page, and none is left out (WCAG 2.2, technique G141): whoever listens jumps from one to the next."""
    above: list[int] = []
    for token in state.tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        if token.type == "heading_open":
            written = int(token.tag[1:])
            above = [*(level for level in above if level < written), written]
        token.tag = f"h{min(state.env['top'] + len(above) - 1, DEEPEST)}"


_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20, "highlight": lambda code, language, _attributes: highlighted(code, language)})
_parser.enable(["table", "strikethrough"])
_parser.core.ruler.push("in_order", _in_order)


def markdown(text: str, *, top: int = 2) -> Markup:
    """Render Markdown (CommonMark, tables) as HTML that is safe to show. `text` beyond 200,000 characters is cut.

    `top`: level of its first heading, one below that under which it stands. Program text that names its language gets colours.
    """
    return _kept(text, top) if len(text) <= SHORT else _make(text, top)


def _make(text: str, top: int) -> Markup:
    html = _parser.render(text[:MAX_LENGTH], {"top": top})
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        set_tag_attribute_values=REACHED,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return Markup(safe)  # noqa: S704 - nh3 has cleaned it


_kept = lru_cache(256)(_make)
