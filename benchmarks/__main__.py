# SPDX-License-Identifier: MIT
"""`python -m benchmarks [--json]`: CPU per call in this process (least of nine rounds) as a ratio to a bare Flask view."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import server
from upart import config
from upart.academies import actions
from upart.app import create_app
from upart.cli import demo, migrating
from upart.db import engine, everywhere
from upart.testing import Installation

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


def cost(app: Any, requests: list[dict[str, Any]], calls: int = 400) -> float:
    """CPU seconds of one call, the least of nine rounds."""

    def start(status: str, headers: Any, exc: Any = None) -> Callable[[bytes], None]:
        assert status[:3] in ("200", "304"), status
        return lambda data: None

    best = 1e9
    for _ in range(9):
        made = [dict(requests[i % len(requests)]) for i in range(calls)]
        begin = time.process_time()
        for one in made:
            answer = app(one, start)
            b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
        best = min(best, (time.process_time() - begin) / calls)
    return best


def hello() -> Flask:
    """The bare thing: a Flask view that says hello."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


@contextmanager
def counted(app: Any) -> Any:
    """Count the statements that the application sends."""
    seen: list[str] = []
    with app.app_context():
        event.listen(engine(), "before_cursor_execute", note := lambda c, cur, statement, *rest: seen.append(statement))
        yield seen
        event.remove(engine(), "before_cursor_execute", note)


def portal(folder: Path, extra: int = 0, source: str = IDLE, cache: bool = True) -> Installation:
    """The demo with `extra` more plugins, in `folder`."""
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
    more = {} if cache else {"page_cache_bytes": 0}
    app = create_app(settings=config.load(folder, {}, **more), plugins=entries)
    migrating.upgrade(app)
    demo.seed(app)
    return Installation(app)


def cached(base: float, root: Path) -> list[Row]:
    """Row 1: a page from the cache; 304."""
    app = portal(root / "one").app
    page = environ("athena.localhost", COURSE)
    _, _, headers = run_wsgi_app(app, dict(page))
    tagged = environ("athena.localhost", COURSE, **{"If-None-Match": headers["ETag"]})
    return [
        Row(1, "public page, cached", f"{cost(app, [page]) / base:.2f} x hello", "<= 0.35 x"),
        Row(1, "the same, 304", f"{cost(app, [tagged]) / base:.2f} x hello", "<= 0.25 x"),
    ]


def uncached(base: float, root: Path) -> list[Row]:
    """Rows 3 and 6: the course page without cache; more plugins."""
    pages = {"course": environ("athena.localhost", COURSE), "landing": environ("athena.localhost", "/")}
    none = portal(root / "none", cache=False).app
    idle = portal(root / "idle", 30, cache=False).app
    answering = portal(root / "answering", 30, ANSWERING, cache=False).app
    alone = cost(none, [pages["course"]], 100)
    for app in (none, idle):
        run_wsgi_app(app, dict(pages["course"]))
    with counted(none) as statements:
        run_wsgi_app(none, dict(pages["course"]))
    with counted(idle) as more:
        run_wsgi_app(idle, dict(pages["course"]))
    thirty, landing = cost(idle, [pages["course"]], 100), cost(none, [pages["landing"]], 100)
    return [
        Row(3, "course page, uncached, 30 plugins", f"{thirty / base:.1f} x hello in process, {len(more)} statements", "<= 3.5 x on a server, <= 6 statements"),
        Row(6, "0 to 30 plugins, idle", f"{thirty / alone:.2f} x, {len(more) - len(statements)} added statements", "<= 1.05 x, 0"),
        Row(6, "0 to 30 plugins, all answering on one page", f"{cost(answering, [pages['landing']], 100) / landing:.2f} x", "<= 1.15 x"),
    ]


def academies(base: float, root: Path, many: int = 10_000) -> list[Row]:
    """Row 7: from one academy to ten thousand, landing pages from the cache."""
    made = portal(root / "many")
    hot = environ("athena.localhost", "/")
    one = cost(made.app, [hot])
    with made.app.app_context(), everywhere("make many academies", write=True) as session:
        for n in range(many):
            actions.create_academy(session, f"a{n}", f"Academy {n}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    random.seed(1)
    some = [environ(f"a{random.randrange(many)}.localhost", "/") for _ in range(400)]
    rest = cost(made.app, some)
    return [
        Row(7, "1 to 10,000 academies, hot", f"{cost(made.app, [hot]) / one:.2f} x", "<= 1.05 x"),
        Row(7, "1 to 10,000 academies, random host", f"{rest / one:.2f} x", "<= 1.15 x"),
        Row(7, "memory", f"+{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB", "<= +64 MB"),
    ]


def on_a_server(root: Path) -> list[Row]:
    """Rows 1 and 3 over sockets: bare Flask, then the course page with the cache and without."""
    (root / "config").mkdir()
    portal(root / "config", 0)
    (root / "config" / config.TOML).touch()
    instance = {"UPART_INSTANCE": str(root / "config")}
    with server.serving("benchmarks.__main__:hello", root) as (port, pid):
        bare = server.speed(port, pid, "localhost", "/")
    with server.serving("upart.app:create_app", root, instance) as (port, pid):
        kept = server.speed(port, pid, "athena.localhost", COURSE)
    with server.serving("upart.app:create_app", root, {**instance, "UPART_PAGE_CACHE_BYTES": "0"}) as (port, pid):
        drawn = server.speed(port, pid, "athena.localhost", COURSE)
    return [
        Row(1, "public page, cached, on granian", f"{kept.cpu / bare.cpu:.2f} x hello's CPU, {kept.rate / bare.rate:.1f} x its {bare.rate:.0f}/s", "<= 0.35 x"),
        Row(3, "course page, uncached, on granian", f"{drawn.cpu / bare.cpu:.1f} x hello's CPU, {drawn.rate:.0f}/s", "<= 3.5 x"),
    ]


START = """
import resource, sys, time
begin = time.process_time()
from upart.app import create_app
from werkzeug.test import EnvironBuilder, run_wsgi_app
app = create_app(sys.argv[1])
run_wsgi_app(app, EnvironBuilder(path="/", base_url="http://athena.localhost").get_environ())
first = time.process_time() - begin
for n in range(10_000):
    host = ("athena", "orion")[n % 2]
    run_wsgi_app(app, EnvironBuilder(path=("/", "/courses/", f"/courses/?q={n}")[n % 3], base_url=f"http://{host}.localhost").get_environ())
print(first, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def start(root: Path) -> list[Row]:
    """Row 13: from nothing to the first page, and memory after 10,000 mixed requests."""
    folder = root / "start"
    folder.mkdir()
    portal(folder)
    (folder / config.TOML).touch()
    done = subprocess.run([sys.executable, "-c", START, str(folder)], capture_output=True, text=True, check=True)
    seconds, memory = map(float, done.stdout.split())
    return [Row(13, "start to the first page", f"{seconds:.2f} s CPU", "<= 0.9 s"), Row(13, "memory after 10,000 requests", f"{memory:.0f} MB", "<= 96 MB")]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("one", "none", "idle", "answering", "many"):
            (root / name).mkdir()
        base = cost(hello(), [environ("localhost", "/")])
        rows = [*cached(base, root), *uncached(base, root), *on_a_server(root), *academies(base, root), *start(root)]
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        print(f"{row.number:>3}  {row.workload:<45} {row.value:<48} {row.goal}")


if __name__ == "__main__":
    main()
