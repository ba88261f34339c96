# SPDX-License-Identifier: MIT
"""`upart worker`: alone, once, beside the web; with a database that is away for a moment."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from served import free_port
from sqlalchemy.engine import make_url
from toil import ask, command, marks, until, worker

from upart import config

UPART = [sys.executable, "-m", "upart.cli.main"]


@pytest.fixture
def instance(portal):
    config.write_own(portal.state.config.instance, instance_id="a")
    portal.visitor("athena").post("/reset-password", data={"email": "lena@example.org"})
    portal.close()
    return portal.state.config.instance


def written(instance: Path) -> list[Path]:
    return list((instance / "mail").glob("*.eml"))


def test_once_does_all_that_is_due_and_ends(instance):
    environ = {**os.environ, "UPART_MAIL_URL": "file:"}
    done = subprocess.run([*UPART, "--instance", str(instance), "worker", "--once"], capture_output=True, text=True, timeout=60, env=environ)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(written(instance)) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("no installation", "upart demo")),
        ('database_url = "sqlite:///nothing.sqlite"\n', ("misses migrations", "upart db upgrade")),
        ('database_url = "postgresql://nobody@127.0.0.1:1/none"\n', ("database cannot be used", "UPART_DATABASE_URL")),
        ('job_lease = "soon"\n', ("UPART_JOB_LEASE", "a whole number")),
        ('mail_url = "pigeon:"\n', ("UPART_MAIL_URL", "smtp://")),
    ],
    ids=["nowhere", "not migrated", "no server", "bad lease", "bad mail"],
)
def test_without_what_it_needs_it_says_what_to_do(tmp_path, text, words):
    if text:
        (tmp_path / "upart.toml").write_text(text.replace("nothing.sqlite", str(tmp_path / "nothing.sqlite")))
    done = command(tmp_path, "worker", "--once")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert all(word in done.stderr for word in words), done.stderr


def test_wrong_usage_is_said(instance):
    assert command(instance, "worker", "--concurrency", "0").exit_code == 2


def children(pid: int) -> dict[int, str]:
    found = [child for thread in Path(f"/proc/{pid}/task").glob("*/children") for child in thread.read_text().split()]
    return {int(child): Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode() for child in found}


@contextmanager
def web_with_worker(instance: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`upart serve --with-worker` on a free port."""
    port = free_port()
    environ = {**os.environ, "UPART_MAIL_URL": "file:", "UPART_JOB_LEASE": "1", "UPART_PUBLIC_ORIGIN": "http"}
    web = subprocess.Popen([*UPART, "--instance", str(instance), "serve", "--bind", f"127.0.0.1:{port}", "--with-worker"], env=environ)
    try:
        yield web, port
    finally:
        web.terminate()
        try:
            web.wait(30)
        finally:
            web.kill()


def post(port: int, path: str, **data: str) -> int:
    """The status of a form sent to Athena's host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Host": "athena.localhost", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, urllib.parse.urlencode(data), headers)
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def answers(port: int) -> bool:
    """Does the server listen?"""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_beside_the_web_a_worker_that_dies_is_started_again_and_ends_with_the_web(instance):
    with web_with_worker(instance) as (web, port):

        def the_worker() -> int:
            return next((pid for pid, line in children(web.pid).items() if " worker " in line), 0)

        until(lambda: len(written(instance)) == 1)
        first = the_worker()
        os.kill(first, signal.SIGKILL)
        until(lambda: the_worker() not in (0, first) and answers(port))
        assert post(port, "/reset-password", email="theo@example.org") == 303
        until(lambda: len(written(instance)) == 2)
        last = the_worker()
    until(lambda: not Path(f"/proc/{last}").exists())


@pytest.fixture
def away(toiling):
    """Takes the database away for a moment: locked by another program, or its server in the middle of a restart."""
    url = make_url(toiling.state.config.database_url)

    def locked(seconds: float) -> None:
        import sqlite3

        with sqlite3.connect(url.database, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
        other.close()

    def closed(seconds: float) -> None:
        with psycopg.connect(os.environ.get("UPART_TEST_POSTGRES_URL") or url.set(database="postgres").render_as_string(False), autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])
            time.sleep(seconds)
            server.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true')

    return locked if url.get_backend_name() == "sqlite" else closed


def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(toiling, away):
    ask(toiling, "mark", 1)
    found = worker(toiling, threads=2)
    working = threading.Thread(target=found.run)
    working.start()
    try:
        until(lambda: marks(toiling) == {1: 1})
        away(1.0)
        ask(toiling, "mark", 2)
        until(lambda: marks(toiling) == {1: 1, 2: 1})
    finally:
        found.stop()
        working.join()
