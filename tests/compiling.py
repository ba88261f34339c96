# SPDX-License-Identifier: MIT
"""What each application would compile anew is compiled once in a run: thousands of tests start one, and ask it for a few pages."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2 import Environment
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_builder, _compile = Rule._compile_builder, Environment.compile
_compiled: dict[tuple[object, ...], CodeType] = {}
_statements: LRUCache[Any, Any] = LRUCache(10_000)
"""The text of a statement belongs to its kind of database, not to one engine."""


def _builder_when_first_used(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """What builds the address of a route, two thirds of a start; a test builds a few."""

    def build(self: Rule, **values: Any) -> Any:
        made = _builder(self, append_unknown).__get__(self, None)
        setattr(self, "_build_unknown" if append_unknown else "_build", made)
        return made(**values)

    return build


def _compile_once(self: Environment, source: Any, name: Any = None, filename: Any = None, raw: bool = False, defer_init: bool = False) -> Any:
    """The code of a template, by its source and by all that an environment puts into code."""
    if not isinstance(source, str) or raw:
        return _compile(self, source, name, filename, raw, defer_init)
    parts = self.sandboxed, self.autoescape, self.trim_blocks, self.lstrip_blocks, self.finalize, self.undefined, *sorted(self.extensions)
    key = type(self), parts, source, name, filename, defer_init
    if key not in _compiled:
        _compiled[key] = _compile(self, source, name, filename, raw, defer_init)
    return _compiled[key]


def once() -> None:
    """From now on."""
    Engine._compiled_cache = property(lambda self: _statements, lambda self, own: None)  # type: ignore[assignment]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    Rule._compile_builder = _builder_when_first_used  # type: ignore[method-assign]
    Environment.compile = _compile_once  # type: ignore[method-assign, assignment]
