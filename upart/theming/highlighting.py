# SPDX-License-Identifier: MIT
"""Program text in colours, made on the server: a few classes for which style sheets have light and dark ones. No script."""

from __future__ import annotations

from typing import Any

from markupsafe import escape
from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String

LANGUAGES = {  # as Pygments calls them: as people do
    "text": "Plain text", "bash": "Shell", "c": "C", "cpp": "C++", "csharp": "C#", "css": "CSS", "diff": "Changes", "go": "Go", "html": "HTML", "ini": "INI",
    "java": "Java", "javascript": "JavaScript", "json": "JSON", "kotlin": "Kotlin", "php": "PHP", "python": "Python", "r": "R", "ruby": "Ruby", "rust": "Rust",
    "sql": "SQL", "swift": "Swift", "toml": "TOML", "typescript": "TypeScript", "xml": "XML", "yaml": "YAML",
}  # fmt: skip
"""Languages that get colours. Another one is shown plain: each reader of Pygments is a program that runs on what people type."""

MOST = 20_000
"""Characters that get colours; more is shown plain."""

CLASSES = (  # the first that fits
    (Comment, "c"), (Keyword, "k"), (String, "s"), (Number, "n"), (Operator.Word, "k"), (Name.Function, "f"), (Name.Class, "f"), (Name.Tag, "k"),
    (Name.Decorator, "f"), (Name.Attribute, "f"), (Name.Builtin, "b"), (Generic.Deleted, "d"), (Generic.Inserted, "i"), (Generic.Heading, "c"),
)  # fmt: skip
"""Kinds of words and the class of their element `span`: comment, keyword, text in quotes, number, function, what the language brings, gone and new lines."""

USED = frozenset(name for _kind, name in CLASSES)


def highlighted(code: str, language: str) -> str:
    """Program text as HTML in which each word has its class; "" for a language without colours, and for a text that is too long for them."""
    if language not in LANGUAGES or language == "text" or len(code) > MOST:
        return ""
    return "".join(_word(kind, text) for kind, text in lex(code, get_lexer_by_name(language, ensurenl=False, stripnl=False)))


def _word(kind: Any, text: str) -> str:
    name = next((name for known, name in CLASSES if kind in known), "")
    return f'<span class="{name}">{escape(text)}</span>' if name and text.strip() else str(escape(text))
