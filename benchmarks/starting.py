# SPDX-License-Identifier: MIT
"""Row 13: from nothing to the first page, and memory after many requests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.measuring import Row, portal
from upart import config

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


def rows(root: Path) -> list[Row]:
    """In a process of its own: CPU to the first page, memory after 10,000 mixed requests."""
    folder = root / "start"
    portal(folder)
    (folder / config.TOML).touch()
    done = subprocess.run([sys.executable, "-c", START, str(folder)], capture_output=True, text=True, check=True)
    seconds, memory = map(float, done.stdout.split())
    return [Row(13, "start to the first page", f"{seconds:.2f} s CPU", "<= 0.9 s"), Row(13, "memory after 10,000 requests", f"{memory:.0f} MB", "<= 96 MB")]
