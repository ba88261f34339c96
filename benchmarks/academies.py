# SPDX-License-Identifier: MIT
"""Row 7: from one academy to ten thousand."""

from __future__ import annotations

import random
import resource
from pathlib import Path

from benchmarks.measuring import Row, cost, environ, portal
from upart.academies import actions
from upart.db import everywhere

MANY = 10_000


def rows(root: Path) -> list[Row]:
    """Landing pages from the cache: one host, then hosts at random."""
    made = portal(root / "many")
    hot = environ("athena.localhost", "/")
    one = cost(made.app, [hot])
    with made.app.app_context(), everywhere("make many academies", write=True) as session:
        for n in range(MANY):
            actions.create_academy(session, f"a{n}", f"Academy {n}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    random.seed(1)
    some = [environ(f"a{random.randrange(MANY)}.localhost", "/") for _ in range(400)]
    rest = cost(made.app, some)
    return [
        Row(7, "1 to 10,000 academies, hot", f"{cost(made.app, [hot]) / one:.2f} x", "<= 1.05 x"),
        Row(7, "1 to 10,000 academies, random host", f"{rest / one:.2f} x", "<= 1.15 x"),
        Row(7, "memory", f"+{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB", "<= +64 MB"),
    ]
