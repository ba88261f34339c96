# SPDX-License-Identifier: MIT
"""Rows 1, 3 and 6: public pages, cached and not, with few and many plugins, in process and on a server."""

from __future__ import annotations

from pathlib import Path

from werkzeug.test import run_wsgi_app

from benchmarks import server
from benchmarks.measuring import ANSWERING, COURSE, Row, bare, cost, counted, environ, portal
from upart import config


def rows(root: Path) -> list[Row]:
    """Measure them all."""
    return [*cached(root), *uncached(root), *on_a_server(root)]


def cached(root: Path) -> list[Row]:
    """Row 1: a page from the cache; 304."""
    app = portal(root / "one").app
    page = environ("athena.localhost", COURSE)
    _, _, headers = run_wsgi_app(app, dict(page))
    tagged = environ("athena.localhost", COURSE, **{"If-None-Match": headers["ETag"]})
    return [
        Row(1, "public page, cached", f"{cost(app, [page]) / bare():.2f} x hello", "<= 0.35 x"),
        Row(1, "the same, 304", f"{cost(app, [tagged]) / bare():.2f} x hello", "<= 0.25 x"),
    ]


def uncached(root: Path) -> list[Row]:
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
        Row(
            3, "course page, uncached, 30 plugins", f"{thirty / bare():.1f} x hello in process, {len(more)} statements", "<= 3.5 x on a server, <= 6 statements"
        ),
        Row(6, "0 to 30 plugins, idle", f"{thirty / alone:.2f} x, {len(more) - len(statements)} added statements", "<= 1.05 x, 0"),
        Row(6, "0 to 30 plugins, all answering on one page", f"{cost(answering, [pages['landing']], 100) / landing:.2f} x", "<= 1.15 x"),
    ]


def on_a_server(root: Path) -> list[Row]:
    """Rows 1 and 3 over sockets: bare Flask, then the course page with the cache and without."""
    portal(root / "config", 0)
    (root / "config" / config.TOML).touch()
    instance = {"UPART_INSTANCE": str(root / "config")}
    with server.serving("benchmarks.measuring:hello", root) as (port, pid):
        hello = server.speed(port, pid, "localhost", "/")
    with server.serving("upart.app:create_app", root, instance) as (port, pid):
        kept = server.speed(port, pid, "athena.localhost", COURSE)
    with server.serving("upart.app:create_app", root, {**instance, "UPART_PAGE_CACHE_BYTES": "0"}) as (port, pid):
        drawn = server.speed(port, pid, "athena.localhost", COURSE)
    return [
        Row(
            1,
            "public page, cached, on granian",
            f"{kept.cpu / hello.cpu:.2f} x hello's CPU, {kept.rate / hello.rate:.1f} x its {hello.rate:.0f}/s",
            "<= 0.35 x",
        ),
        Row(3, "course page, uncached, on granian", f"{drawn.cpu / hello.cpu:.1f} x hello's CPU, {drawn.rate:.0f}/s", "<= 3.5 x"),
    ]
