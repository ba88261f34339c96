# SPDX-License-Identifier: MIT
"""Row 19: a search among ten thousand lessons, beside the bare FTS5 statement; what the index costs who writes."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from upart_courses.models import Lesson

from benchmarks.measuring import Row, counted, portal
from upart.cli import migrating
from upart.db import reading, uuid7
from upart.search.finding import PAGE, find
from upart.search.fitting import take_down
from upart.search.words import asked

LESSONS, WORDS, ROUNDS = 10_000, 300, 15
QUESTIONS = {"common": "<= 4 x the bare statement", "w12": "<= 4 x the bare statement", "w1234 w77": "<= 25 ms"}
"""A word of every second lesson; the beginning of many; two rare ones, where what pages cost anyway is all."""


def rows(folder: Path) -> list[Row]:
    """By question; then writing with the index and without it."""
    made = portal(folder / "portal")
    with_index, values = _write(made), _lessons(made, "again")
    with migrating.owner_engine(made.state) as engine, engine.begin() as connection:
        take_down(connection)
    without = _seconds(lambda: _insert(made, values))
    with migrating.owner_engine(made.state) as engine:
        begun = time.perf_counter()
        migrating.index(engine, made.state)
        rebuilt = time.perf_counter() - begun
    found = [Row(19, f"search among {2 * LESSONS:,} lessons: {words!r}", _asked(made, words), goal) for words, goal in QUESTIONS.items()]
    return [
        *found,
        Row(19, f"{LESSONS:,} lessons written in one transaction", f"{with_index / without:.2f} x without an index", "told, no goal"),
        Row(19, f"{2 * LESSONS:,} lessons indexed anew", f"{rebuilt:.1f} s", "told, no goal"),
    ]


def _write(made: Any) -> float:
    values = _lessons(made, "first")
    return _seconds(lambda: _insert(made, values))


def _insert(made: Any, values: list[dict[str, Any]]) -> None:
    with made.writing("athena") as session:
        session.execute(insert(Lesson), values)


def _lessons(made: Any, name: str) -> list[dict[str, Any]]:
    random.seed(name)
    with made.reading("athena") as session:
        first = session.scalars(select(Lesson)).first()
        same = {column.name: getattr(first, column.name) for column in Lesson.__table__.columns}
    return [{**same, "id": uuid7(), "slug": f"{name}-{n}", "title": f"Lesson {n}", "preview": True, "body": _text(n)} for n in range(LESSONS)]


def _text(n: int) -> str:
    words = " ".join(f"w{int(random.paretovariate(0.6))}" for _ in range(WORDS))
    return f"{words} common" if n % 2 else words


def _asked(made: Any, words: str) -> str:
    question, academy = asked(words), made.academy("athena")

    def search() -> None:
        with made.app.test_request_context(base_url=f"http://{academy.host}"), reading(academy, masks=True):
            find(question, "courses_lesson")

    path = made.state.config.database_url.removeprefix("sqlite:///")
    text = " AND ".join(f'"{word}" *' for word in words.split())
    with closing(sqlite3.connect(path)) as driver:
        bare = "SELECT rowid FROM search_courses_lesson WHERE search_courses_lesson MATCH ? ORDER BY rank LIMIT ?"
        plain = _seconds(lambda: driver.execute(bare, (text, PAGE)).fetchall(), ROUNDS)
    ours = _seconds(search, ROUNDS)
    with counted(made.app) as statements:
        search()
    return f"{ours / plain:.2f} x, {ours * 1000:.1f} ms, {len(statements)} statements"


def _seconds(call: Callable[[], object], rounds: int = 1) -> float:
    """CPU seconds of one call, the least of some."""
    best = 1e9
    for _ in range(rounds):
        begun = time.process_time()
        call()
        best = min(best, time.process_time() - begun)
    return best
