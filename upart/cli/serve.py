# SPDX-License-Identifier: MIT
"""`upart serve`: the web server."""

from __future__ import annotations

import multiprocessing
import os
import resource
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import click

from upart.cli import migrating, work
from upart.cli.root import application, main
from upart.errors import UpartError
from upart.hooks.safe import SAFE
from upart.rights.actions.catching_up import catch_up

CONNECTIONS = 1024
"""Connections of one process. Each has a thread, if it wants one: then those that stall cannot keep others waiting (`theming/turns.py`)."""

HEADER_SECONDS, HEADER_BYTES = 20, 64 * 1024
"""How long a request's head may take, counted from the answer before, and how large it may be, about."""

STOP_SECONDS = 10
"""How long those who are still sending or receiving may go on when the server is stopped."""


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Where to listen.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--with-worker", is_flag=True, help="Also run a worker, as a process beside the web.")
@click.option("--safe-mode", is_flag=True, help="Without plugins that did not come with UPART; their data stay, and rights requests still reach them.")
@click.pass_context
def serve(ctx: click.Context, bind: str, processes: int, with_worker: bool, safe_mode: bool) -> None:
    """Serve the portals. On SQLite the database is upgraded first; otherwise it must be current."""
    if safe_mode:
        os.environ[SAFE] = "yes"
    app = application(ctx)
    host, port = _address(bind)
    if app.extensions["upart"].config.database_url.startswith("sqlite"):
        migrating.upgrade(app)
    migrating.require_current(app)
    migrating.record_plugins(app)
    work.warn_of_copy(app)
    run(app, host, port, processes, with_worker, lambda: click.echo(f"Ready: http://{app.extensions['upart'].config.base_host}:{port}/"))


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UpartError(f"'{bind}' is no address to listen on.", remedy="Write HOST:PORT, for example: 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def require_free(host: str, port: int) -> None:
    """Raise UpartError if nobody can listen there."""
    try:
        with socket.create_server((host, port), reuse_port=False):
            return
    except OSError as error:
        why = "is in use by another program" if error.errno == 98 else f"cannot be used: {error.strerror}"
        raise UpartError(f"Port {port} on {host} {why}.", remedy=f"Stop the other program, or choose another port, for example {port + 1}.") from None


def run(app: Any, host: str, port: int, processes: int, with_worker: bool, ready: Callable[[], None]) -> None:
    """Serve until interrupted, if wanted with a worker; call `ready` once the first answer has come."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    # A forked worker would inherit locks and database connections of this process and may hang.
    multiprocessing.set_start_method("spawn", force=True)
    require_free(host, port)
    catch_up(app)
    _allow_files(8 * CONNECTIONS)
    state = app.extensions["upart"]
    os.environ["UPART_INSTANCE"] = str(state.config.instance)
    if state.config.base_host == "localhost":
        os.environ.setdefault("UPART_PUBLIC_ORIGIN", f"http:{port}")
    worker = work.Beside(app) if with_worker else None
    threading.Thread(target=_announce, args=(host, port, ready), daemon=True).start()
    web = Granian(
        "upart.app:create_app", address=host, port=port, interface=Interfaces.WSGI, workers=processes, factory=True, log_level=LogLevels.error,
        websockets=False, respawn_failed_workers=True, http=HTTPModes.http1, backpressure=CONNECTIONS, blocking_threads=CONNECTIONS,
        workers_kill_timeout=STOP_SECONDS, http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES),
    )  # fmt: skip
    try:
        web.serve()
    finally:
        if worker is not None:
            worker.stop()


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _announce(host: str, port: int, ready: Callable[[], None]) -> None:
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/readyz"  # noqa: S104 - compared, not bound
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                ready()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
