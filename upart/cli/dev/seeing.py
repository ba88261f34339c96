# SPDX-License-Identifier: MIT
"""What happens while a request is answered: statements, hooks, templates. Nothing here is active but in `upart dev`."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import request, request_started
from jinja2 import Environment
from sqlalchemy import event

from upart.app import Portal
from upart.db import engine
from upart.hooks import specs
from upart.theming.render import SITE

MANY = 3
"""How often the same statement is sent before it is called repeated."""


OF_THE_DOOR = ("PRAGMA ", "BEGIN")
"""What a door says to SQLite when it opens; no work of a page."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was sent, however often: its text without values, how often, and how long all of it took (ms)."""

    text: str
    times: int
    took: float

    @property
    def repeated(self) -> bool:
        """Would one statement over all rows do?"""
        return self.times >= MANY and self.text.startswith("SELECT")


@dataclass(slots=True)
class Seen:
    """One request as it was worked on. No value of a row, no parameter and no name of a person is kept."""

    sent: list[tuple[str, float]] = field(default_factory=list)
    hooks: Counter[tuple[str, str]] = field(default_factory=Counter)
    templates: dict[str, None] = field(default_factory=dict)
    endpoint: str = ""

    @property
    def statements(self) -> list[Statement]:
        """By text, in the order in which they were first sent."""
        times, took = Counter(text for text, _ in self.sent), defaultdict[str, float](float)
        for text, spent in self.sent:
            took[text] += spent
        return [Statement(text, number, took[text]) for text, number in times.items()]


_seen: ContextVar[Seen | None] = ContextVar("upart_dev_seen", default=None)


@contextmanager
def seeing() -> Iterator[Seen]:
    """Gather what happens in the block."""
    seen = Seen()
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def watch(app: Portal) -> None:
    """Note, from now on, the statements, hooks and templates of this application."""
    with app.app_context():
        _statements(engine())
    state = app.extensions["upart"]
    for name in (name for name in vars(specs) if name.startswith("upart_")):
        for implementation in getattr(state.plugins.manager.hook, name).get_hookimpls():
            implementation.function = _noted(implementation.function, name, implementation.plugin_name)
    _parts(state.dispatcher)
    request_started.connect(_route, app, weak=False)
    themes = app.extensions[SITE].themes
    for environment in (*themes.environments.values(), themes.desk):
        _templates(environment)


def _statements(known: Any) -> None:
    begun: ContextVar[float] = ContextVar("upart_dev_begun", default=0.0)

    def before(*_given: Any) -> None:
        begun.set(time.perf_counter())

    def after(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if (seen := _seen.get()) is not None and not statement.startswith(OF_THE_DOOR):
            seen.sent.append((" ".join(statement.split()), 1000 * (time.perf_counter() - begun.get())))

    event.listen(known, "before_cursor_execute", before)
    event.listen(known, "after_cursor_execute", after)


def _route(_app: Portal, **_more: Any) -> None:
    if (seen := _seen.get()) is not None:
        seen.endpoint = request.endpoint or ""


def _noted(function: Callable[..., Any], hook: str, owner: str) -> Callable[..., Any]:
    @wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        if (seen := _seen.get()) is not None:
            seen.hooks[hook, owner] += 1
        return function(*given, **named)

    return called


def _parts(dispatcher: Any) -> None:
    isolated = dispatcher.isolated

    def called(plugin: Any, call: Callable[[], Any], what: str) -> Any:
        if (seen := _seen.get()) is not None:
            seen.hooks[what, plugin.id] += 1
        return isolated(plugin, call, what)

    dispatcher.isolated = called


def _templates(environment: Environment) -> None:
    found = environment.get_template

    @wraps(found)
    def get_template(name: Any, *given: Any, **named: Any) -> Any:
        if (seen := _seen.get()) is not None:
            seen.templates[str(getattr(name, "name", name))] = None
        return found(name, *given, **named)

    environment.get_template = get_template  # type: ignore[method-assign]
