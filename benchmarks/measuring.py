# SPDX-License-Identifier: MIT
"""What all benchmarks share: a row of the result, CPU per call, the bare thing, an installation to measure on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from upart import config, values
from upart.app import create_app
from upart.cli import demo, migrating
from upart.db import engine
from upart.testing import Installation

UNLIMITED = {"UPART_API_PER_NETWORK": "0", "UPART_API_PER_ACADEMY": "0", "UPART_API_PER_TOKEN": "0"}
"""Settings with which the API answers as often as it is asked."""

COURSE = "/courses/music-theory-from-zero"
IDLE = """
from upart.plugin import Manifest
manifest = Manifest(id="{id}", version="1.0")
"""
ANSWERING = (
    IDLE.replace("Manifest\n", "Manifest, MenuItem, Slot, hookimpl\n", 1)
    + """
@hookimpl
def upart_slots():
    return [Slot(name="home.section", template="{id}/part.html", values=lambda: {{"word": "{id}"}})]
"""
)


@dataclass
class Row:
    """One measured ratio beside its goal."""

    number: int
    workload: str
    value: str
    goal: str


def environ(host: str, path: str, **headers: str) -> dict[str, Any]:
    """A request as the server would hand it over."""
    return EnvironBuilder(path=path, base_url=f"http://{host}", headers=headers).get_environ()


def cost(app: Any, requests: list[dict[str, Any]], calls: int = 400, spent: Callable[[], float] = time.process_time) -> float:
    """CPU seconds of one call, the least of nine rounds; `spent`: what they are read from."""

    def start(status: str, headers: Any, exc: Any = None) -> Callable[[bytes], None]:
        assert status[:3] in ("200", "304"), status
        return lambda data: None

    best = 1e9
    for _ in range(9):
        made = [dict(requests[i % len(requests)]) for i in range(calls)]
        begin = spent()
        for one in made:
            answer = app(one, start)
            b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
        best = min(best, (spent() - begin) / calls)
    return best


def hello() -> Flask:
    """The bare thing: a Flask view that says hello."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


@cache
def bare() -> float:
    """CPU seconds of the bare thing, measured once."""
    return cost(hello(), [environ("localhost", "/")])


@contextmanager
def counted(app: Any) -> Any:
    """Count the statements that the application sends."""
    seen: list[str] = []
    with app.app_context():
        event.listen(engine(), "before_cursor_execute", note := lambda c, cur, statement, *rest: seen.append(statement))
        yield seen
        event.remove(engine(), "before_cursor_execute", note)


def portal(folder: Path, extra: int = 0, source: str = IDLE, cache: bool = True, database_url: str = "") -> Installation:
    """The demo with `extra` more plugins, in `folder`, which is made; on SQLite there, or on the database named."""
    folder.mkdir(exist_ok=True)
    entries = [entry for entry in entry_points(group="upart.plugins") if entry.name == "courses"]
    for n in range(extra):
        id = f"b{len(source)}x{n}"
        package = folder / "packages" / f"upart_{id}"
        (package / "templates" / id).mkdir(parents=True)
        (package / "__init__.py").write_text('"""A plugin to count with."""\n')
        (package / "hooks.py").write_text(source.format(id=id))
        (package / "templates" / id / "part.html").write_text("<p>{{ word }}</p>")
        entries.append(EntryPoint(id, f"upart_{id}.hooks", "upart.plugins"))
    sys.path.insert(0, str(folder / "packages"))
    more: dict[str, Any] = {} if cache else {"page_cache_bytes": 0}
    more |= {"database_url": values.database_url(database_url)} if database_url else {}
    app = create_app(settings=config.load(folder, UNLIMITED, **more), plugins=entries)
    migrating.upgrade(app)
    demo.seed(app)
    return Installation(app)
