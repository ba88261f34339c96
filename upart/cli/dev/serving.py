# SPDX-License-Identifier: MIT
"""`upart dev`: serve, and begin anew whenever a file of the code has changed."""

from __future__ import annotations

import importlib.resources
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
from werkzeug.serving import make_server

import upart
from upart import config
from upart.app import create_app
from upart.cli import migrating, work
from upart.cli.dev.bar import Bar
from upart.cli.dev.seeing import watch
from upart.cli.root import main
from upart.cli.serve import require_free
from upart.config import Config
from upart.errors import UpartError
from upart.hooks.single import FOLDER

HOST = "127.0.0.1"
EVERY = 0.5
"""Seconds between two looks at the files."""

KINDS = frozenset({".py", ".html", ".txt", ".css", ".js", ".svg", ".json", ".toml"})


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port on 127.0.0.1.")
@click.option("--listening", type=int, hidden=True, help="The socket of the process that watches.")
@click.pass_context
def dev(ctx: click.Context, port: int, listening: int | None) -> None:
    """Serve on this machine while you write: begins anew when a file changes, and each page says how it came about."""
    folder, notice = config.find_instance(ctx.find_root().obj)
    chosen = config.load(folder)
    if chosen.base_host != "localhost":
        raise UpartError(
            f"This installation answers at {chosen.base_host}, so people may use it.",
            remedy="upart dev is for installations at localhost. Make one: upart --instance DIR demo",
        )
    os.environ.setdefault("UPART_PUBLIC_ORIGIN", f"http:{port}")
    if listening is not None:
        _serve(config.load(folder), port, listening)
        return
    if notice:
        click.echo(notice, err=True)
    require_free(HOST, port)
    _watch(folder, port)


def portal(chosen: Config) -> Any:
    """The application of an installation with the bar. Its pages are kept by no cache: each shows its own statements."""
    app = create_app(settings=replace(chosen, page_cache_bytes=0))
    watch(app)
    app.wsgi_app = Bar(app)  # type: ignore[method-assign]
    return app


def _serve(chosen: Config, port: int, listening: int) -> None:
    app = portal(chosen)
    migrating.upgrade(app)
    migrating.record_plugins(app)
    worker = work.Beside(app)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    broken = [plugin for plugin in app.extensions["upart"].plugins.found.values() if not plugin.healthy]
    for plugin in broken:
        click.echo(f"Plugin '{plugin.id}' is {plugin.state.value}: {plugin.reason} {plugin.remedy}", err=True)
    click.echo(f"Ready: http://localhost:{port}/")
    try:
        make_server(HOST, port, app, threaded=True, fd=listening).serve_forever()
    finally:
        worker.stop()


def _end_with(parent: int) -> None:
    """End when the process that watches is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(EVERY)
    os._exit(0)


def _watch(folder: Path, port: int) -> None:
    """Let a process serve; end it and begin another when a file has changed. The socket stays, so no browser is turned away meanwhile."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with socket.create_server((HOST, port), backlog=128) as listening, suppress(KeyboardInterrupt):
        listening.set_inheritable(True)
        command = [sys.executable, "-m", "upart.cli.main", "--instance", str(folder), "dev", "--port", str(port), "--listening", str(listening.fileno())]
        folders = [*_folders(), folder / FOLDER]
        while True:
            before, process = marks(folders), subprocess.Popen(command, pass_fds=(listening.fileno(),))  # noqa: S603
            try:
                while (changed := differing(before, marks(folders))) is None:
                    time.sleep(EVERY)
            finally:
                process.terminate()
                process.wait()
            click.echo(f"Changed: {changed}", err=True)


def _folders() -> list[Path]:
    """Where code lies: of UPART, of installed plugins and of themes."""
    found = [Path(upart.__file__).parent]
    for entry in (*entry_points(group="upart.plugins"), *entry_points(group="upart.themes")):
        try:
            found.append(Path(str(importlib.resources.files(entry.module.partition(".")[0]))))
        except Exception:
            click.echo(f"The files of {entry.name} are not found, so they are not looked at.", err=True)
    return found


def marks(folders: Iterable[Path]) -> dict[Path, int]:
    """When each file of code was written last."""
    found: dict[Path, int] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in KINDS:
                try:
                    found[path] = path.stat().st_mtime_ns
                except FileNotFoundError:
                    continue
    return found


def differing(before: dict[Path, int], now: dict[Path, int]) -> Path | None:
    """A file that was changed, that is new, or that is gone; None where all is as it was."""
    return next(iter(sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))), None)
